// The noise's scale is the likeliest one for each law, so that no law is judged by the noise that
// another leaves.
#include "fit/compare/law_score.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace saelaw {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// No table has losses to more digits; a law through all of its points would else be infinitely
// good.
constexpr double kRounding = 1e-9;

// ln residuals, over the points' own sds where all have one.
std::vector<double> Residuals(const LawFit& fit, std::span<const Point> points) {
  const bool weighted =
      std::all_of(points.begin(), points.end(), [](const Point& point) { return point.sd > 0; });
  std::vector<double> residuals;
  for (const Point& point : points) {
    const double residual = std::log(point.loss) - fit.log_value(point);
    residuals.push_back(weighted ? residual / point.sd : residual);
  }
  return residuals;
}

template <typename Value>
double Mean(const std::vector<double>& residuals, Value value) {
  double sum = 0;
  for (const double residual : residuals) sum += value(residual);
  return sum / static_cast<double>(residuals.size());
}

double MeanSquare(const std::vector<double>& residuals) {
  return Mean(residuals, [](double r) { return r * r + kRounding * kRounding; });
}

// The likeliest scale is a fixed point of Student's weights (Lange, Little & Taylor 1989).
double StudentDeviance(const std::vector<double>& residuals) {
  constexpr double kDf = 4;
  double square = MeanSquare(residuals);
  for (int round = 0; round < 100; ++round) {
    square = Mean(residuals, [&](double r) {
      return (kDf + 1) * r * r / (kDf + r * r / square) + kRounding * kRounding;
    });
  }
  return std::log(square) +
         (kDf + 1) * Mean(residuals, [&](double r) { return std::log1p(r * r / square / kDf); });
}

// -2 ln L for each point, up to a constant.
double Deviance(const std::vector<double>& residuals, Estimator estimator) {
  switch (estimator) {
    case Estimator::kLeastSquaresLog:
      return std::log(MeanSquare(residuals));
    case Estimator::kStudentLog:
      return StudentDeviance(residuals);
    case Estimator::kHuberLog:
    case Estimator::kLeastAbsoluteLog:
      return 2 * std::log(Mean(residuals, [](double r) { return std::abs(r) + kRounding; }));
  }
  return kNan;
}

}  // namespace

double Aicc(const LawFit& fit, std::span<const Point> points, const FitOptions& options) {
  if (!fit.ok()) return kNan;
  const bool fixed = fit.info->has_floor && options.floor_rule == FloorRule::kFixed;
  const double free = static_cast<double>(fit.params.size()) + 1 - (fixed ? 1 : 0);
  const double count = static_cast<double>(points.size());
  if (!(count - free - 1 >= 1)) return kNan;
  return count * Deviance(Residuals(fit, points), options.estimator) + 2 * free +
         2 * free * (free + 1) / (count - free - 1);
}

}  // namespace saelaw
