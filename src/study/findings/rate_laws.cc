// All laws of the rate are fitted to the same runs. The edge has no law of size, so that of the
// size nearest to the target's stands in.
#include "study/findings/rate_laws.h"

#include <algorithm>
#include <cmath>

#include "fit/fit.h"
#include "study/design/family.h"
#include "study/design/places.h"
#include "study/findings/measured_rate.h"
#include "study/findings/name_runs.h"

namespace saelaw {
namespace {

// 0: of all sizes.
std::vector<Point> OfSize(const std::vector<Point>& points, std::int64_t d_sae) {
  std::vector<Point> of_size;
  for (const Point& point : points) {
    if (d_sae == 0 || point.params == static_cast<double>(d_sae)) of_size.push_back(point);
  }
  return of_size;
}

// The edge has no law of size: that of the size nearest to the target's stands for it.
void FitEdge(const Sweep& sweep, const RateRuns& runs, RateLaws* laws) {
  const std::int64_t nearest = LrSizeNearTarget(sweep);
  laws->edge = FitLrEdge(OfSize(runs.survived, nearest), OfSize(runs.failed, nearest), {});
  laws->edge_d_sae = nearest;
  if (laws->edge.ok() || LrSizes(sweep).size() == 1) return;
  laws->edge = FitLrEdge(runs.survived, runs.failed, {});
  laws->edge_d_sae = 0;
}

void CriticiseRates(const Sweep& sweep, const RateRuns& runs, RateLaws* laws) {
  LawQuestion question{"lr", runs.survived, runs.failed, {}, {TargetPlace(sweep)}, false};
  laws->best_criticism = CriticiseLrLaw(question, laws->best);
  const std::vector<Point> survived = OfSize(runs.survived, laws->edge_d_sae);
  const std::vector<Point> failed = OfSize(runs.failed, laws->edge_d_sae);
  question.points = survived;
  question.failed = failed;
  laws->edge_criticism = CriticiseLrEdge(question, laws->edge);
  NameRuns(runs.all, &laws->best_criticism);
  NameRuns(runs.all, &laws->edge_criticism);
}

}  // namespace

double ExponentOfBest(const LrLawFit& best) {
  const LrOptimum* first = nullptr;
  const LrOptimum* last = nullptr;
  for (const LrOptimum& optimum : best.optima) {  // ascending tokens
    const bool near_best =
        optimum.censoring == Censoring::kNone || optimum.censoring == Censoring::kCliff;
    if (!near_best || !(optimum.loss > 0)) continue;
    if (first == nullptr) first = &optimum;
    last = &optimum;
  }
  if (first == nullptr || !(last->tokens > first->tokens)) return 0;
  return std::max(0.0,
                  -std::log(last->loss / first->loss) / std::log(last->tokens / first->tokens));
}

RateLaws FindRateLaws(const Sweep& sweep, const StudyPoints& points, StudyDepth depth) {
  const RateRuns& runs = points.rates;
  RateLaws laws;
  laws.best = FitLrLaw(runs.survived, runs.failed, {});
  AddHeldOutError(runs.survived, runs.failed, {}, laws.best);
  FitEdge(sweep, runs, &laws);
  laws.all_short = AllShort(runs.all);
  laws.failure = MeasureFailureCost(runs.all);
  laws.loss_exponent = ExponentOfBest(laws.best);
  laws.table = MakeRateTable(runs.survived, runs.failed, runs.silent);
  laws.fitted = TabulateFitted(sweep, points);
  for (const PlayedRun& played : points.played) {
    laws.trained_at.insert(played.run->spec.training.lr);
  }
  laws.surface.law.refusal = refusal::NotAskedFor{};
  if (depth == StudyDepth::kLaws) return laws;
  laws.surface = FitLrSurface(runs.survived, runs.failed, {});
  CriticiseRates(sweep, runs, &laws);
  return laws;
}

}  // namespace saelaw
