// The model is run three times: untouched, with zeros, and with the SAE's reconstruction in place
// of its vectors. The first two do not depend on the SAE, so they are kept for all runs of the job.
// Losses are kept by document, because documents are what errors are estimated from.
#include "train/splice.h"

#include <utility>

#include <ATen/ATen.h>

#include "core/held_out.h"

namespace saelaw {
namespace {

std::vector<double> ComputeSums(const std::vector<SplicedDocument>& documents) {
  std::vector<double> sums;
  for (const SplicedDocument& document : documents) sums.push_back(document.sum);
  return sums;
}

std::vector<double> Less(const std::vector<double>& from, const std::vector<double>& what) {
  std::vector<double> difference(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) difference[i] = from[i] - what[i];
  return difference;
}

}  // namespace

void SpliceMeter::MeasureModel() {
  // The untouched model goes through the same path with an identity in it, so that all three losses
  // are computed in the same way.
  const std::vector<SplicedDocument> own =
      model_->CrossEntropies([](const at::Tensor& vectors) { return vectors; });
  own_ = ComputeSums(own);
  zero_ = ComputeSums(
      model_->CrossEntropies([](const at::Tensor& vectors) { return at::zeros_like(vectors); }));
  for (const SplicedDocument& document : own) {
    tokens_.push_back(static_cast<double>(document.tokens));
    all_tokens_ += document.tokens;
  }
}

// Every figure is a ratio of sums over documents, and so is its error: what all documents have in
// common cancels where two losses of the same documents are compared.
SpliceLosses SpliceMeter::Measure(const Reconstruct& reconstruct) {
  if (model_ == nullptr) return {};
  if (tokens_.empty()) MeasureModel();
  // The SAE lives in scaled activations and the model in raw ones, so the vectors are scaled on the
  // way in and back on the way out.
  const std::vector<double> spliced = ComputeSums(model_->CrossEntropies(
      [&](const at::Tensor& vectors) { return reconstruct(vectors * scale_).div_(scale_); }));
  const std::vector<double> delta = Less(spliced, own_);
  const std::vector<double> zeros_cost = Less(zero_, own_);
  SpliceLosses losses;
  losses.ce = Ratio(spliced, tokens_);
  losses.ce_delta = Ratio(delta, tokens_);
  losses.ce_zero = Ratio(zero_, tokens_);
  // This is the share of the damage done by zeros that the SAE repairs: 1 for a perfect SAE and 0
  // for one that is no better than zeros.
  losses.loss_recovered = 1 - Ratio(delta, zeros_cost);
  losses.ce_se = RatioError(spliced, tokens_);
  losses.ce_delta_se = RatioError(delta, tokens_);
  losses.ce_zero_se = RatioError(zero_, tokens_);
  losses.loss_recovered_se = RatioError(delta, zeros_cost);
  losses.documents = static_cast<std::int64_t>(tokens_.size());
  losses.tokens = all_tokens_;
  return losses;
}

}  // namespace saelaw
