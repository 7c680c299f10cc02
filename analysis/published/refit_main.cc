// Refits published data and sets what was published beside what is obtained: one line per row of
// expected.csv; exit code 1 when one lies outside its tolerance.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "fit/fit.h"

namespace saelaw {
namespace {

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::stringstream stream(text + separator);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

// One row of expected.csv.
struct Expected {
  std::string file, filter, law, columns, estimator, parameter;
  double value = 0;
  double tolerance = 0;

  std::string Fit() const { return file + filter + law + estimator; }
};

std::vector<Expected> ReadExpected(const std::filesystem::path& path) {
  std::vector<Expected> rows;
  std::stringstream lines(ReadFile(path));
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line)) {
    const std::vector<std::string> f = Split(line, ',');
    rows.push_back({f.at(0),
                    f.at(1),
                    f.at(2),
                    f.at(3),
                    f.at(4),
                    f.at(5),
                    std::stod(f.at(6)),
                    std::stod(f.at(7))});
  }
  return rows;
}

// In the table's fields a semicolon stands for a comma.
std::string WithCommas(std::string text) {
  for (char& c : text) c = c == ';' ? ',' : c;
  return text;
}

LawAnswer Refit(const std::filesystem::path& folder, const Expected& row) {
  // The filter is that of `saelaw fit --where`.
  std::vector<std::string> where;
  if (!row.filter.empty()) where.push_back(WithCommas(row.filter));
  const CsvPoints points =
      ParseCsvPoints(ReadFile(folder / row.file), row.file, WithCommas(row.columns), where);
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  if (row.estimator == "huber") options.estimator = Estimator::kHuberLog;
  return AnswerLaw({row.law, points.points, points.failed, options, {}, false});
}

bool Show(const Expected& row, const LawFit& law) {
  const bool objective = row.parameter == "objective at most";
  const double obtained = objective ? law.objective : law.Get(row.parameter);
  const bool good =
      objective ? obtained <= row.value : std::abs(obtained - row.value) <= row.tolerance;
  fmt::print("{:4} {} {} {}: expected {:.6g} ± {:.2g}, obtained {:.6g}\n",
             good ? "ok" : "FAIL",
             row.file,
             row.filter,
             row.parameter,
             row.value,
             row.tolerance,
             obtained);
  return good;
}

int Run(const std::filesystem::path& folder) {
  std::map<std::string, LawFit> fits;
  int bad = 0;
  for (const Expected& row : ReadExpected(folder / "expected.csv")) {
    if (fits.count(row.Fit()) == 0) fits[row.Fit()] = Refit(folder, row).law;
    bad += Show(row, fits[row.Fit()]) ? 0 : 1;
  }
  fmt::print("{} outside tolerance\n", bad);
  return bad == 0 ? 0 : 1;
}

}  // namespace
}  // namespace saelaw

// saelaw-refit-published FOLDER
int main(int argc, char** argv) {
  try {
    return saelaw::Run(argc > 1 ? argv[1] : "analysis/published");
  } catch (const saelaw::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}
