// The variance is searched on a grid of its logarithm and refined between the neighbours of the
// best. The likelihood of one variance has one maximum for all but contrived data.
#include "fit/solve/scattered_line.h"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "fit/solve/one_dimension.h"

namespace saelaw {
namespace {

using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

struct Problem {
  Eigen::Map<const Matrix> x;
  Eigen::Map<const Eigen::VectorXd> y;
  Eigen::Map<const Matrix> covariance;
};

struct Solved {
  Eigen::VectorXd coefficients;
  Eigen::MatrixXd covariance;
  double deviance = 0;  // -2 ln restricted likelihood
};

Solved Solve(const Problem& problem, double variance) {
  Eigen::MatrixXd total = problem.covariance;
  total.diagonal().array() += variance;
  const Eigen::LLT<Eigen::MatrixXd> root(total);
  const Eigen::MatrixXd x = root.matrixL().solve(Eigen::MatrixXd(problem.x));
  const Eigen::VectorXd y = root.matrixL().solve(Eigen::VectorXd(problem.y));
  const Eigen::MatrixXd gram = x.transpose() * x;
  const auto decomposed = gram.ldlt();
  Solved solved;
  solved.coefficients = decomposed.solve(x.transpose() * y);
  solved.covariance = decomposed.solve(Eigen::MatrixXd::Identity(gram.rows(), gram.cols()));
  solved.deviance = 2 * Eigen::MatrixXd(root.matrixL()).diagonal().array().log().sum() +
                    decomposed.vectorD().array().log().sum() +
                    (y - x * solved.coefficients).squaredNorm();
  return solved;
}

// The logarithm of the variance that makes the likelihood largest.
double BestLogVariance(const Problem& problem) {
  // The points' own variances and their spread about any line bound what it can be.
  const double least = std::log(problem.covariance.diagonal().minCoeff()) - 7;
  const double spread = (problem.y.array() - problem.y.mean()).square().sum();
  const double most =
      std::max(least + 1, std::log(spread + problem.covariance.diagonal().maxCoeff()) + 1);
  const auto deviance = [&](double log) { return Solve(problem, std::exp(log)).deviance; };
  constexpr int kSteps = 40;
  const double step = (most - least) / kSteps;
  const auto [low, high] = BracketMinimum(least, step, kSteps, deviance);
  return (low + high) / 2;
}

}  // namespace

ScatteredLine FitScatteredLine(const Vector& design, const Vector& y, const Vector& covariance) {
  const auto points = static_cast<Eigen::Index>(y.size());
  const Problem problem{{design.data(), points, static_cast<Eigen::Index>(design.size()) / points},
                        {y.data(), points},
                        {covariance.data(), points, points}};
  double variance = std::exp(BestLogVariance(problem));
  if (Solve(problem, 0).deviance <= Solve(problem, variance).deviance) variance = 0;
  const Solved solved = Solve(problem, variance);
  ScatteredLine line;
  line.sd = std::sqrt(variance);
  line.coefficients.assign(solved.coefficients.begin(), solved.coefficients.end());
  line.covariance.assign(solved.covariance.data(),
                         solved.covariance.data() + solved.covariance.size());
  return line;
}

}  // namespace saelaw
