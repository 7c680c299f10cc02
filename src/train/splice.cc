#include "train/splice.h"

#include <algorithm>
#include <vector>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

constexpr std::int64_t kChunkTokens = 1024;

// [n, d_in], raw as the vectors are.
at::Tensor Reconstructions(const SaeParameters& parameters,
                           const SaeObjective& objective,
                           double scale,
                           const at::Tensor& vectors) {
  std::vector<at::Tensor> recons;
  for (const at::Tensor& chunk : vectors.split(kChunkTokens)) {
    recons.push_back(Forward(parameters, objective, chunk * scale).recons / scale);
  }
  return at::cat(recons);
}

}  // namespace

SpliceLosses SpliceMeter::Measure(const SaeParameters& parameters, const SaeObjective& objective) {
  const SplicedModel* model = source_.Spliced();
  if (model == nullptr) return {};
  const at::Tensor vectors = model->Vectors();
  if (!measured_) {
    own_ = model->CrossEntropy(vectors);
    zero_ = model->CrossEntropy(at::zeros_like(vectors));
    measured_ = true;
  }
  SpliceLosses losses;
  losses.ce = model->CrossEntropy(Reconstructions(parameters, objective, scale_, vectors));
  losses.ce_delta = losses.ce - own_;
  losses.ce_zero = zero_;
  losses.loss_recovered = 1 - losses.ce_delta / (zero_ - own_);
  return losses;
}

}  // namespace saelaw
