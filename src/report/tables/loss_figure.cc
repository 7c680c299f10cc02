// Loss against training tokens: what was measured decides the axes, and the target's prediction,
// which may lie far off, must fit in or stay away.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/figure_parts.h"
#include "report/tables/figures.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of series

Place RunPlace(const StudyRun& run, const std::string& label) {
  Place place{static_cast<double>(run.tokens), run.final.loss};
  place.hover = HoverText(label, "loss", place) + "\n" + RunText(run);
  return place;
}

// These are the measured runs, by what the law makes of them.
struct RunSeries {
  Points at_rate, at_others, left_out;
};

RunSeries SeriesOfRuns(const Findings& findings) {
  RunSeries series;
  series.at_rate = {
      "runs at lr " + NumberText(findings.loss.at_one_rate.lr, 3), Ink::kLaw, Shape::kDot};
  series.at_others = {"runs at other rates", Ink::kFaint, Shape::kRing};
  series.left_out = {"left out", Ink::kFailed, Shape::kCross};
  for (const StudyRun& run : findings.runs) {
    if (run.stage == Stage::kHoldOut || !(run.final.loss > 0)) continue;
    // Runs at other rates are drawn faintly among the points.
    const bool rate = run.stage == Stage::kLrLaw && run.outcome == Outcome::kCompleted;
    const bool drawn = !run.left_out || rate;
    Points& own = !drawn                                   ? series.left_out
                  : run.lr == findings.loss.at_one_rate.lr ? series.at_rate
                                                           : series.at_others;
    own.places.push_back(RunPlace(run, own.label));
  }
  return series;
}

Points BestRates(const Findings& findings) {
  Points best{"best rate of each size", Ink::kLaw, Shape::kTriangle};
  if (!findings.loss.BestPredicts()) return best;
  for (const LrOptimum& optimum : findings.rates.best.optima) {
    if (!(optimum.loss > 0)) continue;
    Place place{optimum.tokens, optimum.loss};
    place.hover = HoverText(best.label, "loss", place);
    best.places.push_back(std::move(place));
  }
  return best;
}

Points HeldOutRuns(const Findings& findings) {
  Points series{"hold-out, measured", Ink::kHeldOut, Shape::kDiamond};
  for (const HoldOutCheck& check : findings.hold_out) {
    Place place{
        static_cast<double>(check.tokens), check.measured, check.interval.lo, check.interval.hi};
    place.hover = fmt::format("{}\npredicted {}, run {}",
                              HoverText(series.label, "loss", place),
                              NumberText(check.predicted),
                              check.run);
    series.places.push_back(std::move(place));
  }
  return series;
}

// Failures far off would squeeze everything else into a strip: only those within the axis are
// drawn.
void KeepWithin(const Axis& axis, std::vector<Place>& places) {
  std::vector<Place> kept;
  for (Place& place : places) {
    if (place.y >= axis.lo && place.y <= axis.hi) kept.push_back(std::move(place));
  }
  places = std::move(kept);
}

}  // namespace

Figure LossFigure(const Findings& findings, const Recommendation& r) {
  Figure figure{"loss",
                "Loss against training tokens",
                "Points, law and 95 % interval; dashed where it extrapolates to the target."};
  const TokensDrawn drawn = DrawnTokens(findings, r);
  const auto d_sae = static_cast<double>(r.d_sae);
  // The factor is that of the target to the largest fitted run, so this is where the law's data
  // ends.
  const double fitted_to =
      r.extrapolation_factor > 0 ? r.tokens / r.extrapolation_factor : r.tokens;
  Curve law = CurveOfLaw(findings.loss.Predicting().fit, d_sae, drawn, "law", "loss", fitted_to);
  law.band = true;
  Points target{"target, predicted",
                Ink::kTarget,
                Shape::kStar,
                TargetPlaces(r.tokens, r.loss.value, r.loss.interval)};
  for (Place& place : target.places) place.hover = HoverText(target.label, "loss", place);
  RunSeries runs = SeriesOfRuns(findings);
  Points best = BestRates(findings);
  Points held_out = HeldOutRuns(findings);

  std::vector<double> tokens;
  std::vector<double> losses;
  for (const auto* places : {&runs.at_rate.places,
                             &runs.at_others.places,
                             &best.places,
                             &law.places,
                             &held_out.places,
                             &target.places}) {
    AppendX(*places, tokens);
    AppendY(*places, losses);
  }
  constexpr double kTokensMargin = 0.03;
  figure.x = LogarithmicAxis("training tokens", tokens, kTokensMargin);
  figure.y = LogarithmicAxis("held-out loss", losses);
  KeepWithin(figure.y, runs.left_out.places);

  figure.curves.push_back(std::move(law));
  if (findings.loss.BestPredicts()) {
    const std::string label = "law at lr " + NumberText(findings.loss.at_one_rate.lr, 3);
    figure.curves.push_back(
        CurveOfLaw(findings.loss.at_one_rate.fit, d_sae, drawn, label, "loss", fitted_to));
    figure.curves.back().ink = Ink::kFaint;
  }
  // What comes later lies on top, so the most important comes last.
  figure.points = {std::move(runs.left_out),
                   std::move(runs.at_others),
                   std::move(runs.at_rate),
                   std::move(best),
                   std::move(held_out),
                   std::move(target)};
  return figure;
}

}  // namespace saelaw
