// Residuals of a robust fit are looked at, since least squares hide a gross error by following it.
// The kinds exclude each other in this order: two populations explain what would be outliers, and
// outliers are taken away before neighbours are compared.
#include "fit/critic/residual_check.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "fit/critic/populations.h"
#include "fit/critic/residuals.h"
#include "fit/points/clusters.h"

namespace saelaw {
namespace {

// ---- outliers

std::vector<Outlier> FindOutliers(const LawFit& whole,
                                  std::span<const Point> points,
                                  const Residuals& residuals,
                                  FitOptions options) {
  constexpr double kGross = 4;
  std::vector<Point> suspects;
  std::vector<Point> others;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool gross = std::abs(residuals.values[i]) > kGross * residuals.local[i];
    (gross ? suspects : others).push_back(points[i]);
  }
  // Where many lie far out the noise has heavy tails, and no row is to blame.
  if (suspects.empty() || 8 * suspects.size() > points.size()) return {};
  constexpr double kLevel = 0.01;
  constexpr std::size_t kFewParameters = 6;  // a profile of more takes long
  options.estimator = Estimator::kLeastSquaresLog;
  options.interval_method = residuals.parameters <= kFewParameters ? IntervalMethod::kProfileF
                                                                   : IntervalMethod::kSandwich;
  options.level = 1 - kLevel / static_cast<double>(points.size());
  const LawFit law = FitLaw(*whole.info, others, options);
  if (!law.ok()) return {};
  std::vector<Outlier> outliers;
  for (const Point& point : suspects) {
    const Prediction expected = law.Predict(point);
    const Interval& run = expected.prediction;
    if (!run.known() || (run.lo <= point.loss && point.loss <= run.hi)) continue;
    outliers.push_back({point, expected.value});
  }
  return outliers;
}

warning::Outliers Describe(const std::vector<Outlier>& outliers, Estimator estimator) {
  warning::Outliers described;
  for (const Outlier& outlier : outliers) {
    described.rows.push_back({{outlier.point.row}, outlier.point.loss, outlier.expected});
  }
  described.followed = estimator == Estimator::kLeastSquaresLog;
  return described;
}

// ---- one run's checkpoints

// All that two checkpoints of one run share.
using RunKey = std::array<double, 6>;

RunKey MakeRunKey(const Point& point) {
  const auto known = [](double value) { return std::isnan(value) ? -1 : value; };
  return {known(point.params),
          known(point.lr),
          known(point.batch),
          static_cast<double>(point.seed),
          static_cast<double>(point.stream),
          static_cast<double>(point.origin)};
}

// Sums of neighbours' products over runs of five or more sizes.
struct Neighbours {
  double products = 0;
  double squares = 0;
  int pairs = 0;
  int runs = 0;
};

Neighbours CompareNeighbours(std::span<const Point> points, const Residuals& residuals) {
  std::map<RunKey, std::map<double, double>> runs;
  std::set<RunKey> repeated;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const RunKey run = MakeRunKey(points[i]);
    const double scaled =
        std::clamp(residuals.values[i] / std::max(residuals.local[i], 1e-300), -3.0, 3.0);
    // Two losses at one size are no checkpoints of one run.
    if (!runs[run].emplace(points[i].tokens, scaled).second) repeated.insert(run);
  }
  constexpr std::size_t kFewest = 5;
  Neighbours sums;
  for (const auto& [run, values] : runs) {
    if (values.size() < kFewest || repeated.contains(run)) continue;
    ++sums.runs;
    const double* before = nullptr;
    for (const auto& [tokens, value] : values) {
      sums.squares += value * value;
      if (before != nullptr) sums.products += *before * value, ++sums.pairs;
      before = &value;
    }
  }
  return sums;
}

std::optional<warning::Checkpoints> FindCheckpoints(std::span<const Point> points,
                                                    const Residuals& residuals) {
  if (FindClusters(points).count != static_cast<int>(points.size())) return {};
  const Neighbours sums = CompareNeighbours(points, residuals);
  constexpr int kFewestPairs = 16;
  if (sums.pairs < kFewestPairs || !(sums.squares > 0)) return {};
  const double correlation = sums.products / sums.squares;
  constexpr double kStrong = 0.5;
  constexpr double kSds = 3;
  if (!(correlation > kStrong && correlation * std::sqrt(sums.pairs) > kSds)) return {};
  return warning::Checkpoints{correlation, sums.runs};
}

LawFit RobustFit(const LawFit& whole, std::span<const Point> points, FitOptions options) {
  options.interval_method = IntervalMethod::kNone;
  options.estimator = Estimator::kHuberLog;
  return FitLaw(*whole.info, points, options);
}

}  // namespace

ResidualCheck CheckResiduals(const LawFit& whole,
                             std::span<const Point> usable,
                             const FitOptions& options,
                             std::span<const UnreadColumn> labels,
                             std::span<const Point> labelled) {
  ResidualCheck check;
  constexpr std::size_t kFewest = 8;
  if (!whole.ok() || usable.size() < std::max(kFewest, whole.params.size() + 5)) return check;
  const bool robust = options.estimator == Estimator::kHuberLog ||
                      options.estimator == Estimator::kLeastAbsoluteLog;
  const LawFit law = robust ? whole : RobustFit(whole, usable, options);
  if (!law.ok()) return check;
  const Residuals residuals = FindResiduals(law, usable);
  constexpr double kRounding = 1e-9;
  if (!(MedianSize(residuals.values, 0) > kRounding)) return check;
  if (const auto labelled_ones = FindLabelledPopulations(residuals, usable, labels, labelled)) {
    check.warnings.push_back(*labelled_ones);
    return check;
  }
  if (const auto two = FindTwoPopulations(residuals, usable)) {
    check.warnings.push_back(*two);
    return check;
  }
  check.outliers = FindOutliers(law, usable, residuals, options);
  if (!check.outliers.empty()) {
    check.warnings.push_back(Describe(check.outliers, options.estimator));
  }
  if (const auto runs = FindCheckpoints(usable, residuals)) check.warnings.push_back(*runs);
  return check;
}

}  // namespace saelaw
