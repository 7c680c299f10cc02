#include "fit/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fit/csv_lines.h"
#include "fit/points.h"
#include "run/errors.h"
#include "run/files.h"

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kAbsent = std::numeric_limits<std::size_t>::max();

struct Key {
  std::string_view name;
  std::string CsvColumns::*column;
};
constexpr std::array<Key, 11> kKeys = {{{"tokens", &CsvColumns::tokens},
                                        {"params", &CsvColumns::params},
                                        {"lr", &CsvColumns::lr},
                                        {"batch", &CsvColumns::batch},
                                        {"sd", &CsvColumns::sd},
                                        {"seed", &CsvColumns::seed},
                                        {"stream", &CsvColumns::stream},
                                        {"status", &CsvColumns::status},
                                        {"loss", &CsvColumns::loss},
                                        {"compute", &CsvColumns::compute},
                                        {"origin", &CsvColumns::origin}}};

std::string AllowedKeys() {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys) names.push_back(key.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// Where in a line each key stands; kAbsent when it does not.
struct Layout {
  std::array<std::size_t, kKeys.size()> at;
};

std::size_t Find(const std::vector<CsvField>& header, std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i].text == name) return i;
  }
  return kAbsent;
}

std::string MissingColumn(const CsvLines& lines, std::string_view name, std::string_view key) {
  std::vector<std::string_view> there;
  for (const CsvField& field : lines.header()) there.push_back(field.text);
  return fmt::format("{}: no column '{}' (for {}); the file has: {}",
                     lines.Place(1),
                     name,
                     key,
                     fmt::join(there, ", "));
}

bool NoneGiven(const CsvColumns& columns) {
  for (const Key& key : kKeys) {
    if (!(columns.*key.column).empty()) return false;
  }
  return true;
}

Layout MakeLayout(const CsvLines& lines, CsvColumns columns) {
  if (NoneGiven(columns)) {
    for (const Key& key : kKeys) {
      if (Find(lines.header(), key.name) != kAbsent) columns.*key.column = key.name;
    }
  }
  if (columns.loss.empty()) columns.loss = "loss";
  Layout layout;
  for (std::size_t k = 0; k < kKeys.size(); ++k) {
    const std::string& name = columns.*kKeys[k].column;
    layout.at[k] = name.empty() ? kAbsent : Find(lines.header(), name);
    if (!name.empty() && layout.at[k] == kAbsent) {
      throw ConfigurationError(MissingColumn(lines, name, kKeys[k].name));
    }
  }
  return layout;
}

bool MeansMissing(std::string_view text) {
  return text.empty() || text == "NA" || text == "N/A" || text == "null" || text == "None";
}

// NaN for a missing value.
double Number(const CsvLines& lines, const CsvField& field) {
  if (MeansMissing(field.text)) return kNan;
  std::string_view text = field.text;
  if (text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  const bool comma = text.find(',') != std::string_view::npos;
  throw ConfigurationError(
      fmt::format("{}: {}: '{}'{}",
                  lines.Place(field.column),
                  error == std::errc::result_out_of_range ? "number out of range" : "not a number",
                  field.text,
                  comma ? "; decimals are written with a point" : ""));
}

std::int64_t WholeNumber(const CsvLines& lines, const CsvField& field) {
  const double value = Number(lines, field);
  constexpr double kLargest = 9e15;
  if (std::isnan(value)) return 0;
  if (std::floor(value) == value && std::abs(value) < kLargest) {
    return static_cast<std::int64_t>(value);
  }
  throw ConfigurationError(fmt::format("{}: a seed or stream must be a whole number, got '{}'",
                                       lines.Place(field.column),
                                       field.text));
}

// One line as a point. `fields` has as many entries as the header.
class RowReader {
 public:
  RowReader(const CsvLines& lines, Layout layout) : lines_(lines), layout_(layout) {}

  Point Read(const std::vector<CsvField>& fields) const {
    Point point;
    point.row = static_cast<std::int64_t>(lines_.line());
    double* const numbers[] = {&point.tokens, &point.params, &point.lr, &point.batch, &point.sd};
    for (std::size_t k = 0; k < std::size(numbers); ++k) {
      if (const CsvField* field = At(fields, k)) *numbers[k] = Number(lines_, *field);
    }
    if (const CsvField* field = At(fields, kSeed)) point.seed = WholeNumber(lines_, *field);
    if (const CsvField* field = At(fields, kStream)) point.stream = WholeNumber(lines_, *field);
    point.loss = Number(lines_, *At(fields, kLoss));
    if (const CsvField* field = At(fields, kCompute)) point.compute = Number(lines_, *field);
    if (const CsvField* field = At(fields, kOrigin)) point.origin = OriginNumber(field->text);
    return point;
  }

  std::string_view Status(const std::vector<CsvField>& fields) const {
    const CsvField* field = At(fields, kStatus);
    return field != nullptr ? field->text : std::string_view();
  }

 private:
  // Places in kKeys.
  static constexpr std::size_t kSeed = 5;
  static constexpr std::size_t kStream = 6;
  static constexpr std::size_t kStatus = 7;
  static constexpr std::size_t kLoss = 8;
  static constexpr std::size_t kCompute = 9;
  static constexpr std::size_t kOrigin = 10;

  const CsvField* At(const std::vector<CsvField>& fields, std::size_t key) const {
    return layout_.at[key] == kAbsent ? nullptr : &fields[layout_.at[key]];
  }

  const CsvLines& lines_;
  Layout layout_;
};

enum class Kind { kPoint, kFailed, kDropped };

constexpr std::array<Failure, 3> kFailures = {
    Failure::kDiverged, Failure::kCollapsed, Failure::kFailed};

Failure FailureOf(std::string_view status) {
  for (const Failure failure : kFailures) {
    if (status == Name(failure)) return failure;
  }
  return Failure::kUnknown;
}

Kind KindOf(std::string_view status) {
  for (const std::string_view good : {"", "done", "completed", "complete", "ok"}) {
    if (status == good) return Kind::kPoint;
  }
  return FailureOf(status) != Failure::kUnknown ? Kind::kFailed : Kind::kDropped;
}

void CheckWidth(const CsvLines& lines, const std::vector<CsvField>& fields) {
  const std::size_t wanted = lines.header().size();
  if (fields.size() == wanted) return;
  const bool comma = lines.separator() == ',' && fields.size() > wanted;
  throw ConfigurationError(fmt::format("{}: {} fields where the header has {}{}",
                                       lines.Place(fields.back().column),
                                       fields.size(),
                                       wanted,
                                       comma ? "; decimals are written with a point" : ""));
}

}  // namespace

CsvColumns ParseCsvColumns(std::string_view text) {
  CsvColumns columns;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view pair = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = pair.find('=');
    bool known = false;
    for (const Key& key : kKeys) {
      if (equals == std::string_view::npos || key.name != pair.substr(0, equals)) continue;
      columns.*key.column = pair.substr(equals + 1);
      known = !(columns.*key.column).empty();
    }
    if (known) continue;
    throw UsageError(
        fmt::format("--columns: '{}' is not KEY=COLUMN; allowed keys: {}", pair, AllowedKeys()));
  }
  return columns;
}

CsvPoints ParseCsvPoints(std::string_view text, std::string_view name, CsvColumns columns) {
  CsvLines lines(text, name);
  const RowReader reader(lines, MakeLayout(lines, std::move(columns)));
  CsvPoints result;
  for (std::vector<CsvField> fields; lines.Next(fields);) {
    CheckWidth(lines, fields);
    Point point = reader.Read(fields);
    const std::string_view status = reader.Status(fields);
    switch (KindOf(status)) {
      case Kind::kPoint:
        result.points.push_back(point);
        break;
      case Kind::kFailed:
        point.failure = FailureOf(status);
        result.failed.push_back(point);
        break;
      case Kind::kDropped:
        result.dropped.push_back({point.row, fmt::format("status is {}", status)});
        break;
    }
  }
  return result;
}

CsvPoints ReadCsvPoints(const std::filesystem::path& path, const CsvColumns& columns) {
  return ParseCsvPoints(ReadFile(path), path.string(), columns);
}

}  // namespace saelaw
