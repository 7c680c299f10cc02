// A law of falling losses can be fitted to rising ones: it ends at the bound of its exponent and
// predicts less than was ever measured. So the direction is looked at first, by a plane that
// outliers do not turn.
#include "fit/laws/falling_loss.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

namespace saelaw {
namespace {

// Laws with other variables (a rate, a batch) rise and fall with them, so that a plane says
// nothing.
bool OnlyFalls(const LawInfo& law) {
  if (law.predicted != Predicted::kLoss || law.variables.empty()) return false;
  return std::all_of(law.variables.begin(), law.variables.end(), [&](Variable variable) {
    const auto falls = [&](const ParameterInfo& parameter) {
      const bool power = parameter.role == Role::kExponent || parameter.role == Role::kCoef;
      return power && parameter.of == variable;
    };
    return variable != Variable::kLr && variable != Variable::kBatch &&
           std::any_of(law.parameters.begin(), law.parameters.end(), falls);
  });
}

// The points in logarithms: a column of ones and one of each variable about its mean.
struct Plane {
  Eigen::MatrixXd columns;  // [points, 1 + variables]
  Eigen::VectorXd losses;   // [points] ln loss
};

// Of very many points evenly spaced ones tell the direction as well.
Plane MakePlane(const LawInfo& law, std::span<const Point> points) {
  constexpr std::size_t kMost = 5000;
  const std::size_t count = std::min(points.size(), kMost);
  const auto n = static_cast<Eigen::Index>(count);
  Plane plane{Eigen::MatrixXd::Ones(n, 1 + static_cast<Eigen::Index>(law.variables.size())),
              Eigen::VectorXd(n)};
  for (Eigen::Index i = 0; i < n; ++i) {
    const Point& point = points[static_cast<std::size_t>(i) * points.size() / count];
    plane.losses(i) = std::log(point.loss);
    for (std::size_t k = 0; k < law.variables.size(); ++k) {
      plane.columns(i, 1 + static_cast<Eigen::Index>(k)) = std::log(Get(point, law.variables[k]));
    }
  }
  for (Eigen::Index k = 1; k < plane.columns.cols(); ++k) {
    plane.columns.col(k).array() -= plane.columns.col(k).mean();
  }
  return plane;
}

// Least absolute residuals by reweighted least squares (Schlossmacher 1973, J. Am. Stat. Assoc.
// 68). Collinear variables share a slope, since the solution of least length is taken.
Eigen::VectorXd LeastAbsolute(const Plane& plane) {
  constexpr int kRounds = 60;
  Eigen::VectorXd weights = Eigen::VectorXd::Ones(plane.losses.size());
  Eigen::VectorXd slopes;
  for (int round = 0; round < kRounds; ++round) {
    const Eigen::MatrixXd weighed = weights.asDiagonal() * plane.columns;
    const Eigen::VectorXd target = weights.asDiagonal() * plane.losses;
    const Eigen::VectorXd before = slopes;
    slopes = weighed.completeOrthogonalDecomposition().solve(target);
    if (round > 0 && (slopes - before).norm() <= 1e-6 * slopes.norm()) break;
    const Eigen::ArrayXd sizes = (plane.losses - plane.columns * slopes).array().abs();
    // A residual of nothing would have an infinite weight.
    weights = sizes.max(1e-9 + 1e-6 * sizes.mean()).sqrt().inverse();
  }
  return slopes;
}

double MedianResidual(const Plane& plane, const Eigen::VectorXd& slopes) {
  Eigen::ArrayXd sizes = (plane.losses - plane.columns * slopes).array().abs();
  std::nth_element(sizes.begin(), sizes.begin() + sizes.size() / 2, sizes.end());
  return sizes(sizes.size() / 2);
}

}  // namespace

std::optional<FitRefusal> WhyNotFalling(const LawInfo& law, std::span<const Point> points) {
  if (!OnlyFalls(law)) return {};
  const Plane plane = MakePlane(law, points);
  const Eigen::VectorXd slopes = LeastAbsolute(plane);
  const double noise = MedianResidual(plane, slopes);
  for (std::size_t k = 0; k < law.variables.size(); ++k) {
    const auto at = 1 + static_cast<Eigen::Index>(k);
    const auto column = plane.columns.col(at);
    const double rise = slopes(at) * (column.maxCoeff() - column.minCoeff());
    // More data always helps, or there is no law; a size may have no effect that the noise lets
    // see.
    const Variable variable = law.variables[k];
    const bool must = variable == Variable::kTokens || variable == Variable::kCompute;
    if (must ? rise < 0 : !(rise > 2 * noise)) continue;
    return refusal::DoesNotFall{
        std::string(law.name), variable, std::expm1(slopes(at) * std::log(2))};
  }
  return {};
}

}  // namespace saelaw
