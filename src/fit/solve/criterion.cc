// The loss functions of the fits. Huber's has the knee where it bends from squares to absolute
// values; the others are its two limits, or are reached by reweighting.
#include "fit/solve/criterion.h"

#include <cmath>

#include <fmt/format.h>

namespace saelaw {

// Inside the knee this is r²/2, and outside the straight line that continues it without a bend.
double Criterion::Half(double residual, double knee) {
  const double size = std::abs(residual);
  return size <= knee ? residual * residual / 2 : knee * (size - knee / 2);
}

double Criterion::Value(double residual) const {
  // Student's t is fitted as least squares whose weights change from round to round.
  switch (kind) {
    case Estimator::kLeastSquaresLog:
    case Estimator::kStudentLog:
      return residual * residual;
    case Estimator::kLeastAbsoluteLog:
      return std::abs(residual);
    case Estimator::kHuberLog:
      return Half(residual, delta);
  }
  return 0;
}

std::string Criterion::Name() const {
  switch (kind) {
    case Estimator::kLeastSquaresLog:
      return "least squares on ln";
    case Estimator::kStudentLog:
      return "student(4) on ln";
    case Estimator::kLeastAbsoluteLog:
      return "least absolute deviations on ln";
    case Estimator::kHuberLog:
      return fmt::format("huber({}) on ln", delta);
  }
  return "";
}

}  // namespace saelaw
