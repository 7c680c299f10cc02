// The scale of a source, measured once and then part of every run on it.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "activations/outliers.h"
#include "activations/source.h"
#include "core/errors.h"

namespace saelaw {
namespace {

// Small, so that no more of the stream is mixed together than the runs' own batches ask for.
constexpr std::int64_t kBatchTokens = 256;

// Sums over the vectors seen, in fp64: fp32 loses the small scale differences that tell seeds
// apart.
struct Moments {
  std::int64_t tokens = 0;
  double squared_norms = 0;
  at::Tensor sum;  // [d_in], fp64

  void Add(const at::Tensor& vectors) {
    if (vectors.size(0) == 0) return;
    const at::Tensor wide = vectors.to(at::kDouble);
    tokens += vectors.size(0);
    squared_norms += wide.square().sum().item<double>();
    sum = sum.defined() ? sum + wide.sum(0) : wide.sum(0);
  }
  double MeanSquaredNorm() const { return squared_norms / static_cast<double>(tokens); }
  at::Tensor Mean() const { return sum / static_cast<double>(tokens); }  // [d_in]
  double SquaredMean() const { return Mean().square().sum().item<double>(); }
};

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// The moments without outliers, which only the median of all norms tells. What might be one is kept
// aside until then: more than half as large as one by the first batch's median.
class RobustMoments {
 public:
  explicit RobustMoments(double outlier_norm) : factor_(outlier_norm) {}

  void Add(const at::Tensor& batch) {
    const at::Tensor norms = batch.to(at::kDouble).square().sum(1).sqrt().cpu();  // [n]
    const double* begin = norms.const_data_ptr<double>();
    std::vector<double> own(begin, begin + norms.numel());
    if (norms_.empty()) aside_above_ = factor_ / 2 * Median(own);
    norms_.insert(norms_.end(), own.begin(), own.end());
    const at::Tensor ordinary = norms.le(aside_above_).to(batch.device());
    moments_.Add(batch.index({ordinary}));
    aside_.push_back(batch.index({ordinary.logical_not()}));
  }

  // Adds what was kept aside and is no outlier.
  const Moments& Finish() {
    largest_ = factor_ * Median(norms_);
    for (const at::Tensor& rows : aside_) {
      moments_.Add(rows.index({rows.to(at::kDouble).square().sum(1).sqrt().le(largest_)}));
    }
    aside_.clear();
    return moments_;
  }
  // After Finish: the norm above which a vector is an outlier.
  double largest() const { return largest_; }
  std::int64_t outliers() const {
    return std::count_if(norms_.begin(), norms_.end(), [&](double n) { return n > largest_; });
  }
  double median() const { return Median(norms_); }
  double max() const { return *std::max_element(norms_.begin(), norms_.end()); }
  std::size_t size() const { return norms_.size(); }
  bool finite() const {
    return std::all_of(norms_.begin(), norms_.end(), [](double n) { return std::isfinite(n); });
  }

 private:
  double factor_;
  double aside_above_ = 0, largest_ = 0;
  Moments moments_;
  std::vector<double> norms_;
  std::vector<at::Tensor> aside_;
};

// How the first normalisation_tokens are cut: whole batches of 256, or one batch of them all
// where there are fewer.
struct Cut {
  std::int64_t batch_tokens = 0;
  std::int64_t batches = 0;
};

Cut FindCut(const SourceSpec& spec, const ActivationSource& source) {
  std::int64_t tokens = spec.normalisation_tokens;
  if (source.training_tokens() >= 0) tokens = std::min(tokens, source.training_tokens());
  if (tokens < 1) throw ConfigurationError("the source has no training tokens to measure");
  const std::int64_t batch_tokens = std::min(tokens, kBatchTokens);
  return {batch_tokens, tokens / batch_tokens};
}

// The intra-class correlation of vectors of one document, by a one-way analysis of variance summed
// over dimensions (Donner 1986, eq. 2.2): 0 where they are as different as those of two documents.
double DocumentCorrelation(const HeldOutVectors& held_out) {
  const auto documents = static_cast<std::int64_t>(held_out.begins.size()) - 1;
  const std::int64_t tokens = held_out.x.size(0);
  if (documents < 2 || tokens <= documents) return 0;
  double squares = 0, of_means = 0, squared_sizes = 0;
  at::Tensor total = at::zeros({held_out.x.size(1)}, held_out.x.options().dtype(at::kDouble));
  for (std::size_t d = 0; d + 1 < held_out.begins.size(); ++d) {
    const std::int64_t begin = held_out.begins[d];
    const std::int64_t size = held_out.begins[d + 1] - begin;
    const at::Tensor rows = held_out.x.narrow(0, begin, size).to(at::kDouble);
    const at::Tensor sum = rows.sum(0);
    total += sum;
    squares += rows.square().sum().item<double>();
    of_means += sum.square().sum().item<double>() / static_cast<double>(size);
    squared_sizes += static_cast<double>(size) * static_cast<double>(size);
  }
  const auto n = static_cast<double>(tokens), groups = static_cast<double>(documents);
  const double of_total = total.square().sum().item<double>() / n;
  const double between = (of_means - of_total) / (groups - 1);
  const double within = (squares - of_means) / (n - groups);
  const double size = (n - squared_sizes / n) / (groups - 1);
  const double correlation = (between - within) / (between + (size - 1) * within);
  return std::clamp(correlation, 0.0, 1.0);
}

}  // namespace

Measurement Measure(const SourceSpec& spec, ActivationSource& source) {
  const Cut cut = FindCut(spec, source);
  // Shards may hold anything, and are read at once; what a model computes is looked at as it comes.
  if (spec.kind == SourceKind::kShards) source.HeldOut();
  const auto stream = source.OpenStream(0, cut.batch_tokens, 0);
  RobustMoments robust(spec.outlier_norm > 0 ? spec.outlier_norm : kDefaultOutlierNorm);
  std::chrono::duration<double> seconds{0};
  for (std::int64_t i = 0; i < cut.batches; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor batch = stream->Next();
    seconds += std::chrono::steady_clock::now() - start;
    robust.Add(batch);
  }

  Measurement result;
  result.source_key = SourceKey(spec);
  result.d_in = source.d_in();
  result.training_tokens = source.training_tokens();
  if (!robust.finite()) {
    throw IoError(
        fmt::format("the activations are not finite: NaN or infinity is among the first {} vectors",
                    robust.size()));
  }
  const Moments& moments = robust.Finish();
  result.mean_squared_norm = moments.MeanSquaredNorm();
  result.median_norm = robust.median();
  result.max_squared_norm = robust.max() * robust.max();
  result.outliers = robust.outliers();
  result.measured_tokens = static_cast<std::int64_t>(robust.size());
  result.largest_norm = spec.outlier_norm > 0 ? robust.largest() : 0;
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
  result.tokens_per_second = static_cast<double>(robust.size()) / seconds.count();

  CheckHeldOut(source.HeldOut().x);
  const HeldOutVectors held_out = WithoutOutliers(source.HeldOut(), result.largest_norm);
  result.held_out_tokens = held_out.x.size(0);
  result.held_out_documents = static_cast<std::int64_t>(held_out.begins.size()) - 1;
  result.document_correlation = DocumentCorrelation(held_out);
  return result;
}

void MeasureLanguageModel(ActivationSource& source, Measurement& measurement) {
  const SplicedModel* model = source.Spliced();
  if (model == nullptr) return;
  double sum = 0, tokens = 0;
  const auto as_it_is = [](const at::Tensor& vectors) { return vectors; };
  for (const SplicedDocument& document : model->CrossEntropies(as_it_is)) {
    sum += document.sum;
    tokens += static_cast<double>(document.tokens);
  }
  if (tokens == 0) return;
  measurement.model_cross_entropy = sum / tokens;
  measurement.uniform_cross_entropy = model->UniformCrossEntropy();
}

}  // namespace saelaw
