// What the loss is made of, and what goes with it: one answer for loss, mse, penalty, FVU, L0 and
// the cross-entropy that is recovered.
//
// Laws of the parts by themselves do not add up to the law of the loss. Here the loss has its law,
// and the penalty's share of it is a line: logit(penalty/loss) in ln loss, through the runs within
// a step (√2) of their size's best rate. So mse + penalty is the loss, whatever the line says. Of
// three sweeps (analysis/refitted) this predicted the hold-outs' losses within 0.5 to 3 %, where
// the sum of laws of mse and penalty was 2 to 6 % off, and a share that is a line in ln tokens put
// mse off by up to 12 %, against 8 %. FVU is mse over the variance of the held-out tokens, which
// all runs share.
#pragma once

#include <limits>
#include <vector>

#include "study/findings/estimate.h"
#include "study/findings/loss_laws.h"
#include "study/findings/loss_line.h"
#include "study/findings/rate_laws.h"
#include "study/findings/study_points.h"

namespace saelaw {

struct LossParts {
  LossLine penalty_share;   // logit
  bool no_penalty = false;  // no run has one: mse is the loss
  double fvu_over_mse = std::numeric_limits<double>::quiet_NaN();
  // Where the penalty is the coefficient times L0 (Sparsity::kCoefficient), 1 over that; else NaN,
  // and L0 is a line of its own.
  double l0_over_penalty = std::numeric_limits<double>::quiet_NaN();
  LossLine log_l0;
  LossLine loss_recovered;  // logit; of runs on a language model

  bool ok() const { return no_penalty || penalty_share.ok(); }
};

// Of the runs at the target's size, where three numbers of tokens were trained there, else of all.
LossParts FindLossParts(const Sweep& sweep,
                        const StudyPoints& points,
                        const RateLaws& rates,
                        const LossLaws& laws);

struct PredictedParts {
  Estimate mse, penalty, fvu, l0, loss_recovered;
};

// At a predicted loss, whose interval is part of theirs; all unknown without it, or where the parts
// are not ok(). mse + penalty is the loss to the last bits.
PredictedParts SplitLoss(const LossParts& parts, const Estimate& loss, double level = 0.95);

}  // namespace saelaw
