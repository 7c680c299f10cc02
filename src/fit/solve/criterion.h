// What a fit minimises: the sum over points of a function of the weighted ln residual.
#pragma once

#include <string>

namespace saelaw {

// kStudentLog: maximum likelihood for noise of Student's t with 4 degrees of freedom, by reweighted
// least squares (Lange, Little & Taylor 1989, J. Am. Stat. Assoc. 84).
enum class Estimator { kHuberLog, kLeastAbsoluteLog, kLeastSquaresLog, kStudentLog };

// Least squares r², Huber (r²/2 up to delta, then delta·(|r| - delta/2): Hoffmann et al. 2022,
// arXiv 2203.15556, eq. D.2), or least absolute |r|, which is solved as a Huber of kLadDelta.
// Student's t is least squares with weights of its own (fit/laws/reweigh.h).
struct Criterion {
  static constexpr double kLadDelta = 1e-6;

  Estimator kind = Estimator::kLeastSquaresLog;
  double delta = 1e-3;

  bool robust() const {
    return kind == Estimator::kHuberLog || kind == Estimator::kLeastAbsoluteLog;
  }
  double Knee() const { return kind == Estimator::kLeastAbsoluteLog ? kLadDelta : delta; }
  // The contribution of one residual to LawFit::objective.
  double Value(double residual) const;
  // The smooth half-square form that is minimised, with the knee at `knee`: r²/2 inside.
  static double Half(double residual, double knee);
  // "least squares on ln", "huber(1e-3) on ln", "least absolute deviations on ln".
  std::string Name() const;
};

}  // namespace saelaw
