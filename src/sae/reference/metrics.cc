// Figures that are computed from counts and vectors alone. Sums are taken in double and large sets
// in pieces, because these numbers are compared between runs that differ by little.
#include "sae/reference/metrics.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

double MeanSquaredRow(const at::Tensor& difference) {
  return difference.square().sum(at::kDouble).item<double>() /
         static_cast<double>(difference.size(0));
}

double Share(const at::Tensor& condition) {
  return condition.to(at::kDouble).mean().item<double>();
}

// This is the usual linear interpolation between the two values next to the position.
double ComputeQuantile(std::span<const double> sorted, double q) {
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

}  // namespace

double MeanSquaredError(const at::Tensor& x, const at::Tensor& recons) {
  return MeanSquaredRow(recons - x);
}

double Variance(const at::Tensor& x) {
  constexpr std::int64_t kRows = 1024;  // at once: the set may be most of what is in memory
  const at::Tensor mean = x.mean(0, /*keepdim=*/false, at::kDouble).to(x.scalar_type());
  at::Tensor sum = at::zeros({}, x.options().dtype(at::kDouble));
  for (const at::Tensor& rows : x.split(kRows)) sum += (rows - mean).square().sum(at::kDouble);
  return sum.item<double>() / static_cast<double>(x.size(0));
}

double FractionVarianceUnexplained(double mse, double variance) { return mse / variance; }

double MeanL0(const at::Tensor& latents) {
  // A NaN among the latents makes the mean NaN, and so is not hidden by it.
  return latents.sign().sum(at::kDouble).item<double>() / static_cast<double>(latents.size(0));
}

double DeadFraction(const at::Tensor& fired) { return Share(fired.eq(0)); }

double DenseFraction(const at::Tensor& fired, std::int64_t tokens) {
  // A latent counts as dense if it fires on more than a tenth of the tokens.
  return Share(fired.gt(0.1 * static_cast<double>(tokens)));
}

std::vector<std::int64_t> FiringHistogram(const at::Tensor& fired, std::int64_t tokens) {
  const at::Tensor host = fired.to(at::kCPU, at::kDouble).contiguous();
  const double* counts = host.const_data_ptr<double>();
  std::vector<std::int64_t> bins(kFiringBins, 0);
  constexpr double kLast = kFiringBins - 1;
  for (std::int64_t i = 0; i < host.numel(); ++i) {
    // Bin 0 is for latents that never fire; the others are half decades wide, from 1e-6 on.
    const double decades = std::log10(counts[i] / static_cast<double>(tokens));
    const double bin = std::clamp(1 + std::floor(2 * (decades + 6)), 1.0, kLast);
    bins[counts[i] == 0 ? 0 : static_cast<std::size_t>(bin)] += 1;
  }
  return bins;
}

Quantiles ThresholdQuantiles(const at::Tensor& theta) {
  const at::Tensor host = theta.to(at::kCPU, at::kDouble).contiguous();
  const double* begin = host.const_data_ptr<double>();
  // A copy is sorted, since the tensor may be the SAE's own parameter.
  std::vector<double> sorted(begin, begin + host.numel());
  std::sort(sorted.begin(), sorted.end());
  return {ComputeQuantile(sorted, 0.05),
          ComputeQuantile(sorted, 0.25),
          ComputeQuantile(sorted, 0.5),
          ComputeQuantile(sorted, 0.75),
          ComputeQuantile(sorted, 0.95)};
}

}  // namespace saelaw
