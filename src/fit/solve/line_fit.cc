// Weighted least squares in normal equations. Points are centred first, which makes the level and
// the slopes independent and the equations well conditioned, so that no factorisation of the points
// themselves is needed.
#include "fit/solve/line_fit.h"

#include <cmath>

#include <Eigen/Dense>

namespace saelaw {
namespace {

// The weighted mean of x and y, and the points about it in units of their sd.
struct Centred {
  Eigen::VectorXd mean;  // of x
  double level = 0;
  double weight = 0;
  Eigen::MatrixXd x;  // [points, variables]
  Eigen::VectorXd y;
};

Centred Centre(const std::vector<LinePoint>& points) {
  const auto variables = static_cast<Eigen::Index>(points.front().x.size());
  const auto count = static_cast<Eigen::Index>(points.size());
  Centred centred{Eigen::VectorXd::Zero(variables), 0, 0, {}, {}};
  for (const LinePoint& point : points) {
    const double w = 1 / (point.sd * point.sd);
    centred.weight += w;
    centred.level += w * point.y;
    centred.mean += w * Eigen::Map<const Eigen::VectorXd>(point.x.data(), variables);
  }
  centred.level /= centred.weight;
  centred.mean /= centred.weight;
  centred.x.resize(count, variables);
  centred.y.resize(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const LinePoint& point = points[static_cast<std::size_t>(i)];
    const Eigen::Map<const Eigen::VectorXd> x(point.x.data(), variables);
    centred.x.row(i) = (x - centred.mean).transpose() / point.sd;
    centred.y(i) = (point.y - centred.level) / point.sd;
  }
  return centred;
}

// The inverse is needed anyway, for the covariance of the slopes.
Line FitPoints(const std::vector<LinePoint>& points) {
  const Centred centred = Centre(points);
  const Eigen::MatrixXd gram = centred.x.transpose() * centred.x;
  const Eigen::MatrixXd inverse =
      gram.ldlt().solve(Eigen::MatrixXd::Identity(gram.rows(), gram.cols()));
  const Eigen::VectorXd slopes = inverse * (centred.x.transpose() * centred.y);
  Line line;
  line.centre.assign(centred.mean.begin(), centred.mean.end());
  line.level = centred.level;
  line.slopes.assign(slopes.begin(), slopes.end());
  line.level_variance = 1 / centred.weight;
  line.slope_covariance.assign(inverse.data(), inverse.data() + inverse.size());
  return line;
}

// A bound that the line violates acts as a point on the bound, and one that holds does not act at
// all.
std::vector<LinePoint> Violated(const Line& line, const std::vector<LineBound>& bounds) {
  std::vector<LinePoint> violated;
  for (const LineBound& bound : bounds) {
    const double y = line.At(bound.x);
    if (y < bound.lo) violated.push_back({bound.x, bound.lo, bound.sd});
    if (y > bound.hi) violated.push_back({bound.x, bound.hi, bound.sd});
  }
  return violated;
}

double ChiSquare(const Line& line, const std::vector<LinePoint>& points) {
  double sum = 0;
  for (const LinePoint& point : points) {
    const double off = (point.y - line.At(point.x)) / point.sd;
    sum += off * off;
  }
  return sum;
}

// Lines are compared in their slopes, and in their values at one place.
bool Same(const Line& a, const Line& b) {
  constexpr double kSame = 1e-12;
  for (std::size_t k = 0; k < a.slopes.size(); ++k) {
    if (std::abs(a.slopes[k] - b.slopes[k]) > kSame) return false;
  }
  return std::abs(a.At(b.centre) - b.level) < kSame;
}

}  // namespace

double Line::At(const Vector& x) const {
  double y = level;
  for (std::size_t k = 0; k < slopes.size(); ++k) y += slopes[k] * (x[k] - centre[k]);
  return y;
}

// The level and the slopes are uncorrelated about the centre, so their variances add up.
double Line::VarianceAt(const Vector& x) const {
  const std::size_t variables = slopes.size();
  double variance = level_variance;
  for (std::size_t i = 0; i < variables; ++i) {
    for (std::size_t j = 0; j < variables; ++j) {
      variance += (x[i] - centre[i]) * slope_covariance[i * variables + j] * (x[j] - centre[j]);
    }
  }
  return variance;
}

double Line::SlopeVariance(std::size_t variable) const {
  return slope_covariance[variable * slopes.size() + variable];
}

Line FitLine(const std::vector<LinePoint>& points, const std::vector<LineBound>& bounds) {
  Line line = FitPoints(points);
  // The penalty is convex and piecewise quadratic: a few rounds settle which bounds are active.
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    // The bounds are judged anew in each round, as those that a line violates change with the line.
    const std::vector<LinePoint> violated = Violated(line, bounds);
    std::vector<LinePoint> all = points;
    all.insert(all.end(), violated.begin(), violated.end());
    const Line next = FitPoints(all);
    const bool settled = Same(line, next);
    line = next;
    line.bounds_active = static_cast<int>(violated.size());
    // The count is that of the last round, whose line is the answer.
    if (settled) break;
  }
  // The bounds do not count here: this is how far the points scatter about the line.
  line.chi_square = ChiSquare(line, points);
  return line;
}

bool Determines(const std::vector<LinePoint>& points) {
  if (points.size() <= points.front().x.size()) return false;
  const Centred centred = Centre(points);
  // Columns of unit length take the units of the variables out of the comparison.
  const Eigen::VectorXd norms = centred.x.colwise().norm();
  if (!(norms.minCoeff() > 0)) return false;
  const Eigen::MatrixXd unit = centred.x * norms.cwiseInverse().asDiagonal();
  const Eigen::VectorXd values = unit.jacobiSvd().singularValues();
  constexpr double kSingular = 1e-6;
  return values(values.size() - 1) > kSingular * values(0);
}

}  // namespace saelaw
