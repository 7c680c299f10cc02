#include "study/findings/name_runs.h"

#include <fmt/format.h>

namespace saelaw {
namespace {

void Replace(const std::string& what, const std::string& with, std::string* text) {
  const std::size_t at = text->find(what);
  if (at != std::string::npos) text->replace(at, what.size(), with);
}

}  // namespace

void NameRuns(const std::vector<const KnownRun*>& runs, Criticism* criticism) {
  for (Influence& point : criticism->influence) {
    const auto row = static_cast<std::size_t>(point.row);
    if (row >= runs.size()) continue;
    point.run = runs[row]->result.id;
    for (std::string& line : criticism->would_change) {
      Replace(fmt::format("(row {})", point.row), fmt::format("(run {})", point.run), &line);
    }
  }
}

}  // namespace saelaw
