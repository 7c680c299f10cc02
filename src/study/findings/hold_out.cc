// What was written down before a run began is never replaced by what laws say today, which may have
// seen the run.
#include "study/findings/hold_out.h"

#include "study/findings/hold_out_rate.h"
#include "study/findings/metric.h"
#include "study/findings/rate_loss.h"

namespace saelaw {
namespace {

const PastPrediction* Find(const std::vector<PastPrediction>& predictions, const RunId& id) {
  for (const PastPrediction& prediction : predictions) {
    if (prediction.run == id) return &prediction;
  }
  return nullptr;
}

// `today`: where the laws predict, the rate that they advise for the hold-out; else null.
HoldOutCheck Check(const KnownRun& run,
                   const LossLaws& laws,
                   const RateChoice* today,
                   const PastPrediction* past) {
  HoldOutCheck check;
  check.run = run.result.id;
  check.tokens = run.spec.tokens;
  check.lr = run.spec.training.lr;
  check.measured = run.result.final.loss;
  check.stored = past != nullptr;
  if (today != nullptr && check.lr == today->lr) {
    const Prediction predicted = PredictLoss(laws,
                                             *today,
                                             MakePoint(run, kLossMetric, 0),
                                             run.spec.sae.d_sae,
                                             MeasuredOn::kSameDocuments);
    check.today = check.predicted = predicted.value;
    check.interval = predicted.prediction;
  }
  if (past != nullptr) {
    check.predicted = past->predicted;
    check.interval = past->interval;
  }
  check.inside = run.outcome == Outcome::kCompleted && check.interval.known() &&
                 check.measured >= check.interval.lo && check.measured <= check.interval.hi;
  return check;
}

}  // namespace

std::vector<HoldOutCheck> CheckHoldOut(const Sweep& sweep,
                                       const std::vector<PastPrediction>& predictions,
                                       const StudyPoints& points,
                                       const RateLaws& rates,
                                       const LossLaws& laws) {
  const bool predicts = laws.CoversSize(sweep.sae.d_sae);
  const RateChoice rate = predicts ? HoldOutRate(sweep, rates, laws) : RateChoice{};
  std::vector<HoldOutCheck> checks;
  for (const KnownRun* run : points.hold_out) {
    const PastPrediction* past = Find(predictions, run->result.id);
    if (past == nullptr && run->spec.training.lr != rate.lr) continue;
    checks.push_back(Check(*run, laws, predicts ? &rate : nullptr, past));
  }
  return checks;
}

}  // namespace saelaw
