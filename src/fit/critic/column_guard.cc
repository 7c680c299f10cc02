// Two questions decide: does the column vary where all that the law knows stays the same, and if
// not, does it follow what the law knows? Only a column that follows can be left in peace.
#include "fit/critic/column_guard.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "fit/critic/law_table.h"
#include "fit/points/csv_number.h"
#include "fit/points/csv_text.h"
#include "fit/points/repeats.h"
#include "fit/solve/line_fit.h"

namespace saelaw {
namespace {

using enum Variable;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// A column that may have to be refused, with its value at each point (NaN: none).
struct Stray {
  Variable variable = kTokens;
  std::string name;   // the column's
  std::string place;  // "file:line:column: column 'lr'"
  bool mapped = false;
  std::vector<double> values;
};

bool Reads(const LawInfo& law, Variable variable) {
  const bool parameter =
      std::any_of(law.parameters.begin(), law.parameters.end(), [&](const ParameterInfo& known) {
        return known.of == variable;
      });
  const bool predicted = std::find(law.predicted_at.begin(), law.predicted_at.end(), variable) !=
                         law.predicted_at.end();
  return parameter || predicted || law.Needs(variable);
}

bool Usable(const Point& point) { return point.loss > 0 && std::isfinite(point.loss); }

// The column's name out of "file:line:column: column 'lr'".
std::string NameIn(const std::string& place) {
  const std::size_t quote = place.find('\'');
  return quote == std::string::npos ? place : place.substr(quote + 1, place.size() - quote - 2);
}

double ComputeValue(const std::string& word) {
  if (MeansMissing(word)) return kNan;
  const auto number = CsvNumber(word, true);
  return number && *number > 0 ? *number : kNan;
}

Stray MappedStray(const CsvPoints& table, Variable variable, const std::string& place) {
  Stray stray{variable, NameIn(place), place, true, {}};
  for (const Point& point : table.points) stray.values.push_back(Get(point, variable));
  return stray;
}

Stray UnreadStray(Variable variable, const UnreadColumn& column) {
  const std::string name = Shown(column.name);
  Stray stray{variable, name, fmt::format("{}: column '{}'", column.place, name), false, {}};
  for (const std::string& word : column.words) stray.values.push_back(ComputeValue(word));
  return stray;
}

// The mapped columns of variables that the law does not know, and unread ones named like a variable
// that it does not get.
std::vector<Stray> FindStrays(const LawInfo& law, const CsvPoints& table) {
  std::vector<Stray> strays;
  for (const Variable variable : kVariables) {
    // As often as not l0 is what a run came to and no setting of it, so that it is never a stray.
    if (variable == kL0) continue;
    const std::string& place = table.columns[MakeSettingKey(variable)];
    if (!place.empty() && !Knows(law, variable)) {
      strays.push_back(MappedStray(table, variable, place));
    }
    // What the law cannot do without it asks for itself.
    if (!place.empty() || law.Needs(variable)) continue;
    for (const UnreadColumn& column : table.unread) {
      if (column.like == variable) strays.push_back(UnreadStray(variable, column));
    }
  }
  return strays;
}

// The point's place among all that the law knows, as far as the point has it.
std::vector<std::int64_t> MakeSetting(const LawInfo& law, const Point& point) {
  std::vector<std::int64_t> setting;
  for (const Variable variable : kVariables) {
    const double value = Get(point, variable);
    if (Knows(law, variable) && value > 0) setting.push_back(RoundedLog(value));
  }
  return setting;
}

// Distinct values among the runs that have a loss, ascending.
std::vector<double> Distinct(const CsvPoints& table, const std::vector<double>& values) {
  std::map<std::int64_t, double> distinct;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (Usable(table.points[i]) && values[i] > 0)
      distinct.emplace(RoundedLog(values[i]), values[i]);
  }
  std::vector<double> ascending;
  for (const auto& [rounded, value] : distinct) ascending.push_back(value);
  return ascending;
}

bool OneAtEachSetting(const LawInfo& law, const CsvPoints& table, const Stray& stray) {
  std::map<std::vector<std::int64_t>, std::int64_t> first;
  for (std::size_t i = 0; i < stray.values.size(); ++i) {
    if (!Usable(table.points[i]) || !(stray.values[i] > 0)) continue;
    const std::int64_t value = RoundedLog(stray.values[i]);
    const auto [at, added] = first.emplace(MakeSetting(law, table.points[i]), value);
    if (at->second != value) return false;
  }
  return true;
}

// Whether the column only rises, or only falls, as the variable grows.
bool Monotone(const CsvPoints& table, const Stray& stray, Variable variable) {
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  for (std::size_t i = 0; i < stray.values.size(); ++i) {
    const double of = Get(table.points[i], variable);
    if (!Usable(table.points[i]) || !(stray.values[i] > 0) || !(of > 0)) continue;
    pairs.emplace_back(RoundedLog(of), RoundedLog(stray.values[i]));
  }
  std::sort(pairs.begin(), pairs.end());
  bool rises = true;
  bool falls = true;
  for (std::size_t i = 1; i < pairs.size(); ++i) {
    // At one value of the variable the column must have one value.
    const bool same = pairs[i].first == pairs[i - 1].first;
    const std::int64_t step = pairs[i].second - pairs[i - 1].second;
    rises = rises && (same ? step == 0 : step >= 0);
    falls = falls && (same ? step == 0 : step <= 0);
  }
  return rises || falls;
}

// ln column against the logarithms of the law's variables, of the runs that have them.
std::vector<LinePoint> ColumnRows(const LawInfo& law, const CsvPoints& table, const Stray& stray) {
  std::vector<LinePoint> rows;
  for (std::size_t i = 0; i < stray.values.size(); ++i) {
    const Point& point = table.points[i];
    if (!Usable(point) || !(stray.values[i] > 0)) continue;
    LinePoint row;
    for (const Variable variable : kVariables) {
      if (Reads(law, variable) && Get(point, variable) > 0) {
        row.x.push_back(std::log(Get(point, variable)));
      }
    }
    row.y = std::log(stray.values[i]);
    rows.push_back(row);
  }
  return rows;
}

// Whether ln column lies on a plane over the logarithms of the law's variables.
bool OnPlane(const LawInfo& law, const CsvPoints& table, const Stray& stray) {
  const std::vector<LinePoint> rows = ColumnRows(law, table, stray);
  const bool alike = std::all_of(rows.begin(), rows.end(), [&](const LinePoint& row) {
    return row.x.size() == rows.front().x.size();
  });
  if (rows.empty() || !alike || rows.size() < rows.front().x.size() + 3) return false;
  if (!Determines(rows)) return false;
  const Line line = FitLine(rows, {});
  double off = 0;
  double all = 0;
  for (const LinePoint& row : rows) {
    off += std::pow(row.y - line.At(row.x), 2);
    all += std::pow(row.y - line.level, 2);
  }
  constexpr double kLeft = 1e-3;  // share of the squares that may be off the plane
  return off <= kLeft * all;
}

bool Follows(const LawInfo& law, const CsvPoints& table, const Stray& stray) {
  if (!OneAtEachSetting(law, table, stray)) return false;
  for (const Variable variable : kVariables) {
    if (Reads(law, variable) && Monotone(table, stray, variable)) return true;
  }
  return OnPlane(law, table, stray);
}

[[noreturn]] void Refuse(const LawInfo& law,
                         const Stray& stray,
                         const std::vector<double>& distinct) {
  std::vector<std::string_view> others;
  for (const LawEntry& entry : Laws()) {
    if (Knows(*entry.info, stray.variable)) others.push_back(entry.info->name);
  }
  // A law that would read the column needs to be given it.
  const std::string mend =
      Knows(law, stray.variable)
          ? fmt::format("read it ({}={} in --columns)", Name(stray.variable), stray.name)
          : fmt::format("a law that knows it (--law {})", fmt::join(others, ", "));
  throw ConfigurationError(fmt::format(
      "{} varies ({} values, {:g} to {:g}) and the {} law {}: choose one value (--where {}={:g}), "
      "the best at each setting (--best {}), {}, or pass over it (--ignore {})",
      stray.place,
      distinct.size(),
      distinct.front(),
      distinct.back(),
      law.name,
      Knows(law, stray.variable) ? "is not given it" : "does not know it",
      stray.name,
      distinct[distinct.size() / 2],
      stray.name,
      mend,
      stray.name));
}

// A setting's runs by the column's value: the sum of ln loss and their number.
struct Tried {
  double sum = 0;
  int runs = 0;
  double Mean() const { return sum / runs; }
};
using Settings = std::map<std::vector<std::int64_t>, std::map<std::int64_t, Tried>>;

// Of each setting the value of least loss, and how many of them are the first or last that was
// tried there.
struct BestValues {
  std::map<std::vector<std::int64_t>, std::int64_t> of;
  int at_end = 0;
};

BestValues FindBest(const LawInfo& law, const CsvPoints& table, const Stray& stray) {
  Settings settings;
  for (std::size_t i = 0; i < stray.values.size(); ++i) {
    const Point& point = table.points[i];
    if (!Usable(point) || !(stray.values[i] > 0)) continue;
    Tried& tried = settings[MakeSetting(law, point)][RoundedLog(stray.values[i])];
    tried.sum += std::log(point.loss);
    ++tried.runs;
  }
  BestValues best;
  for (const auto& [setting, values] : settings) {
    const auto least = std::min_element(values.begin(), values.end(), [](auto& a, auto& b) {
      return a.second.Mean() < b.second.Mean();
    });
    best.of[setting] = least->first;
    const bool end = least == values.begin() || std::next(least) == values.end();
    best.at_end += values.size() > 1 && end ? 1 : 0;
  }
  return best;
}

void KeepBest(const LawInfo& law, const Stray& stray, CsvPoints& table) {
  const BestValues best = FindBest(law, table, stray);
  std::vector<Point> kept;
  std::vector<UnreadColumn> unread = table.unread;
  for (UnreadColumn& column : unread) column.words.clear();
  for (std::size_t i = 0; i < stray.values.size(); ++i) {
    const Point& point = table.points[i];
    const bool known = stray.values[i] > 0 && Usable(point);
    const auto at = best.of.find(MakeSetting(law, point));
    if (!known || at->second != RoundedLog(stray.values[i])) {
      table.dropped.push_back(
          {point.row, fmt::format("not the best {} of its setting", stray.name)});
      continue;
    }
    kept.push_back(point);
    for (std::size_t k = 0; k < unread.size(); ++k) {
      unread[k].words.push_back(table.unread[k].words[i]);
    }
  }
  table.warnings.push_back(
      warning::BestKept{stray.name, best.of.size(), kept.size(), table.points.size()});
  if (best.at_end > 0) {
    table.warnings.push_back(
        warning::BestAtEnd{stray.name, static_cast<std::size_t>(best.at_end), best.of.size()});
  }
  table.points = std::move(kept);
  table.unread = std::move(unread);
}

bool Means(const std::string& choice, const Stray& stray) {
  const std::string lower = LowerCase(Stripped(choice));
  return lower == LowerCase(stray.name) || lower == Name(stray.variable);
}

// A choice that names nothing is a typing error, and would be passed over in silence.
void CheckChoice(const std::string& choice,
                 std::string_view option,
                 const LawInfo& law,
                 const std::vector<Stray>& strays) {
  std::vector<std::string_view> names;
  for (const Stray& stray : strays) {
    if (Means(choice, stray)) return;
    names.push_back(stray.name);
  }
  throw UsageError(fmt::format(
      "{} {}: the table has no such column that the {} law does not know; {}",
      option,
      Shown(choice),
      law.name,
      names.empty() ? "it has none at all" : fmt::format("these are: {}", fmt::join(names, ", "))));
}

}  // namespace

bool Knows(const LawInfo& law, Variable variable) {
  if (Reads(law, variable)) return true;
  // Compute is 6·params·tokens, so of these three any two say all.
  int known = 0;
  for (const Variable one : {kTokens, kParams, kCompute}) known += Reads(law, one) ? 1 : 0;
  const bool of_three = variable != kLr && variable != kBatch && variable != kL0;
  return of_three && known >= 2;
}

void GuardColumns(const LawInfo& law, const ColumnChoice& choice, CsvPoints& table) {
  const std::vector<Stray> strays = FindStrays(law, table);
  for (const std::string& ignored : choice.ignore) CheckChoice(ignored, "--ignore", law, strays);
  if (!choice.best.empty()) CheckChoice(choice.best, "--best", law, strays);
  const Stray* best = nullptr;
  for (const Stray& stray : strays) {
    const std::vector<double> distinct = Distinct(table, stray.values);
    if (distinct.size() < 2) continue;
    if (!choice.best.empty() && Means(choice.best, stray)) {
      best = &stray;
      continue;
    }
    const bool ignored = std::any_of(choice.ignore.begin(),
                                     choice.ignore.end(),
                                     [&](const std::string& name) { return Means(name, stray); });
    if (ignored) continue;
    if (!Follows(law, table, stray)) Refuse(law, stray, distinct);
    // Compute grows with the data in any table, which is nothing to be told.
    if (stray.variable == kCompute) continue;
    table.warnings.push_back(
        warning::PathColumn{stray.name, distinct.front(), distinct.back(), std::string(law.name)});
  }
  if (best != nullptr) KeepBest(law, *best, table);
}

}  // namespace saelaw
