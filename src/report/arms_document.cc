// The documents of a study that compares: which recipe is better comes first, one sentence for each
// pair, and what it rests on after it.
#include <utility>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/tables/advice_tables.h"
#include "report/tables/arms_tables.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

void AddSentences(const ArmsComparison& comparison, Blocks& blocks) {
  for (const ArmDifference& one : comparison.differences) {
    blocks.emplace_back(Paragraph{{DifferenceSentence(comparison, one)},
                                  one.decided() ? Tone::kPlain : Tone::kWarning});
  }
}

Document Begin(const ArmsComparison& comparison, const std::string& title) {
  Document document{title + comparison.sweep, comparison.sweep};
  if (comparison.demonstration) document.warnings = {DemonstrationNote(comparison.tokens)};
  AddSentences(comparison, document.blocks);
  document.blocks.emplace_back(Section{"At the target", {ArmsTable(comparison)}});
  return document;
}

}  // namespace

Document BriefArmsDocument(const ArmsComparison& comparison) {
  Document document = Begin(comparison, "Compared by sweep ");
  document.blocks.emplace_back(Unbroken({fmt::format(
      "one of them in full: --arm {}; all of it: saelaw report", comparison.arms.front().label)}));
  return document;
}

Document ArmsDocument(const ArmsComparison& comparison) {
  Document document = Begin(comparison, "Comparison of sweep ");
  document.data = ArmsJson(comparison);
  Section sizes{"With each number of tokens", {ArmSizesTable(comparison)}};
  sizes.note = fmt::format(
      "At the best rate, of those at which no run failed. basin: the factor between the rates "
      "whose "
      "loss is at most {} above the best; first failure: the lowest rate that failed over the "
      "best.",
      PercentText(kBasin));
  Section pairs{"Pair by pair", {DifferencesTable(comparison)}};
  pairs.note = "Pairs have one seed, and so one stream; each recipe is at its own best rate.";
  Section figures{"Figures", {FrontierFigure(comparison)}};
  figures.audience = Audience::kPages;
  document.blocks.emplace_back(std::move(figures));
  document.blocks.emplace_back(std::move(sizes));
  document.blocks.emplace_back(std::move(pairs));
  return document;
}

}  // namespace saelaw
