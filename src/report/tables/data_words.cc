// One function for each kind, chosen by its type, so that a new kind does not compile before it has
// words.
#include "report/tables/data_words.h"

#include <string_view>

#include <fmt/format.h>

#include "core/quantities.h"

namespace saelaw {
namespace {

std::string Text(const fact::HeldOut& fact) {
  return fmt::format("held-out losses are measured on {} vectors of {} documents",
                     FormatCount(static_cast<double>(fact.vectors)),
                     fact.documents);
}

std::string Text(const fact::Mixing& fact) {
  return fmt::format(
      "mixing: {} tokens, about {:.0f} contexts; design effect of a batch {:.2f} (1: its vectors "
      "are as good as independent){}",
      FormatCount(fact.tokens),
      fact.contexts,
      fact.effect,
      fact.large ? "; a larger activations.mixing_tokens lowers it" : "");
}

std::string Text(const fact::StrongMean& fact) {
  return fmt::format(
      "warning: the mean of the vectors has {:.3g} of their mean squared norm, so what is to be "
      "learned has {:.3g}: b_dec begins at the mean unless sae.b_dec_init says otherwise, and a "
      "sparsity coefficient, threshold and bandwidth that suit vectors without a mean are too "
      "large by as much",
      fact.share,
      1 - fact.share);
}

std::string Text(const fact::CrossEntropy& fact) {
  using Judged = fact::CrossEntropy::Judged;
  std::string said = fmt::format(
      "the language model's own cross-entropy on held-out text is {:.2f} nats", fact.own);
  constexpr std::string_view kCauses = "check that weights, tokenizer and text belong together";
  switch (fact.judged) {
    case Judged::kUsual:
      return said;
    case Judged::kPoor:
      return fmt::format("warning: {}, where 2 to 4 are usual: {}", said, kCauses);
    case Judged::kGuessing:
      return fmt::format("warning: {}, as guessing among all tokens has ({:.2f}): {}",
                         said,
                         fact.uniform,
                         kCauses);
  }
  return said;
}

std::string Text(const fact::Outliers& fact) {
  return fmt::format(
      "outliers: {} of {} measured vectors have more than {:.3g} times the median norm: {}",
      fact.vectors,
      fact.measured,
      fact.times,
      fact.left_out ? "left out (activations.outlier_norm)" : "left out of the scale alone");
}

}  // namespace

std::string FactText(const DataFact& fact) {
  return std::visit([](const auto& kind) { return Text(kind); }, fact);
}

std::vector<std::string> FactTexts(const std::vector<DataFact>& facts) {
  std::vector<std::string> texts;
  for (const DataFact& fact : facts) texts.push_back(FactText(fact));
  return texts;
}

}  // namespace saelaw
