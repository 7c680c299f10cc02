// Rolling origin: every scale predicted by the law of the smaller ones alone, as the target will be
// (Hyndman & Athanasopoulos 2021, Forecasting, 3rd ed., ch. 5.10).
#pragma once

#include <span>
#include <vector>

#include "fit/compare/scales.h"
#include "fit/intervals/law_fit.h"

namespace saelaw {

struct RolledScale {
  std::size_t origin = 0;  // how many scales the law was fitted to
  std::size_t scale = 0;   // the place of the predicted one, 0 being the smallest
  double tokens = 0;       // geometric mean over its points
  int points = 0;
  double error = 0;  // ln of measured over predicted, mean over its points
  double sd = 0;     // of that error if the law is right: its own and the runs' noise; NaN: unknown
  double df = 0;     // of that sd
  double fall = 0;   // as Span::Fall, mean over its points
  bool inside =
      false;  // at least half of the points lie in their prediction intervals (options.level)
  bool next() const { return scale == origin; }
};

// What was rolled of a law, for who asks again about the same points with the same options.
struct RolledLaw {
  const LawInfo* law = nullptr;  // null: nothing was
  std::vector<RolledScale> scales;
};

// All pairs of an origin that carries the law and a larger scale, by origin. Refits take few starts
// and local intervals. Empty where no origin carries the law.
std::vector<RolledScale> RollOrigin(const LawInfo& law,
                                    const Scales& scales,
                                    const FitOptions& options);

// Root mean square of the errors one scale ahead; NaN without any.
double OneStepError(std::span<const RolledScale> rolled);

}  // namespace saelaw
