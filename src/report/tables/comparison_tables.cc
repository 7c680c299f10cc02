// A law that takes no part keeps its row, with the reason in the place of its scores.
#include "report/tables/comparison_tables.h"

#include <cmath>
#include <string_view>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/law_tables.h"
#include "report/tables/refusal_words.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

std::string Remark(const ComparedLaw& compared) {
  if (compared.unknown) return "left out: " + WhyNotFitted(compared);
  if (!compared.fit.ok()) return "not carried: " + WhyNotFitted(compared);
  if (!compared.holds_up) return "does not hold up: erred more than twice the least";
  return std::isnan(compared.aicc) ? "too few points for its AICc" : "";
}

std::string InsideCount(const ComparedLaw& compared) {
  if (compared.predicted == 0) return "-";
  return fmt::format("{} of {}", compared.inside, compared.predicted);
}

Table ScoreTable(const Comparison& comparison, const std::string& at) {
  Table table({{"law", Align::kLeft},
               {"weight"},
               {"AICc"},
               {"error one scale ahead"},
               {"inside"},
               {"residual"},
               {"remark", Align::kLeft}});
  for (std::size_t i = 0; i < comparison.laws.size(); ++i) {
    const ComparedLaw& compared = comparison.laws[i];
    const std::string row = fmt::format("{}/laws/{}", at, i);
    const bool fitted = !compared.unknown && compared.fit.ok();
    // A cell with a place in the JSON shows that very number; shares in percent have none.
    table.Add(
        {std::string(compared.law->name),
         fitted ? Cell(fmt::format("{:.2f}", compared.weight), row + "/weight") : Cell("-"),
         std::isnan(compared.aicc) ? Cell("-")
                                   : Cell(fmt::format("{:.1f}", compared.aicc), row + "/aicc"),
         std::isnan(compared.error) ? "-" : PercentText(compared.error),
         InsideCount(compared),
         fitted ? PercentText(compared.fit.rms_residual) : "-",
         Remark(compared)},
        compared.weight > 0 ? Mark::kNone : Mark::kFaint);
  }
  return table;
}

Table PlaceTable(const Comparison& comparison, std::size_t place, const std::string& at) {
  const AveragedPrediction& prediction = comparison.predictions[place];
  Table table({{"law", Align::kLeft},
               {"weight"},
               {"value"},
               {LevelText(comparison.level) + " interval of one run", Align::kLeft},
               {"of the law", Align::kLeft}});
  const auto add =
      [&](std::string_view law, double weight, const Prediction& shown, const std::string& row) {
        table.Add({std::string(law),
                   fmt::format("{:.2f}", weight),
                   {NumberText(shown.value, 5), row + "/value"},
                   {IntervalText(shown.prediction, 5), row + "/interval"},
                   {IntervalText(shown.confidence, 5), row + "/law_interval"}});
      };
  const std::string row = fmt::format("{}/predictions/{}", at, place);
  add("averaged", 1, prediction.averaged, row);
  std::size_t next = 0;
  for (const ComparedLaw& compared : comparison.laws) {
    if (!(compared.weight > 0)) continue;
    add(compared.law->name,
        compared.weight,
        prediction.parts.at(next),
        fmt::format("{}/parts/{}", row, next));
    ++next;
  }
  return table;
}

// What the intervals allow for, said once for all laws.
Paragraph HowMade(const Comparison& comparison) {
  for (const ComparedLaw& compared : comparison.laws) {
    if (!(compared.weight > 0) || !compared.fit.discrepancy.known) continue;
    return {{fmt::format("Beyond the data intervals allow for the law being wrong, as {} show.",
                         SourceText(compared.fit.discrepancy))}};
  }
  return {{"Intervals take each law for right."}};
}

}  // namespace

Blocks ComparisonBlocks(const Comparison& comparison, const std::string& at) {
  if (!comparison.ok() && comparison.empty())
    return {Refusal("Nothing to compare: " + RefusalText(comparison))};
  Blocks blocks{ScoreTable(comparison, at)};
  if (!comparison.ok()) blocks.emplace_back(Refusal("No law holds: " + RefusalText(comparison)));
  if (comparison.predictions.empty()) return blocks;
  blocks.emplace_back(HowMade(comparison));
  for (std::size_t i = 0; i < comparison.predictions.size(); ++i) {
    blocks.emplace_back(Section{"At " + PlaceText(comparison.predictions[i].averaged.at),
                                {PlaceTable(comparison, i, at)}});
  }
  return blocks;
}

}  // namespace saelaw
