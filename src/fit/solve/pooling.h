// Generalised least squares for points whose clusters err together. Where a seed is absent at one
// size, plain least squares takes its stream's shift at the others for the law's.
#pragma once

#include "fit/solve/log_model.h"

namespace saelaw {

// Σw² of each cluster.
Vector ClusterWeights(const Sample& sample);

// For weighted residuals r = w·(ln f - ln loss) of variance `within` each, and `shared`·w_i·w_j in
// common to points i and j of one cluster: by cluster the share θ = 1 - sqrt(within/(within +
// shared·Σw²)) of its mean that is taken out of each of its residuals, after which they are
// uncorrelated and of variance `within` (Fuller & Battese 1973, J. Am. Stat. Assoc. 68). As
// Sample::pooling; empty unless shared > 0.
Vector ComputePooling(const Sample& sample, double within, double shared);

// Whether every cluster is at the same settings alike. Then pooling moves no law that has a level
// of its own, as laws of loss have.
bool Balanced(const Sample& sample);

// r_i - θ·w_i·Σwr/Σw², over each cluster, in place: of weighted residuals or of a weighted column
// of their Jacobian, [points]. Nothing where the sample pools nothing.
void Pool(const Sample& sample, double* column);

}  // namespace saelaw
