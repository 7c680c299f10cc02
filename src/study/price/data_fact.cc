// Only what is known is told: an earlier version's measurement says nothing of documents, and a
// source without a language model has no cross-entropy.
#include "study/price/data_fact.h"

#include "core/start.h"
#include "study/price/measuring.h"

namespace saelaw {
namespace {

// A batch that is worth half of its size or less.
constexpr double kLargeEffect = 2;

// Nats a token. Language models reach 2 to 4 on text of their kind; half a nat below ln V is next
// to nothing known.
constexpr double kPoorCrossEntropy = 6, kNothingKnown = 0.5;

fact::CrossEntropy Judge(double own, double uniform) {
  using Judged = fact::CrossEntropy::Judged;
  if (own > uniform - kNothingKnown) return {own, uniform, Judged::kGuessing};
  return {own, uniform, own > kPoorCrossEntropy ? Judged::kPoor : Judged::kUsual};
}

fact::Mixing DescribeMixing(const SourceSpec& source,
                            std::int64_t batch_tokens,
                            const Measurement& measured) {
  const double tokens = static_cast<double>(MixingTokens(source.model, batch_tokens));
  const double effect = DesignEffect(source, batch_tokens, measured.document_correlation);
  // A context's first token has no vector.
  const double contexts = tokens / static_cast<double>(source.model.context_tokens - 1);
  return {tokens, contexts, effect, effect > kLargeEffect};
}

fact::Outliers DescribeOutliers(const Measurement& measured) {
  const bool left_out = measured.largest_norm > 0;
  return {measured.outliers,
          measured.measured_tokens,
          left_out ? measured.largest_norm / measured.median_norm : kDefaultOutlierNorm,
          left_out};
}

}  // namespace

std::vector<DataFact> FindDataFacts(const SourceSpec& source,
                                    std::int64_t batch_tokens,
                                    const Measurement& measured) {
  std::vector<DataFact> facts;
  if (source.kind == SourceKind::kModel && measured.held_out_documents > 0) {
    facts.push_back(fact::HeldOut{measured.held_out_tokens, measured.held_out_documents});
    facts.push_back(DescribeMixing(source, batch_tokens, measured));
  }
  if (measured.mean_vector_share >= kStrongMeanShare) {
    facts.push_back(fact::StrongMean{measured.mean_vector_share});
  }
  if (measured.model_cross_entropy > 0) {
    facts.push_back(Judge(measured.model_cross_entropy, measured.uniform_cross_entropy));
  }
  if (measured.outliers > 0) facts.push_back(DescribeOutliers(measured));
  return facts;
}

}  // namespace saelaw
