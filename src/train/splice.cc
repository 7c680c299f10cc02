#include "train/splice.h"

#include <ATen/ATen.h>

namespace saelaw {
namespace {

double MeanOf(const std::vector<SplicedDocument>& documents) {
  double sum = 0, tokens = 0;
  for (const SplicedDocument& document : documents) {
    sum += document.sum;
    tokens += static_cast<double>(document.tokens);
  }
  return sum / tokens;
}

}  // namespace

SpliceLosses SpliceMeter::Measure(const Reconstruct& reconstruct) {
  if (model_ == nullptr) return {};
  if (!measured_) {
    own_ = MeanOf(model_->CrossEntropies([](const at::Tensor& vectors) { return vectors; }));
    zero_ = MeanOf(
        model_->CrossEntropies([](const at::Tensor& vectors) { return at::zeros_like(vectors); }));
    measured_ = true;
  }
  SpliceLosses losses;
  losses.ce = MeanOf(model_->CrossEntropies(
      [&](const at::Tensor& vectors) { return reconstruct(vectors * scale_).div_(scale_); }));
  losses.ce_delta = losses.ce - own_;
  losses.ce_zero = zero_;
  losses.loss_recovered = 1 - losses.ce_delta / (zero_ - own_);
  return losses;
}

}  // namespace saelaw
