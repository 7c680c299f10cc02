// SAEs that keep a given number of latents, with no penalty in their loss: TopK, the k largest
// positive pre-activations of each token (Gao et al. 2024, arXiv 2406.04093), and BatchTopK, the
// k·tokens largest of a batch (Bussmann et al. 2024, arXiv 2412.06410).
#pragma once

#include "sae/model/architecture.h"

namespace saelaw {

const Architecture& TopK();
// Where nothing is trained it decides by a threshold, one for all latents: a running average of
// each training batch's smallest active pre-activation (section 3 of the paper). It is evaluated
// and given away as a JumpReLU with that threshold.
const Architecture& BatchTopK();

// How many latents of a batch BatchTopK keeps, at most.
std::int64_t KeptInBatch(double k, std::int64_t tokens);

// The part of the newest batch in the running average, as in SAELens' topk_threshold_lr.
inline constexpr double kRunningThresholdRate = 0.01;
// SaeParameters::running_threshold is {average, weight}, which begin at 0 and move by this rate
// towards {what was seen, 1}: their ratio is an average without the bias to 0 that the average
// alone has in the first hundreds of updates. fp32 or fp64.
at::Tensor RunningThreshold(const SaeParameters& parameters);  // []; 0 before the first update

}  // namespace saelaw
