// Levenberg-Marquardt (ceres::TinySolver) on residuals; for robust criteria each residual r is
// replaced by ±sqrt(2·Half(r)), whose squares sum to the criterion itself, with the knee lowered
// step by step, and BFGS finishes where the criterion is almost not smooth.
#include "fit/minimise.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <Eigen/Dense>
#include <ceres/gradient_problem.h>
#include <ceres/gradient_problem_solver.h>
#include <ceres/tiny_solver.h>

namespace saelaw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// The problem as TinySolver wants it: points, then the tether as one more residual.
struct RootCost {
  using Scalar = double;
  enum { NUM_RESIDUALS = Eigen::Dynamic, NUM_PARAMETERS = Eigen::Dynamic };

  const LogModel& model;
  const Sample& sample;
  const Tether* tether;
  double knee;       // infinite for least squares
  double scale = 1;  // residuals are divided by it
  mutable Vector gradient;

  int NumResiduals() const { return sample.size() + (tether != nullptr ? 1 : 0); }
  int NumParameters() const { return model.Size(); }

  bool operator()(const double* u, double* residuals, double* jacobian) const {
    const int n = sample.size();
    gradient.resize(static_cast<std::size_t>(model.Size()));
    double* row_gradient = jacobian != nullptr ? gradient.data() : nullptr;
    for (int i = 0; i < n; ++i) {
      const auto k = static_cast<std::size_t>(i);
      const double r = sample.w[k] * (model.LogValue(u, sample.Row(i), row_gradient) - sample.y[k]);
      const double root = std::copysign(std::sqrt(2 * Criterion::Half(r, knee)), r);
      residuals[i] = root / scale;
      // d sqrt(2h)/dr = h'/sqrt(2h); 1 inside the knee.
      const double slope = std::abs(r) <= knee ? 1 : knee / std::abs(root);
      if (jacobian != nullptr) WriteRow(jacobian, i, slope * sample.w[k] / scale);
    }
    if (tether != nullptr) {
      residuals[n] = tether->weight * (tether->quantity(u, row_gradient) - tether->target) / scale;
      if (jacobian != nullptr) WriteRow(jacobian, n, tether->weight / scale);
    }
    return true;
  }

  void WriteRow(double* jacobian, int row, double factor) const {
    for (int j = 0; j < model.Size(); ++j) {
      jacobian[j * NumResiduals() + row] = factor * gradient[static_cast<std::size_t>(j)];
    }
  }
};

// Root mean square of what TinySolver would see at u: dividing by it makes the cost O(points).
double StartScale(const RootCost& cost, const Vector& u) {
  Vector residuals(static_cast<std::size_t>(cost.NumResiduals()));
  cost(u.data(), residuals.data(), nullptr);
  double sum = 0;
  for (const double r : residuals) sum += r * r;
  const double rms = std::sqrt(sum / static_cast<double>(residuals.size()));
  return std::isfinite(rms) && rms > 0 ? rms : 1;
}

// One Levenberg-Marquardt run with the knee given; true when a tolerance stopped it.
bool Descend(
    const LogModel& model, const Sample& sample, const Tether* tether, double knee, Vector& u) {
  RootCost cost{model, sample, tether, knee, 1, {}};
  cost.scale = StartScale(cost, u);
  ceres::TinySolver<RootCost> solver;
  // Past the first steps a robust criterion is left to BFGS: at its kinks Levenberg-Marquardt
  // crawls.
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

// The criterion as a scalar function, for BFGS.
class ScalarCost : public ceres::FirstOrderFunction {
 public:
  ScalarCost(const RootCost& cost, double unit) : cost_(cost), unit_(unit) {}
  int NumParameters() const override { return cost_.NumParameters(); }

  bool Evaluate(const double* u, double* value, double* gradient) const override {
    residuals_.resize(cost_.NumResiduals());
    jacobian_.resize(cost_.NumResiduals(), NumParameters());
    cost_(u, residuals_.data(), gradient != nullptr ? jacobian_.data() : nullptr);
    *value = residuals_.squaredNorm() / unit_;
    if (gradient != nullptr) {
      Eigen::Map<Eigen::VectorXd>(gradient, NumParameters()) =
          jacobian_.transpose() * residuals_ * (2 / unit_);
    }
    return std::isfinite(*value);
  }

 private:
  RootCost cost_;
  double unit_;
  mutable Eigen::VectorXd residuals_;
  mutable Eigen::MatrixXd jacobian_;
};

bool FinishWithBfgs(
    const LogModel& model, const Sample& sample, const Tether* tether, double knee, Vector& u) {
  RootCost cost{model, sample, tether, knee, 1, {}};
  cost.scale = StartScale(cost, u);
  ceres::GradientProblem problem(new ScalarCost(cost, cost.NumResiduals()));
  ceres::GradientProblemSolver::Options options;
  options.line_search_direction_type = ceres::BFGS;
  options.max_num_iterations = 300;
  options.function_tolerance = 1e-13;
  options.gradient_tolerance = 1e-9;
  options.parameter_tolerance = 1e-12;
  options.logging_type = ceres::SILENT;
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(options, problem, u.data(), &summary);
  // A line search that finds nothing better at a kink has arrived as far as the arithmetic goes.
  return summary.termination_type != ceres::NO_CONVERGENCE;
}

bool DescendRobust(const LogModel& model,
                   const Sample& sample,
                   const Criterion& criterion,
                   const Tether* tether,
                   Vector& u) {
  constexpr double kFirstKnee = 0.03;
  constexpr double kKneeStep = 10;
  for (double knee = kFirstKnee; knee > criterion.Knee(); knee /= kKneeStep) {
    Descend(model, sample, tether, knee, u);
  }
  Descend(model, sample, tether, criterion.Knee(), u);
  return FinishWithBfgs(model, sample, tether, criterion.Knee(), u);
}

bool Differs(const Vector& a, const Vector& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::abs(a[i] - b[i]) > 1e-10 * (1 + std::abs(b[i]))) return true;
  }
  return false;
}

}  // namespace

Vector Residuals(const LogModel& model, const Sample& sample, const Vector& u) {
  Vector residuals(sample.y.size());
  for (int i = 0; i < sample.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    residuals[k] = sample.w[k] * (model.LogValue(u.data(), sample.Row(i), nullptr) - sample.y[k]);
  }
  return residuals;
}

double Objective(const LogModel& model,
                 const Sample& sample,
                 const Criterion& criterion,
                 const Vector& u) {
  double sum = 0;
  for (const double r : Residuals(model, sample, u)) sum += criterion.Value(r);
  return std::isfinite(sum) ? sum : kInfinity;
}

Minimum Minimise(const LogModel& model,
                 const Sample& sample,
                 const Criterion& criterion,
                 const Vector& start,
                 const Tether* tether) {
  Minimum found;
  found.u = start;
  found.converged = criterion.robust() ? DescendRobust(model, sample, criterion, tether, found.u)
                                       : Descend(model, sample, tether, kInfinity, found.u);
  found.objective = Objective(model, sample, criterion, found.u);
  found.moved = Differs(found.u, start);
  return found;
}

Curvature InverseCurvature(const LogModel& model, const Sample& sample, const Vector& u) {
  const int p = model.Size();
  Eigen::MatrixXd jacobian(sample.size(), p);
  Vector gradient(static_cast<std::size_t>(p));
  for (int i = 0; i < sample.size(); ++i) {
    model.LogValue(u.data(), sample.Row(i), gradient.data());
    for (int j = 0; j < p; ++j) {
      jacobian(i, j) =
          sample.w[static_cast<std::size_t>(i)] * gradient[static_cast<std::size_t>(j)];
    }
  }
  Eigen::VectorXd norms = jacobian.colwise().norm();
  for (double& norm : norms) norm = norm > 0 ? norm : 1;
  const Eigen::MatrixXd unit = jacobian * norms.cwiseInverse().asDiagonal();
  const Eigen::JacobiSVD<Eigen::MatrixXd> svd(unit, Eigen::ComputeFullV);
  const Eigen::VectorXd values = svd.singularValues();
  constexpr double kSingular = 1e-9;
  Curvature result;
  const double smallest = values.size() < p ? 0 : values(p - 1);
  result.condition = smallest > 0 ? values(0) / smallest : kInfinity;
  Eigen::MatrixXd inverse = Eigen::MatrixXd::Zero(p, p);
  for (int k = 0; k < values.size(); ++k) {
    if (!(values(k) > kSingular * values(0))) continue;
    ++result.rank;
    const Eigen::VectorXd v = norms.cwiseInverse().asDiagonal() * svd.matrixV().col(k);
    inverse += v * v.transpose() / (values(k) * values(k));
  }
  result.inverse.assign(inverse.data(), inverse.data() + inverse.size());
  return result;
}

double QuadraticForm(const Vector& covariance, const Vector& gradient) {
  const std::size_t p = gradient.size();
  double sum = 0;
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = 0; j < p; ++j) sum += gradient[i] * covariance[i * p + j] * gradient[j];
  }
  return sum;
}

}  // namespace saelaw
