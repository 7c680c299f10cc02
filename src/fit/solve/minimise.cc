// Levenberg-Marquardt (ceres::TinySolver) on residuals; for robust criteria each residual r is
// replaced by ±sqrt(2·Half(r)), whose squares sum to the criterion itself, and a quasi-Newton
// search finishes where the criterion is almost not smooth.
#include "fit/solve/minimise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>
#include <ceres/tiny_solver.h>

#include "fit/solve/pooling.h"
#include "fit/solve/quasi_newton.h"

namespace saelaw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The weighted residuals, divided by `scale`: points, then the priors, then the tether.
struct Problem {
  const LogModel& model;
  const Sample& sample;
  const Tether* tether;
  double knee;       // of the criterion; infinite for least squares
  double scale = 1;  // residuals are divided by it
  std::vector<Prior> priors = model.Priors();
  int parameters = model.Size();

  // The rows of a problem are the points, then the priors, then the tether, if there is one.
  int size() const {
    return sample.size() + static_cast<int>(priors.size()) + (tether != nullptr ? 1 : 0);
  }

  // residuals [size()]; jacobian [size(), parameters] by columns, unless null.
  void Weigh(const double* u, double* residuals, double* jacobian) const {
    const int n = sample.size();
    model.LogValues(u, sample, residuals, jacobian, size());
    const Eigen::Map<const Eigen::ArrayXd> weights(sample.w.data(), n);
    const Eigen::Map<const Eigen::ArrayXd> targets(sample.y.data(), n);
    Eigen::Map<Eigen::ArrayXd> own(residuals, n);
    own = weights * (own - targets) / scale;
    if (jacobian != nullptr) {
      Eigen::Map<Eigen::ArrayXXd> slopes(jacobian, size(), parameters);
      for (int j = 0; j < parameters; ++j) {
        slopes.col(j).head(n) *= weights / scale;
        // Columns are pooled exactly as the residuals are; otherwise the slopes would not be
        // theirs.
        Pool(sample, slopes.col(j).data());
      }
    }
    Pool(sample, residuals);
    int row = n;
    for (const Prior& prior : priors) AddPrior(prior, u, row++, residuals, jacobian);
    if (tether != nullptr) AddTether(u, row, residuals, jacobian);
  }

 private:
  // A prior counts as one more residual, weighed against the noise that the sample says it has.
  void AddPrior(
      const Prior& prior, const double* u, int row, double* residuals, double* jacobian) const {
    const double weight = sample.noise / prior.sd / scale;
    residuals[row] = weight * (u[prior.index] - prior.mean);
    if (jacobian == nullptr) return;
    for (int j = 0; j < parameters; ++j) jacobian[j * size() + row] = 0;
    jacobian[prior.index * size() + row] = weight;
  }

  void AddTether(const double* u, int row, double* residuals, double* jacobian) const {
    Vector gradient(static_cast<std::size_t>(parameters));
    const double value = tether->quantity(u, jacobian != nullptr ? gradient.data() : nullptr);
    residuals[row] = tether->weight * (value - tether->target) / scale;
    if (jacobian == nullptr) return;
    for (int j = 0; j < parameters; ++j) {
      jacobian[j * size() + row] = tether->weight / scale * gradient[static_cast<std::size_t>(j)];
    }
  }
};

// The problem as TinySolver wants it: residuals whose squares sum to twice the criterion.
struct RootCost : Problem {
  using Scalar = double;
  enum { NUM_RESIDUALS = Eigen::Dynamic, NUM_PARAMETERS = Eigen::Dynamic };

  // The names are those that TinySolver asks for.
  int NumResiduals() const { return size(); }
  int NumParameters() const { return parameters; }

  bool operator()(const double* u, double* residuals, double* jacobian) const {
    Weigh(u, residuals, jacobian);
    if (std::isinf(knee)) return true;
    const double bend = knee / scale;
    for (int i = 0; i < sample.size(); ++i) {
      const double r = residuals[i];
      // Inside the knee a residual stands for itself.
      if (std::abs(r) <= bend) continue;
      residuals[i] = std::copysign(std::sqrt(2 * Criterion::Half(r, bend)), r);
      if (jacobian == nullptr) continue;
      // d sqrt(2h)/dr = h'/sqrt(2h); 1 inside the knee.
      const double slope = bend / std::abs(residuals[i]);
      for (int j = 0; j < parameters; ++j) jacobian[j * size() + i] *= slope;
    }
    return true;
  }
};

// Root mean square of what TinySolver would see at u: dividing by it makes the cost O(points).
double StartScale(const RootCost& cost, const Vector& u) {
  Vector residuals(static_cast<std::size_t>(cost.NumResiduals()));
  cost(u.data(), residuals.data(), nullptr);
  double sum = 0;
  for (const double r : residuals) sum += r * r;
  const double rms = std::sqrt(sum / static_cast<double>(residuals.size()));
  // A start that fits exactly has nothing to scale by.
  return std::isfinite(rms) && rms > 0 ? rms : 1;
}

// Makes one Levenberg-Marquardt run with the knee given; returns true when a tolerance stopped it.
bool Descend(
    const LogModel& model, const Sample& sample, const Tether* tether, double knee, Vector& u) {
  RootCost cost{{model, sample, tether, knee}};
  cost.scale = StartScale(cost, u);
  ceres::TinySolver<RootCost> solver;
  // Past the first steps a robust criterion is left to the quasi-Newton search: at its kinks
  // Levenberg-Marquardt crawls.
  solver.options.max_num_iterations = std::isinf(knee) ? 200 : 15;
  solver.options.gradient_tolerance = 1e-12;
  solver.options.parameter_tolerance = 1e-11;
  solver.options.function_tolerance = std::isinf(knee) ? 1e-15 : 1e-9;
  solver.options.cost_threshold = 0;
  solver.options.initial_trust_region_radius = 1e3;
  Eigen::VectorXd x = Eigen::Map<Eigen::VectorXd>(u.data(), model.Size());
  solver.Solve(cost, &x);
  std::copy(x.begin(), x.end(), u.begin());
  return solver.summary.status != ceres::TinySolver<RootCost>::HIT_MAX_ITERATIONS;
}

// Twice the criterion with its gradient, as the quasi-Newton search sees it: with c the residual
// r held between the knees, 2h(r) = c(2r - c) and h'(r) = c.
SmoothFunction ScalarCost(const Problem& problem) {
  return [&problem,
          residuals = Eigen::VectorXd(problem.size()),
          jacobian = Eigen::MatrixXd(problem.size(), problem.parameters),
          held = Eigen::ArrayXd()](const double* u, double* gradient) mutable {
    problem.Weigh(u, residuals.data(), jacobian.data());
    const double bend = problem.knee / problem.scale;
    const int n = problem.sample.size();
    held = residuals;
    held.head(n) = held.head(n).max(-bend).min(bend);
    Eigen::Map<Eigen::VectorXd>(gradient, problem.parameters) =
        2 * jacobian.transpose() * held.matrix();
    return (held * (2 * residuals.array() - held)).sum();
  };
}

// Coordinates in which the least-squares problem at u is round: the inverse of the Cholesky factor
// of J'J, transposed. In them a robust criterion is nearly round too.
Vector Whitening(const Problem& smooth, const Vector& u) {
  const int p = smooth.parameters;
  Eigen::VectorXd residuals(smooth.size());
  Eigen::MatrixXd jacobian(smooth.size(), p);
  smooth.Weigh(u.data(), residuals.data(), jacobian.data());
  Eigen::MatrixXd gram = jacobian.transpose() * jacobian;
  const Eigen::VectorXd norms = gram.diagonal().cwiseMax(1e-300).cwiseSqrt();
  gram = norms.cwiseInverse().asDiagonal() * gram * norms.cwiseInverse().asDiagonal();
  // Directions that the data does not tell are left as they are.
  gram += 1e-8 * Eigen::MatrixXd::Identity(p, p);
  const Eigen::LLT<Eigen::MatrixXd> factor(gram);
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Identity(p, p);
  if (factor.info() == Eigen::Success) factor.matrixU().solveInPlace(inverse);
  inverse = norms.cwiseInverse().asDiagonal() * inverse;
  return {inverse.data(), inverse.data() + inverse.size()};
}

// The whitening is worked out at the place where the search begins, and for plain squares.
bool FinishRobust(
    const LogModel& model, const Sample& sample, const Tether* tether, double knee, Vector& u) {
  RootCost cost{{model, sample, tether, knee}};
  cost.scale = StartScale(cost, u);
  const Problem smooth{model, sample, tether, kInfinity};
  return QuasiNewton(ScalarCost(cost), Whitening(smooth, u), u);
}

bool DescendRobust(const LogModel& model,
                   const Sample& sample,
                   const Criterion& criterion,
                   const Tether* tether,
                   Vector& u) {
  // First the bulk of the way with a wide knee, where Levenberg-Marquardt is at its best.
  constexpr double kFirstKnee = 0.03;
  if (kFirstKnee > criterion.Knee()) Descend(model, sample, tether, kFirstKnee, u);
  // A criterion whose knee no residual sees has kinks: it is approached in steps.
  constexpr double kSmoothKnee = 1e-3;
  for (double knee = kSmoothKnee; knee > criterion.Knee(); knee /= 10) {
    FinishRobust(model, sample, tether, knee, u);
  }
  return FinishRobust(model, sample, tether, criterion.Knee(), u);
}

// Steps below the rounding of the solver do not count as movement.
bool Differs(const Vector& a, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > 1e-10 * (1 + std::abs(b[i]))) return true;
  }
  return false;
}

}  // namespace

// This is without the pooling and the priors: callers want the points' own residuals.
Vector Residuals(const LogModel& model, const Sample& sample, const Vector& u) {
  Vector residuals(sample.y.size());
  model.LogValues(u.data(), sample, residuals.data(), nullptr, sample.size());
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    residuals[i] = sample.w[i] * (residuals[i] - sample.y[i]);
  }
  return residuals;
}

Vector WeightedJacobian(const LogModel& model, const Sample& sample, const Vector& u) {
  // Priors are left out, because the Jacobian is asked for by points.
  const Problem points{model, sample, nullptr, kInfinity, /*scale=*/1, /*priors=*/{}};
  Vector residuals(sample.y.size());
  Vector jacobian(residuals.size() * u.size());
  // The weights and the pooling are in the Jacobian, as the sample says.
  points.Weigh(u.data(), residuals.data(), jacobian.data());
  return jacobian;
}

double Objective(const LogModel& model,
                 const Sample& sample,
                 const Criterion& criterion,
                 const Vector& u) {
  double sum = 0;
  Vector residuals = Residuals(model, sample, u);
  Pool(sample, residuals.data());
  for (const double r : residuals) sum += criterion.Value(r);
  // Robust criteria are halves of squares near 0, and so their priors are halved as well.
  for (const Prior& prior : model.Priors()) {
    const double off = (u[static_cast<std::size_t>(prior.index)] - prior.mean) / prior.sd;
    sum += (criterion.robust() ? 0.5 : 1.0) * sample.noise * sample.noise * off * off;
  }
  return std::isfinite(sum) ? sum : std::numeric_limits<double>::infinity();
}

Minimum Minimise(const LogModel& model,
                 const Sample& sample,
                 const Criterion& criterion,
                 const Vector& start,
                 const Tether* tether) {
  Minimum found;
  // Least squares are smooth and need one descent; robust criteria are approached in stages.
  found.u = start;
  found.converged = criterion.robust() ? DescendRobust(model, sample, criterion, tether, found.u)
                                       : Descend(model, sample, tether, kInfinity, found.u);
  found.objective = Objective(model, sample, criterion, found.u);
  found.moved = Differs(found.u, start);
  return found;
}

Curvature InverseCurvature(const LogModel& model, const Sample& sample, const Vector& u) {
  const int p = model.Size();
  const Problem smooth{model, sample, nullptr, kInfinity};
  Eigen::VectorXd residuals(smooth.size());
  Eigen::MatrixXd jacobian(smooth.size(), p);
  smooth.Weigh(u.data(), residuals.data(), jacobian.data());
  // Columns of unit length make the condition one of directions and not of units.
  Eigen::VectorXd norms = jacobian.colwise().norm();
  for (double& norm : norms) norm = norm > 0 ? norm : 1;
  const Eigen::MatrixXd unit = jacobian * norms.cwiseInverse().asDiagonal();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(unit, Eigen::ComputeFullV);
  const Eigen::VectorXd& values = svd.singularValues();
  constexpr double kSingular = 1e-9;
  Curvature result;
  const double smallest = values.size() < p ? 0 : values(p - 1);
  result.condition = smallest > 0 ? values(0) / smallest : kInfinity;
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(p, p);
  for (int k = 0; k < values.size(); ++k) {
    // A direction that the data does not tell has no finite variance. It is left out here, and the
    // rank tells callers that something is missing.
    if (!(values(k) > kSingular * values(0))) continue;
    ++result.rank;
    const Eigen::VectorXd v = norms.cwiseInverse().asDiagonal() * svd.matrixV().col(k);
    inverse += v * v.transpose() / (values(k) * values(k));
  }
  result.inverse.assign(inverse.data(), inverse.data() + inverse.size());
  return result;
}

// The matrix is small, so that nothing is gained by a product of matrices.
double QuadraticForm(const Vector& covariance, const Vector& gradient) {
  const std::size_t p = gradient.size();
  double sum = 0;
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < p; ++j) sum += gradient[i] * covariance[i * p + j] * gradient[j];
  }
  return sum;
}

}  // namespace saelaw
