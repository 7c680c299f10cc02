// Learning rate against training tokens: the optimum of each size and its law, the runs that
// failed, and the edge beyond which runs fail.
#include <string>
#include <utility>
#include <vector>

#include "report/tables/figure_parts.h"
#include "report/tables/figures.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of series

Points FailedRuns(const Findings& findings) {
  Points series{"run that failed", Ink::kFailed, Shape::kCross};
  for (const StudyRun& run : findings.runs) {
    if (run.outcome != Outcome::kCollapsed && run.outcome != Outcome::kDiverged) continue;
    Place place{static_cast<double>(run.tokens), run.lr};
    place.hover = HoverText(series.label, "lr", place) + "\n" + RunText(run);
    series.places.push_back(std::move(place));
  }
  return series;
}

Points TargetRate(const Recommendation& r) {
  Points target{r.lr_basis == LrBasis::kNone ? "target, the recipe's rate" : "target, recommended",
                Ink::kTarget,
                Shape::kStar,
                TargetPlaces(r.tokens, r.lr, r.lr_interval)};
  for (Place& place : target.places) place.hover = HoverText(target.label, "lr", place);
  return target;
}

}  // namespace

Figure RateFigure(const Findings& findings, const Recommendation& r) {
  Figure figure{"rates",
                "Optimal learning rate against training tokens",
                "Each size's optimum, law and 95 % interval; crosses mark runs that failed."};
  const TokensDrawn drawn = DrawnTokens(findings, r);
  const auto d_sae = static_cast<double>(r.d_sae);
  const double fitted_to = FittedTo(findings.rates.best, r.tokens);
  const LawFit& law = findings.rates.best.law;
  const LawFit& edge = findings.rates.edge.law;
  figure.curves = {CurveOfLaw(law, d_sae, drawn, "law of the optimum", "lr", fitted_to),
                   CurveOfLaw(edge, d_sae, drawn, "stability edge", "lr", fitted_to)};
  figure.curves.back().ink = Ink::kFailed;
  figure.points = {FailedRuns(findings),
                   CensoredOptima(findings.rates.best),
                   FittedOptima(findings.rates.best),
                   TargetRate(r)};

  for (Curve& curve : figure.curves) curve.band = true;
  SetRateAxes(&figure);
  return figure;
}

}  // namespace saelaw
