// The laws of loss that a study found, which of them predicts where, and those of the parts of the
// objective.
#pragma once

#include <cstdint>

#include "fit/fit.h"
#include "study/findings/depth.h"
#include "study/findings/loss_law.h"
#include "study/findings/rate_laws.h"
#include "study/findings/study_points.h"
#include "sweep/sweep.h"

namespace saelaw {

struct LossLaws {
  std::int64_t target_d_sae = 0;
  LossLaw at_one_rate;  // at the one learning rate of the sweep's loss law
  // As the advice would train: at each size's best rate where there is a law of it, else at the one
  // advised rate; refused when there is neither.
  LossLaw at_best_rates;
  // At the same points as the law that predicts the target.
  LawFit mse, fvu, l0;
  double fitted_tokens = 0;  // the largest among these points; 0: there are none
  bool all_short = false;    // only short runs carry the law
  Criticism criticism;       // of the law that predicts, asked at the target
  Comparison comparison;     // of all laws of loss on its points, likewise

  // Whether a law of loss holds at this size.
  bool CoversSize(std::int64_t d_sae) const;
  // Whether it is at_best_rates that predicts there: of the laws that hold at the size, it comes
  // first; where none holds, what is known of another size stands in.
  bool BestPredicts(std::int64_t d_sae) const;
  bool BestPredicts() const { return BestPredicts(target_d_sae); }
  const LossLaw& Predicting(std::int64_t d_sae) const {
    return BestPredicts(d_sae) ? at_best_rates : at_one_rate;
  }
  // Of the target's loss.
  const LossLaw& Predicting() const { return Predicting(target_d_sae); }
};

// `before` knows nothing of the hold-outs: it predicts them, and says at which rate they train. Its
// laws alone are found, and no parts. In `now` they are points like any other run: of the law at
// the best rates within a factor of 2 of the best rate for their tokens, their loss less what the
// law of the rates says that their own rate costs; of the law at one rate where they trained at
// that rate.
struct FoundLossLaws {
  LossLaws before, now;
};

// A law that no hold-out is a point of is found once. Never throws for data.
FoundLossLaws FindLossLaws(const Sweep& sweep,
                           const StudyPoints& points,
                           const RateLaws& rates,
                           StudyDepth depth);

}  // namespace saelaw
