// All that speaks for or against the answer is collected first and sorted by seriousness; the most
// serious reason alone decides how far the answer may be trusted, and what to do next.
#include "study/advice/reach_verdict.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace saelaw {
namespace {

// Where each of the doubts begins. All are judgements: a reader should not have to find them out.
constexpr double kTooFar = 100;    // times the largest run of the law
constexpr double kVeryWide = 0.2;  // half of the interval over the loss
constexpr double kWide = 0.05;
constexpr double kWideRateCost = 0.05;  // share of the loss
constexpr double kLikelyFailure = 0.1;
constexpr std::size_t kMostReasons = 3;

double HalfWidth(const Estimate& loss) {
  return (loss.interval.hi - loss.interval.lo) / (2 * loss.value);
}

// Collects what speaks against the answer, and for it, in the order of ReasonKind.
class Reasons {
 public:
  Reasons(const Findings& findings, const Recommendation& answer)
      : findings_(findings), answer_(answer) {}

  std::vector<Reason> Find() {
    AddOfLaw();
    AddOfHoldOut();
    AddOfTransfer();
    AddOfLoss();
    AddOfRate();
    if (findings_.runs_left > 0) Add(ReasonKind::kUnfinished, findings_.runs_left);
    std::stable_sort(found_.begin(), found_.end(), [](const Reason& a, const Reason& b) {
      return a.kind < b.kind;
    });
    return std::move(found_);
  }

 private:
  void Add(ReasonKind kind, double value = std::nan("")) { found_.push_back({kind, value}); }

  void AddOfLaw() {
    if (findings_.none_survived) return Add(ReasonKind::kNothingSurvived);
    if (!findings_.loss.Predicting().fit.ok()) return Add(ReasonKind::kNoLossLaw);
    const double factor = answer_.extrapolation_factor;
    Add(factor > kTooFar           ? ReasonKind::kTooFarBeyond
        : factor > kDoubtfulFactor ? ReasonKind::kFarBeyond
                                   : ReasonKind::kNear,
        factor);
    const bool rates_short = findings_.rates.all_short && answer_.lr_basis != LrBasis::kNone;
    if (findings_.loss.all_short || rates_short) Add(ReasonKind::kShortRuns);
    for (const HeldOutScale& scale : answer_.criticism.held_out) {
      if (scale.largest && scale.missed()) Add(ReasonKind::kLargestMissed, scale.error);
    }
  }

  void AddOfHoldOut() {
    const std::vector<HoldOutCheck>& checks = answer_.hold_out;
    if (checks.empty()) return Add(ReasonKind::kNoHoldOut);
    const auto missed = std::find_if(
        checks.begin(), checks.end(), [](const HoldOutCheck& check) { return check.missed(); });
    const HoldOutCheck& told = missed != checks.end() ? *missed : checks.back();
    // A prediction without an interval is no test.
    if (!told.interval.known()) return Add(ReasonKind::kNoHoldOut);
    Add(told.missed() ? ReasonKind::kHoldOutMissed : ReasonKind::kHoldOutInside,
        told.measured / told.predicted - 1);
  }

  void AddOfTransfer() {
    for (const Transfer& transfer : answer_.transfer) {
      const bool law = transfer.of == TransferOf::kTokens;
      if (transfer.supported || law) continue;
      found_.push_back({ReasonKind::kNotSwept, std::nan(""), transfer.of});
      return;
    }
  }

  void AddOfLoss() {
    const Estimate& loss = answer_.loss;
    if (!findings_.loss.Predicting().fit.ok()) return;
    if (!loss.known() || !loss.interval.known()) return Add(ReasonKind::kNoLossInterval);
    const double half = HalfWidth(loss);
    Add(half > kVeryWide ? ReasonKind::kLossVeryWide
        : half > kWide   ? ReasonKind::kLossWide
                         : ReasonKind::kLossNarrow,
        half);
  }

  void AddOfRate() {
    if (answer_.lr_basis == LrBasis::kNone) return Add(ReasonKind::kNoRate);
    if (!findings_.rates.best.ok()) Add(ReasonKind::kRateFromEdge);
    if (answer_.lr_regret > kWideRateCost) Add(ReasonKind::kRateWide, answer_.lr_regret);
    const double failure = answer_.risk.failure_probability;
    if (failure > kLikelyFailure) Add(ReasonKind::kMayFail, failure);
  }

  const Findings& findings_;
  const Recommendation& answer_;
  std::vector<Reason> found_;
};

// The first of the reasons that a step is known against, in their order of seriousness.
NextStep StepAgainst(const Reason& reason, const Sweep& sweep, const Recommendation& answer) {
  NextStep step;
  switch (reason.kind) {
    case ReasonKind::kNothingSurvived:
      step.kind = NextKind::kChangeRecipe;
      return step;
    case ReasonKind::kNoLossLaw:
      step.kind = NextKind::kAddSizes;
      return step;
    case ReasonKind::kShortRuns:
      step.kind = NextKind::kLongerRuns;
      return step;
    case ReasonKind::kTooFarBeyond:
      step.kind = NextKind::kLargerRuns;
      step.at.tokens = answer.tokens / kTooFar;
      return step;
    case ReasonKind::kNotSwept:
      step.kind = NextKind::kSweepWhatDiffers;
      step.of = reason.of;
      return step;
    case ReasonKind::kNoRate:
    case ReasonKind::kRateFromEdge:
      step.kind = NextKind::kAddRates;
      return step;
    case ReasonKind::kNoHoldOut:
      if (sweep.hold_out.tokens == 0) step.kind = NextKind::kAddHoldOut;
      return step;
    default:
      return step;
  }
}

NextStep ChooseNext(const Sweep& sweep,
                    const Findings& findings,
                    const Recommendation& answer,
                    const Verdict& verdict) {
  NextStep step;
  if (!findings.none_survived && findings.runs_left > 0) {
    step.kind = NextKind::kFinish;
    step.runs = findings.runs_left;
    return step;
  }
  for (const Reason& reason : verdict.reasons) {
    step = StepAgainst(reason, sweep, answer);
    if (step.kind != NextKind::kTrain) return step;
  }
  const std::vector<NextRun>& runs = answer.criticism.next_runs;
  if (verdict.confidence == Confidence::kHigh || runs.empty()) return step;
  step.kind = NextKind::kRun;
  step.at = runs.front().at;
  step.narrows = runs.front().narrows;
  return step;
}

}  // namespace

Verdict ReachVerdict(const Sweep& sweep, const Findings& findings, const Recommendation& answer) {
  Verdict verdict;
  verdict.reasons = Reasons(findings, answer).Find();
  verdict.confidence =
      verdict.reasons.empty() ? Confidence::kLow : JudgeConfidence(verdict.reasons.front().kind);
  // What speaks for an answer that is in doubt would only dilute what speaks against it.
  if (verdict.confidence != Confidence::kHigh) {
    std::erase_if(verdict.reasons, [](const Reason& reason) {
      return JudgeConfidence(reason.kind) == Confidence::kHigh;
    });
  }
  if (verdict.reasons.size() > kMostReasons) verdict.reasons.resize(kMostReasons);
  verdict.answers = !answer.refused && !findings.none_survived && answer.lr > 0 &&
                    findings.loss.Predicting().fit.ok();
  verdict.next = ChooseNext(sweep, findings, answer, verdict);
  return verdict;
}

}  // namespace saelaw
