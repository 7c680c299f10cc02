#include "study/findings/name_runs.h"

#include <cctype>
#include <charconv>
#include <optional>
#include <string_view>

namespace saelaw {
namespace {

// A list of numbers such as "3, 4", which a text goes on with.
struct RowList {
  std::vector<std::int64_t> rows;
  std::size_t length = 0;  // in characters
};

RowList ReadRows(std::string_view text, bool several) {
  RowList list;
  constexpr std::string_view kBetween = ", ";
  std::size_t at = 0;
  for (;;) {
    std::int64_t row = 0;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), row);
    if (error != std::errc()) return list;
    list.rows.push_back(row);
    list.length = static_cast<std::size_t>(end - text.data());
    if (!several || !text.substr(list.length).starts_with(kBetween)) return list;
    at = list.length + kBetween.size();
  }
}

std::optional<std::string> NamesOf(const RowList& list, const RunOfRow& run_of) {
  std::string names;
  for (const std::int64_t row : list.rows) {
    const RunId run = run_of(row);
    if (run.empty()) return std::nullopt;
    names += (names.empty() ? "" : ", ") + run;
  }
  return names;
}

}  // namespace

std::string WithRunNames(const std::string& text, const RunOfRow& run_of) {
  std::string named;
  std::size_t done = 0;
  for (std::size_t at = text.find("row"); at != std::string::npos; at = text.find("row", at + 1)) {
    // The word may stand inside of another, such as "grow".
    if (at > 0 && std::isalpha(static_cast<unsigned char>(text[at - 1])) != 0) continue;
    const bool several = text.compare(at, 5, "rows ") == 0;
    if (!several && text.compare(at, 4, "row ") != 0) continue;
    const std::size_t numbers = at + (several ? 5 : 4);
    const RowList list = ReadRows(std::string_view(text).substr(numbers), several);
    const auto names = NamesOf(list, run_of);
    if (list.rows.empty() || !names) continue;
    named += text.substr(done, at - done) + (several ? "runs " : "run ") + *names;
    done = numbers + list.length;
  }
  return named + text.substr(done);
}

void NameRuns(const RunOfRow& run_of, Criticism* criticism) {
  for (Influence& point : criticism->influence) point.run = run_of(point.row);
  for (auto* texts : {&criticism->would_change, &criticism->warnings}) {
    for (std::string& text : *texts) text = WithRunNames(text, run_of);
  }
}

void NameRuns(const std::vector<const KnownRun*>& runs, Criticism* criticism) {
  const auto run_of = [&](std::int64_t row) {
    const auto at = static_cast<std::size_t>(row);
    return row >= 0 && at < runs.size() ? runs[at]->result.id : RunId();
  };
  NameRuns(run_of, criticism);
}

}  // namespace saelaw
