// BFGS keeps an estimate of the inverse curvature, and each step bisects along its direction until
// the weak Wolfe conditions hold. Weak ones, since at a kink the slope may jump past any bound that
// strong ones would set.
#include "fit/solve/quasi_newton.h"

#include <cmath>
#include <limits>

#include <Eigen/Dense>

namespace saelaw {
namespace {

constexpr int kMostSteps = 200;
// A step that gains less than this share of the value gains nothing; several in a row end it.
constexpr double kNothing = 1e-10;
constexpr int kPatience = 3;

// One search, in whitened coordinates.
class Descent {
 public:
  Descent(const SmoothFunction& f, const Eigen::MatrixXd& whitening, const Eigen::VectorXd& u)
      : f_(f),
        whitening_(whitening),
        origin_(u),
        at_(Eigen::VectorXd::Zero(u.size())),
        gradient_(u.size()),
        inverse_(Eigen::MatrixXd::Identity(u.size(), u.size())) {
    value_ = Evaluate(at_, &slope_);
  }

  bool Run() {
    int idle = 0;
    for (int step = 0; step < kMostSteps; ++step) {
      const double before = value_;
      if (!Step()) {
        // A stale curvature may be to blame: try once along the gradient.
        if (fresh_) return true;
        Forget();
        continue;
      }
      idle = before - value_ <= kNothing * std::abs(before) ? idle + 1 : 0;
      if (idle >= kPatience) return true;
    }
    return false;
  }

  Eigen::VectorXd u() const { return origin_ + whitening_ * at_; }

 private:
  double Evaluate(const Eigen::VectorXd& v, Eigen::VectorXd* slope) {
    trial_u_ = origin_ + whitening_ * v;
    const double value = f_(trial_u_.data(), gradient_.data());
    *slope = whitening_.transpose() * gradient_;
    // Outside of the domain the value counts as infinite, so a step into it is simply too long.
    return std::isfinite(value) && slope->allFinite() ? value
                                                      : std::numeric_limits<double>::infinity();
  }

  // The curvature learnt so far is given up, and the next direction is the plain gradient.
  void Forget() {
    inverse_.setIdentity();
    fresh_ = true;
  }

  // Along the quasi-Newton direction until both Wolfe conditions hold; false when no step lowers
  // the value.
  bool Step() {
    constexpr double kLower = 1e-4;   // share of the promised descent that is asked for
    constexpr double kFlatter = 0.9;  // of the slope that may be left
    constexpr int kMostTrials = 25;
    Eigen::VectorXd direction = -inverse_ * slope_;
    if (fresh_) direction *= FirstLength() / std::max(direction.norm(), 1e-300);
    const double descent = direction.dot(slope_);
    if (!(descent < 0)) return false;
    double low = 0;
    double high = std::numeric_limits<double>::infinity();
    double length = 1;
    for (int trial = 0; trial < kMostTrials; ++trial) {
      trial_at_ = at_ + length * direction;
      const double value = Evaluate(trial_at_, &trial_slope_);
      if (!(value <= value_ + kLower * length * descent)) {
        high = length;
      } else if (trial_slope_.dot(direction) < kFlatter * descent) {
        low = length;
      } else {
        Accept(value);
        return true;
      }
      // As long as no step was too long, the length is doubled; after that the bracket is halved.
      length = std::isinf(high) ? 2 * low : (low + high) / 2;
    }
    // The trials are used up, but the best of the steps that lowered the value can still be taken.
    if (low == 0) return false;
    trial_at_ = at_ + low * direction;
    Accept(Evaluate(trial_at_, &trial_slope_));
    return true;
  }

  // The first step is short: whitened coordinates are in units of the residuals' sd.
  double FirstLength() const { return 0.1 * std::sqrt(std::abs(value_)) + 1e-12; }

  void Accept(double value) {
    const Eigen::VectorXd moved = trial_at_ - at_;
    const Eigen::VectorXd turned = trial_slope_ - slope_;
    const double product = moved.dot(turned);
    // Only a step along which the slope rises tells something of the curvature. Any other would
    // make the estimate indefinite.
    if (product > 1e-14 * moved.norm() * turned.norm()) {
      // The first estimate takes its size from the first step, as the identity has none of its own.
      if (fresh_) inverse_ *= product / turned.squaredNorm();
      const Eigen::VectorXd bent = inverse_ * turned;
      const double share = 1 + turned.dot(bent) / product;
      inverse_ += (share / product) * moved * moved.transpose() -
                  (bent * moved.transpose() + moved * bent.transpose()) / product;
      fresh_ = false;
    }
    at_ = trial_at_;
    slope_ = trial_slope_;
    value_ = value;
  }

  const SmoothFunction& f_;
  const Eigen::MatrixXd& whitening_;
  Eigen::VectorXd origin_, at_, slope_, gradient_, trial_u_, trial_at_, trial_slope_;
  Eigen::MatrixXd inverse_;
  double value_ = 0;
  bool fresh_ = true;
};

}  // namespace

bool QuasiNewton(const SmoothFunction& f, const Vector& whitening, Vector& u) {
  const auto p = static_cast<Eigen::Index>(u.size());
  const Eigen::MatrixXd coordinates = Eigen::Map<const Eigen::MatrixXd>(whitening.data(), p, p);
  Descent search(f, coordinates, Eigen::Map<const Eigen::VectorXd>(u.data(), p));
  const bool arrived = search.Run();
  const Eigen::VectorXd found = search.u();
  u.assign(found.begin(), found.end());
  return arrived;
}

}  // namespace saelaw
