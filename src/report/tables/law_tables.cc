// A law is shown with what it rests on and what was dropped. An optimum that no law took, such as
// one on the edge of its sweep, is shown too but marked as not fitted, so that the reader can judge
// the choice.
#include "report/tables/law_tables.h"

#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "report/document/lines.h"
#include "report/document/numbers.h"
#include "report/tables/refusal_words.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// Names what the law predicts, and so what its residuals are of.
std::string_view PredictedQuantity(const LawFit& fit) {
  switch (fit.info != nullptr ? fit.info->predicted : Predicted::kLoss) {
    case Predicted::kLoss:
      return "the loss";
    case Predicted::kBestRate:
      return "the best lr";
    case Predicted::kLargestRate:
      return "the largest stable lr";
    case Predicted::kBestParams:
      return "the best params";
  }
  return "";
}

bool IsEdge(const LawFit& fit) {
  return fit.info != nullptr && fit.info->predicted == Predicted::kLargestRate;
}

// A rate of 0 stands for none.
std::string RateText(double lr) { return lr > 0 ? NumberText(lr) : "-"; }

// The text is such as "not fitted: cliff" or "5 points".
std::string RestsOn(Censoring censoring, int points) {
  return censoring != Censoring::kNone ? fmt::format("not fitted: {}", Name(censoring))
                                       : fmt::format("{} points", points);
}

Table ParameterTable(const LawFit& fit, const std::string& at) {
  Table table({{"parameter", Align::kLeft},
               {"value"},
               {LevelText(fit.level) + " interval", Align::kLeft},
               {"remark", Align::kLeft}});
  for (const Parameter& parameter : fit.params) {
    table.Add({parameter.name,
               {NumberText(parameter.value, 5), at + "/params/" + parameter.name},
               {IntervalText(parameter.interval), at + "/intervals/" + parameter.name},
               parameter.on_bound ? "on its bound" : ""});
  }
  return table;
}

Line FitLine(const LawFit& fit, const std::string& at) {
  Line line{{std::to_string(fit.n_points), at + "/n_points"},
            fmt::format(" points, {}; intervals: {}", fit.estimator, fit.interval_method)};
  // An edge lies between its runs: none of them is off it by a residual.
  if (IsEdge(fit)) return line;
  line.emplace_back(fmt::format(
      "; residual {} rms of {}", PercentText(fit.rms_residual), PredictedQuantity(fit)));
  if (!std::isnan(fit.noise_sd))
    line.emplace_back(fmt::format("; seed noise {}", PercentText(fit.noise_sd)));
  // The numbers of such a fit are not to be relied on, so it is painted like a warning.
  if (!fit.converged) line.push_back({"; NOT CONVERGED", "", Tone::kWarning});
  return line;
}

// Adds what the intervals and the parameters are to be read with.
Blocks Assumptions(const LawFit& fit) {
  Blocks blocks;
  if (IsEdge(fit)) return blocks;
  if (const std::string taken = AssumptionText(fit.assumption); !taken.empty())
    blocks.emplace_back(Paragraph{{"Intervals take for granted: " + taken}});
  std::string centres;
  for (const auto& [name, value] : fit.centres) {
    centres += fmt::format("{}{} over {}", centres.empty() ? "" : ", ", name, NumberText(value, 5));
  }
  if (!centres.empty())
    blocks.emplace_back(Paragraph{{"The parameters are of centred variables: " + centres}});
  return blocks;
}

}  // namespace

std::string PlaceText(const Point& at) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  };
  // A place names only the quantities that it gives.
  if (!std::isnan(at.tokens)) add("tokens", CountText(at.tokens));
  if (!std::isnan(at.params)) add("params", CountText(at.params));
  if (!std::isnan(at.lr)) add("lr", NumberText(at.lr));
  if (!std::isnan(at.batch)) add("batch", CountText(at.batch));
  if (!std::isnan(at.compute)) add("compute", NumberText(at.compute));
  if (!std::isnan(at.l0)) add("l0", CountText(at.l0));
  return text;
}

Blocks LawBlocks(const LawFit& fit, const std::string& at) {
  if (!fit.ok()) return {Refusal("No law: " + RefusalText(fit))};
  Blocks blocks{Unbroken(FitLine(fit, at))};
  Extend(blocks, Assumptions(fit));
  blocks.emplace_back(ParameterTable(fit, at));
  return blocks;
}

Blocks SearchedLawBlocks(const LawFit& fit, const std::string& at) {
  Blocks blocks = LawBlocks(fit, at);
  // A law in closed form was not searched for, and so has no starts to tell of.
  if (!fit.ok() || fit.starts_tried == 0) return blocks;
  blocks.emplace_back(Unbroken({fmt::format("objective {}, {} of {} starts at the best",
                                            NumberText(fit.objective, 6),
                                            fit.starts_at_best,
                                            fit.starts_tried)}));
  return blocks;
}

Table PredictionTable(std::span<const Prediction> predictions,
                      double level,
                      const std::string& at) {
  Table table({{"at", Align::kLeft},
               {"value"},
               {LevelText(level) + " interval of one run", Align::kLeft},
               {"of the law", Align::kLeft},
               {"beyond the data"}});
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const Prediction& prediction = predictions[i];
    const std::string row = fmt::format("{}/predictions/{}", at, i);
    table.Add(
        {PlaceText(prediction.at),
         {NumberText(prediction.value, 5), row + "/value"},
         {IntervalText(prediction.prediction, 5), row + "/interval"},
         {IntervalText(prediction.confidence, 5), row + "/law_interval"},
         std::isnan(prediction.extrapolation)
             ? Cell("-")
             : Cell(Line{{NumberText(prediction.extrapolation, 3), row + "/extrapolation_factor"},
                         " times"})});
  }
  return table;
}

Blocks DiscrepancyBlocks(const LawFit& fit, std::span<const Prediction> predictions) {
  double most = 0;
  for (const Prediction& prediction : predictions) {
    if (prediction.discrepancy.above > most) most = prediction.discrepancy.above;
  }
  if (!(most > 0)) return {};
  return {Paragraph{{fmt::format(
      "Beyond the data the intervals allow for the law itself being wrong, with an sd of up to {} "
      "upwards, as {} show (--discrepancy none: without).",
      PercentText(most),
      SourceText(fit.discrepancy))}}};
}

Table OptimaTable(std::span<const LrOptimum> optima, const std::string& at) {
  Table table({{"tokens"},
               {"best lr"},
               {"optimum"},
               {"95 % interval", Align::kLeft},
               {"loss there"},
               {"last survivor"},
               {"first failure"},
               {"rests on", Align::kLeft}});
  for (std::size_t i = 0; i < optima.size(); ++i) {
    const LrOptimum& optimum = optima[i];
    const std::string row = fmt::format("{}/optima/{}", at, i);
    const bool censored = optimum.censoring != Censoring::kNone;
    table.Add({{CountText(optimum.tokens), row + "/tokens"},
               {RateText(optimum.best_lr), row + "/best_lr"},
               censored ? Cell("-") : Cell(RateText(optimum.lr), row + "/lr"),
               censored ? Cell("-") : Cell(IntervalText(optimum.interval), row + "/lr_interval"),
               {NumberText(optimum.loss), row + "/loss"},
               {RateText(optimum.last_survivor), row + "/last_survivor"},
               {RateText(optimum.first_failure), row + "/first_failure"},
               RestsOn(optimum.censoring, optimum.points_used)},
              censored ? Mark::kFaint : Mark::kNone);
  }
  return table;
}

Table BracketTable(std::span<const LrEdgeBracket> brackets, const std::string& at) {
  Table table({{"tokens"}, {"last survivor"}, {"first failure"}});
  for (std::size_t i = 0; i < brackets.size(); ++i) {
    const std::string row = fmt::format("{}/brackets/{}", at, i);
    table.Add({{CountText(brackets[i].tokens), row + "/tokens"},
               {RateText(brackets[i].last_survivor), row + "/last_survivor"},
               {RateText(brackets[i].first_failure), row + "/first_failure"}});
  }
  return table;
}

namespace {

// What the law would rather have, had it been measured.
std::string BeyondText(const BestPair& pair) {
  if (!pair.lr_at_end && !pair.batch_at_end) return "";
  const std::string what = pair.lr_at_end && pair.batch_at_end ? "lr and batch"
                           : pair.lr_at_end                    ? "lr"
                                                               : "batch";
  return fmt::format("{} at the end of what was measured", what);
}

}  // namespace

Table BestPairTable(std::span<const BestPair> pairs, const std::string& at) {
  Table table({{"at", Align::kLeft},
               {"best lr"},
               {"best batch"},
               {"loss"},
               {"nearest measured", Align::kLeft},
               {"loss there"},
               {"regret"},
               {"remark", Align::kLeft}});
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const BestPair& pair = pairs[i];
    const std::string row = fmt::format("{}/best_pairs/{}", at, i);
    Point place = pair.at;
    place.lr = place.batch = std::numeric_limits<double>::quiet_NaN();
    table.Add(
        {PlaceText(place),
         {RateText(pair.at.lr), row + "/at/lr"},
         {CountText(pair.at.batch), row + "/at/batch"},
         {NumberText(pair.value, 5), row + "/value"},
         fmt::format("lr {}, batch {}", RateText(pair.nearest.lr), CountText(pair.nearest.batch)),
         {NumberText(pair.nearest_value, 5), row + "/nearest_value"},
         {PercentText(pair.regret), row + "/regret"},
         BeyondText(pair)});
  }
  return table;
}

Table BudgetTable(std::span<const ComputeOptimum> optima, const std::string& at) {
  Table table(
      {{"compute"}, {"best params"}, {"best tokens"}, {"sd of ln"}, {"rests on", Align::kLeft}});
  for (std::size_t i = 0; i < optima.size(); ++i) {
    const ComputeOptimum& optimum = optima[i];
    const std::string row = fmt::format("{}/budgets/{}", at, i);
    const bool censored = optimum.censoring != Censoring::kNone;
    table.Add({{NumberText(optimum.compute), row + "/compute"},
               {CountText(optimum.params), row + "/params"},
               {CountText(optimum.tokens), row + "/tokens"},
               censored ? Cell("-") : Cell(NumberText(optimum.sd_ln, 3), row + "/sd_ln"),
               RestsOn(optimum.censoring, optimum.points_used)},
              censored ? Mark::kFaint : Mark::kNone);
  }
  return table;
}

namespace {

// Rows that follow each other in the file and were dropped for one reason.
struct DroppedRows {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::string reason;
  std::size_t count = 0;
};

std::vector<DroppedRows> Joined(const std::vector<DroppedPoint>& dropped) {
  std::vector<DroppedRows> joined;
  for (const DroppedPoint& point : dropped) {
    const bool next = !joined.empty() && joined.back().last + 1 == point.row &&
                      joined.back().reason == point.reason;
    if (!next) joined.push_back({point.row, point.row, point.reason});
    joined.back().last = point.row;
    ++joined.back().count;
  }
  return joined;
}

}  // namespace

Blocks DroppedBlocks(const std::vector<DroppedPoint>& dropped) {
  constexpr std::size_t kMost = 40;  // a screen's worth; a table of thousands would bury the law
  Table table({{"row"}, {"reason", Align::kLeft}});
  std::size_t shown = 0;
  for (const DroppedRows& rows : Joined(dropped)) {
    if (table.rows.size() == kMost) break;
    table.Add({rows.count > 1 ? fmt::format("{} to {}", rows.first, rows.last)
                              : std::to_string(rows.first),
               rows.reason});
    shown += rows.count;
  }
  Blocks blocks{std::move(table)};
  if (dropped.size() > shown)
    blocks.emplace_back(
        Unbroken({fmt::format("and {} more, all in --json", dropped.size() - shown)}));
  return blocks;
}

}  // namespace saelaw
