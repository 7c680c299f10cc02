// The scale of a source, measured once and then part of every run on it.
#include <algorithm>
#include <chrono>
#include <cmath>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "activations/source.h"
#include "run/errors.h"

namespace saelaw {
namespace {

constexpr std::int64_t kBatchTokens = 4096;

// Sums over the vectors seen, in fp64: fp32 loses the small scale differences that tell seeds
// apart.
struct Moments {
  std::int64_t tokens = 0;
  double squared_norms = 0;
  double max_squared_norm = 0;
  at::Tensor sum;  // [d_in], fp64

  void Add(const at::Tensor& batch) {
    const at::Tensor wide = batch.to(at::kDouble);
    const at::Tensor norms = wide.square().sum(1);  // [n]
    tokens += batch.size(0);
    squared_norms += norms.sum().item<double>();
    max_squared_norm = std::max(max_squared_norm, norms.max().item<double>());
    sum = sum.defined() ? sum + wide.sum(0) : wide.sum(0);
  }
  double MeanSquaredNorm() const { return squared_norms / static_cast<double>(tokens); }
  at::Tensor Mean() const { return sum / static_cast<double>(tokens); }  // [d_in]
  double SquaredMean() const { return Mean().square().sum().item<double>(); }
};

// How the first normalisation_tokens are cut: whole batches of 4,096, or one batch of them all
// where there are fewer.
struct Cut {
  std::int64_t batch_tokens = 0;
  std::int64_t batches = 0;
};

Cut CutOf(const SourceSpec& spec, const ActivationSource& source) {
  std::int64_t tokens = spec.normalisation_tokens;
  if (source.training_tokens() >= 0) tokens = std::min(tokens, source.training_tokens());
  if (tokens < 1) throw ConfigurationError("the source has no training tokens to measure");
  const std::int64_t batch_tokens = std::min(tokens, kBatchTokens);
  return {batch_tokens, tokens / batch_tokens};
}

}  // namespace

Measurement Measure(const SourceSpec& spec, ActivationSource& source) {
  const Cut cut = CutOf(spec, source);
  // Shards may hold anything, and are read at once; what a model computes is looked at as it comes.
  if (spec.kind == SourceKind::kShards) source.HeldOut();
  const auto stream = source.OpenStream(0, cut.batch_tokens, 0);
  Moments moments;
  std::chrono::duration<double> seconds{0};
  for (std::int64_t i = 0; i < cut.batches; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor batch = stream->Next();
    seconds += std::chrono::steady_clock::now() - start;
    moments.Add(batch);
  }

  Measurement result;
  result.source_key = SourceKey(spec);
  result.d_in = source.d_in();
  result.training_tokens = source.training_tokens();
  result.held_out_tokens = spec.held_out_tokens;
  result.mean_squared_norm = moments.MeanSquaredNorm();
  result.max_squared_norm = moments.max_squared_norm;
  if (!std::isfinite(result.mean_squared_norm)) {
    throw IoError(
        fmt::format("the activations are not finite: NaN or infinity is among the first {} vectors",
                    moments.tokens));
  }
  const double variance = result.mean_squared_norm - moments.SquaredMean();
  // Below this share what is left of the difference is rounding.
  if (!(variance > 1e-12 * result.mean_squared_norm)) {
    throw ConfigurationError(fmt::format(
        "the activations do not vary: all {} measured vectors are equal", moments.tokens));
  }
  result.mean_vector_share = moments.SquaredMean() / result.mean_squared_norm;
  const at::Tensor mean = moments.Mean().cpu().contiguous();
  result.mean_vector.assign(mean.const_data_ptr<double>(),
                            mean.const_data_ptr<double>() + mean.numel());
  result.activation_scale = spec.normalise ? 1 / std::sqrt(result.mean_squared_norm) : 1;
  result.tokens_per_second = static_cast<double>(moments.tokens) / seconds.count();
  return result;
}

}  // namespace saelaw
