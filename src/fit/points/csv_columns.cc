// Column names may contain anything, commas and equals signs included, so the text of --columns is
// ambiguous by itself. The header resolves it: if there is exactly one way to read the text in
// which all names are the header's, that way is taken.
#include "fit/points/csv_columns.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "fit/points/csv_number.h"
#include "fit/points/csv_text.h"

namespace saelaw {
namespace {

// The table joins each key with its member, so that a new key is one more line here.
struct Key {
  std::string_view name;
  std::string CsvColumns::*column;
};
constexpr std::array<Key, kCsvKeyCount> kKeys = {{{"tokens", &CsvColumns::tokens},
                                                  {"params", &CsvColumns::params},
                                                  {"lr", &CsvColumns::lr},
                                                  {"batch", &CsvColumns::batch},
                                                  {"sd", &CsvColumns::sd},
                                                  {"seed", &CsvColumns::seed},
                                                  {"stream", &CsvColumns::stream},
                                                  {"status", &CsvColumns::status},
                                                  {"loss", &CsvColumns::loss},
                                                  {"compute", &CsvColumns::compute},
                                                  {"origin", &CsvColumns::origin},
                                                  {"l0", &CsvColumns::l0}}};

const Key* FindKey(std::string_view name) {
  for (const Key& key : kKeys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

// ---- names in a header

// All that the name could mean: columns of exactly that name, or else those that differ in case.
std::vector<std::size_t> Meant(const std::vector<CsvField>& header, std::string_view name) {
  // Blanks around a name and its case are forgiven, but an exact match always goes before.
  name = Stripped(name);
  const std::string lower = LowerCase(name);
  std::vector<std::size_t> exact;
  std::vector<std::size_t> alike;
  for (std::size_t i = 0; i < header.size(); ++i) {
    const std::string_view field = Stripped(header[i].text);
    if (field == name) exact.push_back(i);
    if (field.size() == name.size() && LowerCase(field) == lower) alike.push_back(i);
  }
  return exact.empty() ? alike : exact;
}

// A header may have hundreds of columns; a dozen are enough to see what kind of file it is.
std::string JoinNames(const std::vector<CsvField>& header) {
  constexpr std::size_t kMost = 12;
  std::vector<std::string> names;
  for (const CsvField& field : header) {
    if (names.size() == kMost) break;
    names.push_back(Shown(Stripped(field.text)));
  }
  const std::string more =
      header.size() > kMost ? fmt::format(" and {} more", header.size() - kMost) : "";
  return fmt::format("{}{}", fmt::join(names, ", "), more);
}

// Says why a header is probably none, and how to mend it.
std::string HeaderHint(const std::vector<CsvField>& header) {
  const bool numbers = std::any_of(header.begin(), header.end(), [](const CsvField& field) {
    return !MeansMissing(field.text) && CsvNumber(field.text, true).has_value();
  });
  if (numbers) return "; a table begins with a line of column names";
  if (header.size() == 1) return "; columns are separated by comma, semicolon, tab or |";
  return "";
}

// Looks for what trackers call the column that says how a run ended. Returns kAbsent where there is
// none.
std::size_t StatusColumn(const std::vector<CsvField>& header) {
  for (const std::string_view name :
       {"status", "state", "outcome", "run_status", "run_state", "trial_status"}) {
    const std::vector<std::size_t> meant = Meant(header, name);
    if (!meant.empty()) return meant.front();
  }
  return CsvLayout::kAbsent;
}

// ---- the text of --columns

// All allowed keys are listed, as the text is short and they are few.
[[noreturn]] void RefusePair(std::string_view pair) {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys) names.push_back(key.name);
  throw UsageError(
      fmt::format("--columns: '{}' is not KEY=COLUMN; allowed keys: {} (a name with commas goes in "
                  "quotes: loss=\"a, b\")",
                  Shown(pair),
                  fmt::join(names, ", ")));
}

// Splits the text at the commas outside of quotes. A quote counts only behind an equals sign, as
// column names may contain quotes of their own.
std::vector<std::string_view> SplitParts(std::string_view text) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool opens = !quoted && i < text.size() && text[i] == '"' &&
                       Stripped(text.substr(start, i - start)).ends_with('=');
    if (opens || (quoted && i < text.size() && text[i] == '"')) {
      quoted = !quoted;  // a doubled quote closes and opens again
      if (!quoted && text.substr(i + 1).starts_with('"')) {
        ++i;
        quoted = true;
      }
      continue;
    }
    if (i < text.size() && (quoted || text[i] != ',')) continue;
    parts.push_back(text.substr(start, i - start));
    start = i + 1;
  }
  return parts;
}

// Holds a key and what follows its "="; the key is null when the part does not begin with one.
struct Pair {
  const Key* key = nullptr;
  std::string_view name;
};
Pair SplitPair(std::string_view part) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) return {};
  return {FindKey(Stripped(part.substr(0, equals))), Stripped(part.substr(equals + 1))};
}

// Inside of quotes a doubled quote stands for one.
std::string Unquoted(std::string_view name) {
  if (name.size() < 2 || name.front() != '"' || name.back() != '"') return std::string(name);
  name = name.substr(1, name.size() - 2);
  std::string plain;
  for (std::size_t i = 0; i < name.size(); ++i) {
    plain += name[i];
    if (name.substr(i).starts_with("\"\"")) ++i;
  }
  return plain;
}

// Says where each pair of the text ends, counted in parts.
using Ends = std::vector<std::size_t>;

class PairFinder {
 public:
  PairFinder(const std::vector<std::string_view>& parts, const std::vector<CsvField>& header)
      : parts_(parts), header_(header) {}

  // Gives the parts from `first` to before `last` as they stand in the text, with the commas
  // between.
  std::string_view Extent(std::size_t first, std::size_t last) const {
    const char* begin = parts_[first].data();
    const char* end = parts_[last - 1].data() + parts_[last - 1].size();
    return {begin, static_cast<std::size_t>(end - begin)};
  }

  // Finds the only way in which all names are the header's; the result is empty where there is none
  // or several. Works from the end, so that each place is judged once and not once per way.
  Ends OnlyWay() const {
    const std::size_t count = parts_.size();
    std::vector<int> ways(count + 1);  // from there to the end, counted to 2
    std::vector<std::size_t> next(count + 1);
    ways[count] = 1;
    for (std::size_t first = count; first-- > 0;) {
      if (SplitPair(parts_[first]).key == nullptr) continue;
      for (std::size_t last = first + 1; last <= count; ++last) {
        if (ways[last] == 0 || !IsName(first, last)) continue;
        // More than one way is as bad as many, so the count stops at 2 and cannot overflow.
        ways[first] = std::min(2, ways[first] + ways[last]);
        next[first] = last;
      }
    }
    Ends ends;
    if (ways[0] != 1) return ends;
    for (std::size_t at = 0; at < count; at = next[at]) ends.push_back(next[at]);
    return ends;
  }

  // Without the header's help a pair ends before the next part that begins with a key, or looks as
  // if it were meant to. This is what yields a good message for a misspelt name.
  Ends ByKeys() const {
    constexpr std::string_view kLetters =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    Ends ends;
    for (std::size_t i = 1; i < parts_.size(); ++i) {
      const std::string_view part = Stripped(parts_[i]);
      const std::size_t word = part.find_first_not_of(kLetters);
      const bool meant = word != std::string_view::npos && word > 0 && part[word] == '=';
      if (meant || part.empty()) ends.push_back(i);
    }
    ends.push_back(parts_.size());
    return ends;
  }

 private:
  bool IsName(std::size_t first, std::size_t last) const {
    const std::string name = Unquoted(SplitPair(Extent(first, last)).name);
    return !name.empty() && !Meant(header_, name).empty();
  }

  const std::vector<std::string_view>& parts_;
  const std::vector<CsvField>& header_;
};

}  // namespace

std::size_t FindColumn(const CsvLines& lines, std::string_view name, std::string_view key) {
  const std::vector<CsvField>& header = lines.header();
  const std::vector<std::size_t> meant = Meant(header, name);
  // One column that fits is the answer, none is a typing error, and several are a question to the
  // user.
  if (meant.size() == 1) return meant.front();
  if (meant.empty()) {
    // Who has named no column has not been told how to.
    const std::string how = name == key ? fmt::format("; say which: --columns {}=NAME", key) : "";
    throw ConfigurationError(fmt::format("{}: no column '{}' (for {}); the file has: {}{}{}",
                                         lines.Place(header.front()),
                                         Shown(name),
                                         key,
                                         JoinNames(header),
                                         HeaderHint(header),
                                         how));
  }
  throw ConfigurationError(
      fmt::format("{}: {} columns are called '{}' (for {}): which of them is meant? Give each a "
                  "name of its own",
                  lines.Place(header[meant[1]]),
                  meant.size(),
                  Shown(name),
                  key));
}

CsvKey MakeSettingKey(Variable variable) {
  const Key* key = FindKey(Name(variable));
  return static_cast<CsvKey>(key - kKeys.data());
}

CsvColumns ParseCsvColumns(std::string_view text, const std::vector<CsvField>& header) {
  CsvColumns columns;
  // A comma at the end is a slip and means nothing.
  text = Stripped(text);
  if (text.ends_with(',')) text.remove_suffix(1);
  if (text.empty()) return columns;
  const std::vector<std::string_view> parts = SplitParts(text);
  const PairFinder finder(parts, header);
  Ends ends = finder.OnlyWay();
  if (ends.empty()) ends = finder.ByKeys();
  std::size_t first = 0;
  for (const std::size_t last : ends) {
    const std::string_view extent = finder.Extent(first, last);
    const Pair pair = SplitPair(extent);
    const std::string name = Unquoted(pair.name);
    if (pair.key == nullptr || name.empty()) RefusePair(extent);
    // A name made of several parts that the header does not have is more likely a forgotten key.
    const bool joined = last > first + 1 && !header.empty();
    if (joined && Meant(header, name).empty()) RefusePair(parts[first + 1]);
    std::string& column = columns.*pair.key->column;
    if (!column.empty()) {
      throw UsageError(fmt::format("--columns: {} is given twice", pair.key->name));
    }
    column = name;
    first = last;
  }
  return columns;
}

void FillColumns(const CsvColumns& otherwise, CsvColumns& columns) {
  for (const Key& key : kKeys) {
    if ((columns.*key.column).empty()) columns.*key.column = otherwise.*key.column;
  }
}

CsvLayout FindPlaceColumns(const CsvLines& lines, const CsvColumns& columns) {
  const std::vector<CsvField>& header = lines.header();
  CsvLayout layout;
  layout.at.fill(CsvLayout::kAbsent);
  std::vector<std::string_view> keys;
  bool any = false;
  for (const Variable variable : kVariables) {
    const CsvKey key = MakeSettingKey(variable);
    const auto& [name, column] = kKeys[key];
    keys.push_back(name);
    // A table of places is often another program's, with other names than the table of runs.
    std::string_view wanted = columns.*column;
    if (wanted.empty() || Meant(header, wanted).empty()) wanted = name;
    if (Meant(header, wanted).empty()) continue;
    layout.at[key] = FindColumn(lines, wanted, name);
    any = true;
  }
  if (any) return layout;
  throw ConfigurationError(
      fmt::format("{}: no column says where to predict: {}; the file has: {}{}",
                  lines.Place(header.front()),
                  fmt::join(keys, ", "),
                  JoinNames(header),
                  HeaderHint(header)));
}

CsvLayout FindColumns(const CsvLines& lines, CsvColumns columns) {
  // If no column was named, the keys' own names are looked for. If one was, only named ones are
  // read, so that a stray column does not slip in.
  const bool none = std::all_of(
      kKeys.begin(), kKeys.end(), [&](const Key& key) { return (columns.*key.column).empty(); });
  for (const Key& key : kKeys) {
    if (none && !Meant(lines.header(), key.name).empty()) columns.*key.column = key.name;
  }
  if (columns.loss.empty()) columns.loss = "loss";
  CsvLayout layout;
  for (std::size_t k = 0; k < kKeys.size(); ++k) {
    const std::string& name = columns.*kKeys[k].column;
    layout.at[k] = name.empty() ? CsvLayout::kAbsent : FindColumn(lines, name, kKeys[k].name);
  }
  // A status column that nobody asked for is watched all the same, for the sake of a warning.
  if (columns.status.empty()) layout.unread_status = StatusColumn(lines.header());
  return layout;
}

}  // namespace saelaw
