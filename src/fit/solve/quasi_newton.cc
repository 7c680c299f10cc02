// Ceres' BFGS does the search. Its line search by cubic interpolation with the strong Wolfe
// conditions holds up at the kinks of robust criteria, because the knee is approached in steps
// (minimise.cc), so that few residuals stand within it.
#include "fit/solve/quasi_newton.h"

#include <cmath>

#include <Eigen/Dense>
#include <ceres/gradient_problem.h>
#include <ceres/gradient_problem_solver.h>
#include <glog/logging.h>

namespace saelaw {
namespace {

// f in the whitened coordinates v, in which the solver's first step is about right.
class Whitened : public ceres::FirstOrderFunction {
 public:
  Whitened(const SmoothFunction& f, const Vector& whitening, const Vector& origin)
      : f_(f),
        origin_(Eigen::Map<const Eigen::VectorXd>(origin.data(), Size(origin))),
        whitening_(
            Eigen::Map<const Eigen::MatrixXd>(whitening.data(), origin_.size(), origin_.size())) {}

  int NumParameters() const override { return static_cast<int>(origin_.size()); }

  // Says false outside of the domain, so that the line search shortens its step.
  bool Evaluate(const double* v, double* value, double* gradient) const override {
    const Eigen::VectorXd u = At(Eigen::Map<const Eigen::VectorXd>(v, origin_.size()));
    Eigen::VectorXd slope(origin_.size());
    *value = f_(u.data(), slope.data());
    if (!std::isfinite(*value) || !slope.allFinite()) return false;
    if (gradient != nullptr) {
      Eigen::Map<Eigen::VectorXd>(gradient, origin_.size()) = whitening_.transpose() * slope;
    }
    return true;
  }

  Eigen::VectorXd At(const Eigen::VectorXd& v) const { return origin_ + whitening_ * v; }

 private:
  static Eigen::Index Size(const Vector& u) { return static_cast<Eigen::Index>(u.size()); }

  const SmoothFunction& f_;
  Eigen::VectorXd origin_;
  Eigen::MatrixXd whitening_;
};

ceres::GradientProblemSolver::Options SolverOptions() {
  ceres::GradientProblemSolver::Options options;
  options.line_search_direction_type = ceres::BFGS;
  // The first estimate of the curvature takes its size from the first step.
  options.use_approximate_eigenvalue_bfgs_scaling = true;
  options.max_num_iterations = 200;
  // A step that gains less than this share of the value gains nothing.
  options.function_tolerance = 1e-10;
  options.gradient_tolerance = 1e-14;
  options.parameter_tolerance = 1e-13;
  options.logging_type = ceres::SILENT;
  return options;
}

// Ceres tells its log, which is the user's stderr, of each line search that ended on a flat
// stretch. Whether a search arrived is in its result, so that nothing is lost by its silence.
void SilenceLog() {
  static const bool kDone = [] {
    FLAGS_minloglevel = google::GLOG_ERROR;
    return true;
  }();
  static_cast<void>(kDone);
}

}  // namespace

bool QuasiNewton(const SmoothFunction& f, const Vector& whitening, Vector& u) {
  SilenceLog();
  auto* whitened = new Whitened(f, whitening, u);  // the problem owns and deletes it
  const ceres::GradientProblem problem(whitened);
  Eigen::VectorXd v = Eigen::VectorXd::Zero(whitened->NumParameters());
  ceres::GradientProblemSolver::Summary summary;
  ceres::Solve(SolverOptions(), problem, v.data(), &summary);
  const Eigen::VectorXd found = whitened->At(v);
  u.assign(found.begin(), found.end());
  return summary.termination_type == ceres::CONVERGENCE;
}

}  // namespace saelaw
