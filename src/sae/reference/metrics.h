// What is measured of a reconstruction and of its latents; one function each.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "core/run_result.h"

namespace saelaw {

// x and recons are [tokens, d_in]; sums run in fp64. Each waits for its result.

// ‖recons - x‖² summed over d_in, mean over tokens.
double MeanSquaredError(const at::Tensor& x, const at::Tensor& recons);
// ‖x - mean‖² summed over d_in, mean over tokens; the mean is that over tokens, per dimension. This
// is the mse of the best constant prediction.
double Variance(const at::Tensor& x);
// Fraction of variance unexplained: mse over variance. Predicting the mean gives 1; NaN when x is
// constant.
double FractionVarianceUnexplained(double mse, double variance);
// Active latents per token; latents is [tokens, d_sae].
double MeanL0(const at::Tensor& latents);

// `fired` [d_sae] counts the tokens, of `tokens` seen, on which each latent was active.
double DeadFraction(const at::Tensor& fired);
// The share of latents active on more than 10 % of the tokens.
double DenseFraction(const at::Tensor& fired, std::int64_t tokens);
// Latents by how often they fire, in the bins of RunResult::firing_histogram.
std::vector<std::int64_t> FiringHistogram(const at::Tensor& fired, std::int64_t tokens);

// Over latents, interpolated linearly between order statistics (as numpy.quantile does).
Quantiles ThresholdQuantiles(const at::Tensor& theta);

}  // namespace saelaw
