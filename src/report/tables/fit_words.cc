// One function for each kind of warning, chosen by its type, so that a new kind does not compile
// before it has words. Words say what was found, what follows from it, and what to do.
#include "report/tables/fit_words.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/tables/table_words.h"

namespace saelaw {
namespace {

// ---- of a fit and its intervals

std::string Text(const warning::TwoSizes& w) {
  return fmt::format(
      "only two sizes: {} through them, without an interval; on a language model's activations "
      "such "
      "a law missed the 8-fold point by 6-12 %",
      w.fixed_floor ? "the power law above the fixed floor goes exactly"
                    : "the pure power law (floor 0) goes exactly");
}

std::string Text(const warning::SearchFaulty& w) {
  switch (w.fault) {
    case SearchFault::kDidNotMove:
      return "the fit equals its start: not an optimum";
    case SearchFault::kNotConverged:
      return "the search ended before it converged";
    case SearchFault::kSingular:
      return "singular Jacobian: the points do not determine all parameters";
  }
  return "";
}

std::string Text(const warning::LackOfFit& w) {
  return fmt::format(
      "lack of fit: the law misses by {:.2g} % (rms of ln), replicates differ by {:.2g} %",
      100 * w.law_rms,
      100 * w.replicates_sd);
}

std::string Text(const warning::UnevenNoise& w) {
  return fmt::format(
      "noise differs along {}: {:.2g} % at the smallest, {:.2g} % at the largest; intervals allow "
      "for it",
      w.along ? Name(*w.along) : "the product of all sizes",
      100 * w.at_smallest,
      100 * w.at_largest);
}

std::string Text(const warning::SandwichInstead& w) {
  using Why = warning::SandwichInstead::Why;
  switch (w.why) {
    case Why::kManyPoints:
      return fmt::format("more than {},000 points: sandwich intervals, which agree there",
                         w.most / 1000);
    case Why::kManyStreams:
      return fmt::format("more than {} streams: sandwich intervals, by stream", w.most);
    case Why::kNotSquares:
      return "profile/F needs least squares: sandwich intervals instead";
    case Why::kNoBootstrap:
      return "this law has no bootstrap: sandwich intervals instead";
  }
  return "";
}

std::string Text(const warning::NoNoise&) {
  return "as many parameters as settings and no replicates: no interval";
}

std::string Text(const warning::OnBound& w) {
  return fmt::format("{} is on its bound ({:.3g})", w.parameter, w.value);
}

std::string Text(const warning::OpenInterval& w) {
  return fmt::format(
      "the points set no {} to {}", w.upper ? "upper limit" : "lower limit above 0", w.parameter);
}

std::string Text(const warning::BetterLaw& w) {
  std::string text =
      fmt::format("the {} law holds up clearly better than {}: its AICc is {:.1f} lower",
                  w.law,
                  w.asked,
                  w.aicc_lower);
  if (std::isfinite(w.error)) {
    text += fmt::format(", and one scale ahead it errs by {:.2g} % against {:.2g} %",
                        100 * w.error,
                        100 * w.asked_error);
  }
  return text + "; intervals beyond the data reach to it (saelaw compare shows all laws)";
}

// ---- of valleys and edges

std::string Text(const warning::MovesWithTokens& w) {
  return fmt::format("{} moves with tokens: one exponent stands for both", Name(w.variable));
}

// What a censored optimum means, and which runs would make it a real one.
std::string WhatCensored(const warning::CensoredOptimum& w) {
  const std::string best = fmt::format("the best rate {:.4g}", w.best_lr);
  switch (w.censoring) {
    case Censoring::kNone:
      break;
    case Censoring::kGridLow:
      return fmt::format("{} is the lowest swept, and not used; widen: run {:.3g} and {:.3g}",
                         best,
                         w.best_lr / 2,
                         w.best_lr / 4);
    case Censoring::kGridHigh:
      return fmt::format("{} is the highest swept, and not used; widen: run {:.3g} and {:.3g}",
                         best,
                         w.best_lr * 2,
                         w.best_lr * 4);
    case Censoring::kCliff:
      return fmt::format("{} is a bound, not an optimum: {:.4g} failed; bisect: run {:.3g}",
                         best,
                         w.first_failure,
                         std::sqrt(w.best_lr * w.first_failure));
    case Censoring::kNoSurvivor:
      return fmt::format("no rate survived; widen: run below {:.4g}", w.first_failure);
  }
  return "";
}

std::string Text(const warning::CensoredOptimum& w) {
  return fmt::format("{} tokens: the optimum is censored ({}): {}",
                     FormatCount(w.tokens),
                     Name(w.censoring),
                     WhatCensored(w));
}

std::string Text(const warning::BindingCliffs& w) {
  if (w.sizes == 1) return "the cliff at one size bends the law";
  return fmt::format("the cliffs at {} sizes bend the law", w.sizes);
}

std::string Text(const warning::OptimaScatter& w) {
  std::string text =
      fmt::format("lack of fit: the optima scatter {:.2g} times their sd about the law", w.times);
  if (std::isnan(w.chi_square)) return text;
  return text +
         fmt::format(" (chi2 {:.3g} on {:.0f} df), which scales the intervals", w.chi_square, w.df);
}

std::string Text(const warning::ValleysMiss& w) {
  return fmt::format(
      "lack of fit: the valleys miss the mean losses by {:.2g} %, replicates differ by {:.2g} %: "
      "the intervals allow for the misses",
      100 * w.misses_by,
      100 * w.replicates_sd);
}

std::string Text(const warning::EdgeTakenAsOne& w) {
  return fmt::format(
      "{} varies, and the stability edge is a law of tokens alone: all runs are taken as one",
      Name(w.varies));
}

std::string Text(const warning::EdgeFromPrior& w) {
  return fmt::format("bracketed at one size only: the exponent is the prior's (0 ± {})", w.sd);
}

std::string Text(const warning::NoSecondSeed&) {
  return "no rate was run with a second seed: how much of a lottery survival is near the edge is "
         "assumed";
}

// ---- of predictions

std::string Text(const warning::FarBeyond& w) { return ReachText(w); }

std::string Text(const warning::EmptyCorner& w) {
  std::vector<std::string> at;
  for (const auto& [variable, value] : w.at) {
    at.push_back(fmt::format("{} {:.3g}", Name(variable), value));
  }
  return fmt::format(
      "no run is near {}: {:.1f} times as far from the runs' middle as the furthest of them (in "
      "logarithms, by their covariance; doubtful from {})",
      fmt::join(at, ", "),
      w.ratio,
      w.limit);
}

std::string PlaceText(const Point& at) {
  if (at.tokens > 0) return fmt::format(" at {} tokens", FormatCount(at.tokens));
  return at.compute > 0 ? fmt::format(" at a compute of {:.3g}", at.compute) : "";
}

std::string Text(const warning::NoPrediction& w) {
  return fmt::format("no prediction{} without --force: {}", PlaceText(w.at), ReachText(w.reach));
}

std::string Text(const warning::PlaceLacks& w) {
  std::vector<std::string_view> names;
  for (const Variable variable : w.lacking) names.push_back(Name(variable));
  return fmt::format("no prediction: the {} law needs {} there", w.law, fmt::join(names, " and "));
}

// ---- of a criticism

std::string Text(const warning::LargestMissed& w) {
  const std::string missed =
      w.tokens > 0 ? fmt::format("sizes missed the largest ({} tokens)", FormatCount(w.tokens))
                   : std::string("scales missed the largest");
  return fmt::format(
      "the law of the smaller {} by {:+.2g} %, outside its interval", missed, 100 * w.error);
}

std::string Text(const warning::ExponentDrifts& w) {
  return fmt::format(
      "the local exponent drifts from {:.3f} to {:.3f}: a law without a floor promises too much",
      w.from,
      w.to);
}

std::string Text(const warning::Thinned& w) {
  return fmt::format("the self-criticism is of {} evenly spaced points of {}", w.kept, w.points);
}

std::string Text(const warning::NoneLeftOut& w) {
  if (w.most == 0) {
    return "no point was left out by itself: so many refits would cost more than the fit";
  }
  return fmt::format("more than {} {}: none was left out by itself to see what hangs on it",
                     w.most,
                     w.points ? "points" : "rows");
}

std::string TimesText(double ratio) {
  if (ratio > 2) return fmt::format("{:.3g} times", ratio);
  if (ratio < 0.5) return fmt::format("1/{:.3g} of", 1 / ratio);
  return fmt::format("{:+.2g} % from", 100 * (ratio - 1));
}

std::string Text(const warning::Outliers& w) {
  constexpr std::size_t kMost = 3;
  std::vector<std::string> rows;
  for (const warning::Outliers::One& outlier : w.rows) {
    if (rows.size() == kMost) break;
    rows.push_back(fmt::format("{} (loss {:.4g}, {} what the other runs say there)",
                               RowText(outlier.row),
                               outlier.loss,
                               TimesText(outlier.loss / outlier.expected)));
  }
  const bool one = w.rows.size() == 1;
  return fmt::format(
      "{}: {}{}; look at the {}{}",
      one ? "an outlier" : "outliers",
      fmt::join(rows, ", "),
      w.rows.size() > kMost ? fmt::format(" and {} more", w.rows.size() - kMost) : "",
      one ? "row" : "rows",
      w.followed ? ": least squares follow it (--estimator huber does not)" : "");
}

std::string Text(const warning::TwoPopulations& w) {
  constexpr std::size_t kMost = 4;
  const std::span<const TableRow> first(w.above.data(), std::min(kMost, w.above.size()));
  return fmt::format(
      "two populations in one table? {} of {} runs lie {:.2g} % above the others all along the "
      "sizes ({}{}): fit each by itself (--where)",
      w.above.size(),
      w.runs,
      100 * w.distance,
      RowsText(first),
      w.above.size() > kMost ? ", ..." : "");
}

std::string Text(const warning::LabelledPopulations& w) {
  return fmt::format(
      "column '{}' tells populations apart: runs of '{}' lie {:.2g} % above those of '{}'; fit "
      "each by itself (--where {}={}), or, where it names data orders, read it (stream={} in "
      "--columns)",
      w.column,
      w.high,
      100 * w.distance,
      w.low,
      w.column,
      w.low,
      w.column);
}

std::string Text(const warning::Checkpoints& w) {
  return fmt::format(
      "neighbours along tokens err together (correlation {:.2f}), as the checkpoints of {} do: a "
      "column that names the run as stream=... in --columns makes intervals count runs",
      w.correlation,
      w.runs == 1 ? std::string("one run") : fmt::format("{} runs", w.runs));
}

// ---- what would change a prediction

std::string Text(const change::Floor& floor) {
  return fmt::format("without a floor the law says {:.4g} at the target, with one {:.4g}",
                     floor.without,
                     floor.with);
}

std::string Text(const change::WithoutRun& left_out) {
  const std::string scale = left_out.of_compute
                                ? fmt::format("a compute of {:.3g}", left_out.tokens)
                                : FormatCount(left_out.tokens) + " tokens";
  const std::string named = left_out.run.empty() ? fmt::format("row {}", left_out.row)
                                                 : fmt::format("run {}", left_out.run);
  return fmt::format("without {} at {} ({}) the prediction moves by {:+.2g} %",
                     left_out.whole_scale ? "the runs" : "the run",
                     scale,
                     named,
                     100 * left_out.moves);
}

}  // namespace

std::string WarningText(const FitWarning& warning) {
  return std::visit([](const auto& kind) { return Text(kind); }, warning);
}

std::vector<std::string> WarningTexts(const FitWarnings& warnings) {
  std::vector<std::string> texts;
  for (const FitWarning& warning : warnings) texts.push_back(WarningText(warning));
  return texts;
}

// Runs are told by their tokens, and so the largest of these is the largest run.
std::string ReachText(const warning::FarBeyond& reach) {
  return fmt::format("the target is {:.{}f} times {} fitted {} ({} from {})",
                     reach.times,
                     reach.times < 10 ? 1 : 0,
                     reach.above ? "the largest" : "below the smallest",
                     reach.variable == Variable::kTokens ? "run" : Name(reach.variable),
                     reach.refused ? "refused" : "doubtful",
                     reach.limit);
}

std::string ChangeText(const WouldChange& change) {
  return std::visit([](const auto& kind) { return Text(kind); }, change);
}

std::vector<std::string> ChangeTexts(const std::vector<WouldChange>& changes) {
  std::vector<std::string> texts;
  for (const WouldChange& change : changes) texts.push_back(ChangeText(change));
  return texts;
}

}  // namespace saelaw
