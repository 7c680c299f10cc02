// Everything here is rare, a few times in a run, so that plain operations on rows are fast enough.
// Means are summed in blocks of rows, in double and in order.
#include "sae/model/revive.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "core/architecture_traits.h"
#include "core/random.h"

namespace saelaw {
namespace {

// Of the other latents' mean norm: small, so that the newcomers disturb little (Bricken et al.).
constexpr double kEncoderShare = 0.2;
// Rows that are summed at once.
constexpr std::int64_t kBlockRows = 1024;

// The tensors that hold something of each latent, by latent: [d_sae] or [d_sae, d_in].
std::vector<at::Tensor> ByLatent(const SaeParameters& of) {
  std::vector<at::Tensor> tensors;
  if (of.w_enc.defined()) tensors.push_back(of.w_enc.t());
  for (const at::Tensor& tensor : {of.w_dec, of.b_enc, of.threshold}) {
    if (tensor.defined()) tensors.push_back(tensor);
  }
  return tensors;
}

// The mean of the rows whose `share` is 1, or of all where none is, in double on the CPU.
at::Tensor MeanRow(const at::Tensor& rows, const at::Tensor& share) {
  at::Tensor sum = at::zeros(rows.sizes().slice(1), at::kDouble);
  const double counted = share.sum().item<double>();
  for (std::int64_t first = 0; first < rows.size(0); first += kBlockRows) {
    const std::int64_t count = std::min(kBlockRows, rows.size(0) - first);
    const at::Tensor block = rows.narrow(0, first, count).to(at::kCPU, at::kDouble);
    at::Tensor of_block =
        counted > 0 ? share.narrow(0, first, count) : at::ones(count, at::kDouble);
    if (rows.dim() == 2) of_block = of_block.unsqueeze(1);
    sum.add_(block.mul(of_block).sum(0));
  }
  return sum.div_(counted > 0 ? counted : static_cast<double>(rows.size(0)));
}

void ReviveMoments(const at::Tensor& latents, const at::Tensor& others, AdamState& adam) {
  for (const at::Tensor& rows : ByLatent(adam.first)) rows.index_fill_(0, latents, 0);
  for (const at::Tensor& rows : ByLatent(adam.second)) {
    std::vector<std::int64_t> shape = rows.sizes().vec();
    shape[0] = latents.size(0);
    rows.index_copy_(0, latents, MeanRow(rows, others).to(rows.options()).expand(shape));
  }
  // What the means have decayed until now is theirs already.
  if (adam.row_updates.defined()) adam.row_updates.index_fill_(0, latents, adam.updates);
}

void SetThresholds(const SaeSpec& spec,
                   const at::Tensor& latents,
                   const at::Tensor& pre_acts,
                   const at::Tensor& threshold) {
  const at::Tensor theta = pre_acts.div(2).clamp_min_(spec.bandwidth / 2);
  const bool is_log = spec.threshold_parametrisation == ThresholdParametrisation::kLog;
  threshold.index_copy_(0, latents, (is_log ? theta.log() : theta).to(threshold.options()));
}

std::vector<double> ListErrors(const ReviveBatch& batch) {
  const at::Tensor errors =
      (batch.recons - batch.x).to(at::kDouble).square().sum(1).cpu().contiguous();
  const double* begin = errors.const_data_ptr<double>();
  return {begin, begin + errors.numel()};
}

// `latents` begin anew along d, [n, d_in].
void SetWeights(const SaeSpec& spec,
                const at::Tensor& latents,
                const at::Tensor& others,
                const at::Tensor& d,
                SaeParameters& own) {
  const at::Tensor encoders = own.w_enc.t();
  const at::Tensor norm = MeanRow(at::linalg_vector_norm(encoders, 2, {1}), others);
  const double share = FindTraits(spec.architecture).keeps_k ? 1 : kEncoderShare;
  const double scale = share * norm.item<double>();
  const at::Tensor length = at::linalg_vector_norm(d, 2, {1}, /*keepdim=*/true);
  const at::Tensor units = d / length;
  own.w_dec.index_copy_(0, latents, units);
  encoders.index_copy_(0, latents, units * scale);
  const at::Tensor pre_encoder = at::mv(units, own.b_dec).mul_(-scale);
  own.b_enc.index_copy_(
      0, latents, spec.pre_encoder_bias ? at::zeros_like(pre_encoder) : pre_encoder);
  if (!own.threshold.defined()) return;
  SetThresholds(spec, latents, length.squeeze(1) * scale, own.threshold);
}

}  // namespace

// Each token draws a time at which it comes, exponential with its weight as its rate; the first to
// come are a draw without replacement (Efraimidis and Spirakis 2006).
std::vector<std::int64_t> DrawTokens(const std::vector<double>& errors,
                                     std::int64_t count,
                                     std::uint64_t seed) {
  Random random(seed);
  std::vector<std::pair<double, std::int64_t>> times;
  for (std::size_t t = 0; t < errors.size(); ++t) {
    if (!std::isfinite(errors[t])) return {};
    const double drawn = -std::log(random.Uniform());
    if (errors[t] > 0) {
      times.emplace_back(drawn / (errors[t] * errors[t]), static_cast<std::int64_t>(t));
    }
  }
  std::sort(times.begin(), times.end());
  times.resize(std::min(times.size(), static_cast<std::size_t>(count)));
  std::vector<std::int64_t> tokens;
  for (const auto& [time, token] : times) tokens.push_back(token);
  return tokens;
}

at::Tensor ReviveLatents(const SaeSpec& spec,
                         const ReviveBatch& batch,
                         std::uint64_t seed,
                         SaeState& state) {
  const at::Tensor dead = batch.dead.nonzero().squeeze(1);
  const std::vector<std::int64_t> tokens = DrawTokens(ListErrors(batch), dead.size(0), seed);
  const auto count = static_cast<std::int64_t>(tokens.size());
  const at::Tensor latents = dead.narrow(0, 0, count);
  if (count == 0) return latents;
  const at::Tensor rows = at::tensor(tokens, at::kLong).to(batch.x.device());
  const at::Tensor d = batch.x.index_select(0, rows) - state.parameters.b_dec;
  const at::Tensor others = batch.dead.logical_not().to(at::kCPU, at::kDouble);
  SetWeights(spec, latents, others, d, state.parameters);
  ReviveMoments(latents, others, state.adam);
  return latents;
}

}  // namespace saelaw
