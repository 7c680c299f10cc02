// Shared by the tests of fit: reading the committed data sets without the CSV reader under test.
#pragma once

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/held_out.h"
#include "fit/intervals/law_fit.h"
#include "fit/solve/log_model.h"

namespace saelaw::testing {

// Rows of a committed CSV without its header; an empty field is NaN.
inline std::vector<std::vector<double>> Rows(const std::string& name) {
  std::ifstream file(std::string(SAELAW_SOURCE_DIR) + "/tests/fit/data/" + name);
  std::string line;
  std::getline(file, line);
  std::vector<std::vector<double>> rows;
  while (std::getline(file, line)) {
    std::stringstream fields(line + ",");
    std::vector<double> row;
    for (std::string field; std::getline(fields, field, ',');) {
      const char* text = field.c_str();
      char* end = nullptr;
      const double value = std::strtod(text, &end);
      row.push_back(end == text ? std::nan("") : value);
    }
    rows.push_back(row);
  }
  return rows;
}

// D, seed, loss.
inline std::vector<Point> SeededPoints(const std::string& name) {
  std::vector<Point> points;
  for (const auto& row : Rows(name)) {
    Point point;
    point.tokens = row[0];
    point.seed = static_cast<std::int64_t>(row[1]);
    point.loss = row[2];
    point.row = static_cast<std::int64_t>(points.size()) + 2;
    points.push_back(point);
  }
  return points;
}

inline std::vector<Point> SizePoints(const std::string& name,
                                     std::size_t n,
                                     std::size_t d,
                                     std::size_t loss) {
  std::vector<Point> points;
  for (const auto& row : Rows(name)) {
    Point point;
    point.params = row[n];
    point.tokens = row[d];
    point.loss = row[loss];
    point.row = static_cast<std::int64_t>(points.size()) + 2;
    points.push_back(point);
  }
  return points;
}

// The runs of a sweep over rates.
struct Runs {
  std::vector<Point> survived;
  std::vector<Point> failed;
};

// The rows of smollm2_probe.csv whose threshold moves at the weights' rate.
inline Runs MeasuredRates() {
  Runs runs;
  for (const auto& row : Rows("smollm2_probe.csv")) {
    if (row[1] != row[2]) continue;
    Point point;
    point.tokens = row[0];
    point.lr = row[1];
    point.loss = row[4];
    (row[7] > 0.5 ? runs.failed : runs.survived).push_back(point);
  }
  return runs;
}

inline bool Contains(const Interval& interval, double value) {
  return interval.lo <= value && value <= interval.hi;
}

// Central differences of a quantity against the gradient that it writes.
inline void ExpectGradient(const LogQuantity& quantity, const Vector& u) {
  Vector gradient(u.size());
  quantity(u.data(), gradient.data());
  for (std::size_t j = 0; j < u.size(); ++j) {
    constexpr double kStep = 1e-6;
    Vector up = u;
    Vector down = u;
    up[j] += kStep;
    down[j] -= kStep;
    const double slope =
        (quantity(up.data(), nullptr) - quantity(down.data(), nullptr)) / (2 * kStep);
    EXPECT_NEAR(gradient[j], slope, 1e-7 * (1 + std::abs(slope))) << "parameter " << j;
  }
}

// Shifts of ln loss without each of 20 groups, whose jackknife error is `sd`.
inline std::vector<double> Shifts(double sd) {
  std::vector<double> shifts;
  for (int g = 0; g < 20; ++g) shifts.push_back(g % 2 == 0 ? 1.0 : -1.0);
  const double error = JackknifeError(shifts);
  for (double& shift : shifts) shift *= sd / error;
  return shifts;
}

inline Point At(double tokens) {
  Point at;
  at.tokens = tokens;
  return at;
}

inline double LogWidth(const Interval& interval) { return std::log(interval.hi / interval.lo); }

}  // namespace saelaw::testing
