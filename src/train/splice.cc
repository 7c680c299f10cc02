#include "train/splice.h"

#include <ATen/ATen.h>

namespace saelaw {

SpliceLosses SpliceMeter::Measure(const Reconstruct& reconstruct) {
  if (model_ == nullptr) return {};
  if (!measured_) {
    own_ = model_->CrossEntropy([](const at::Tensor& vectors) { return vectors; });
    zero_ = model_->CrossEntropy([](const at::Tensor& vectors) { return at::zeros_like(vectors); });
    measured_ = true;
  }
  SpliceLosses losses;
  losses.ce = model_->CrossEntropy(
      [&](const at::Tensor& vectors) { return reconstruct(vectors * scale_).div_(scale_); });
  losses.ce_delta = losses.ce - own_;
  losses.ce_zero = zero_;
  losses.loss_recovered = 1 - losses.ce_delta / (zero_ - own_);
  return losses;
}

}  // namespace saelaw
