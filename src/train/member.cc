// A member keeps its steps' sums on the device and reads them several at a time, because each
// reading makes the host wait. All that is decided from a loss is decided in the order of the
// steps, so when they are read changes no result.
#include "train/member.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/trunk.h"
#include "sae/reference/metrics.h"
#include "train/schedule.h"
#include "train/weight_measures.h"

namespace saelaw {
namespace {

// Reading a loss makes the host wait for the device, so they are read a few at a time.
constexpr std::size_t kPendingSteps = 16;

// A run that diverged has been given up, and its last numbers would depend on when that was
// noticed.
Evaluation NotEvaluated(std::int64_t tokens) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return {tokens, kNaN, kNaN, kNaN, kNaN, kNaN, {}};
}

}  // namespace

Member::Member(const RunSpec& spec, GangShare& share, std::int64_t step, MemberBooks books)
    : spec_(spec),
      id_(ComputeId(spec)),
      share_(share),
      // A run that shares no trunks is due to branch from the start, which for a trunk of one does
      // nothing.
      branch_step_(SharesTrunks(spec.training) ? BranchStep(spec) : 0),
      step_(step),
      books_(std::move(books)),
      tokens_(step * spec.training.batch_tokens) {}

void Member::TakeIn(Trunk& trunk, const TrunkStep& step) {
  pending_.push_back({step_, step});
  step_ += 1;
  tokens_ = step_ * spec_.training.batch_tokens;
  // The last step is settled at once, since ended() would otherwise call a run complete whose last
  // loss was not finite.
  if (pending_.size() >= kPendingSteps || step_ == spec_.steps()) Settle();
  if (!diverged()) EvaluateIfDue(trunk);
}

void Member::EvaluateIfDue(Trunk& trunk) {
  const int points = spec_.training.evaluations;
  // Several points may fall due in a run shorter than their number; one is then measured per step.
  const auto done = static_cast<int>(books_.curve.size());
  if (done >= points || step_ < EvaluationStep(spec_.steps(), done, points)) return;
  // The losses up to here are read before the point is measured: a run that has diverged gets no
  // further point, as it would get none if every loss were read at once.
  Settle();
  if (diverged()) return;
  Evaluation point = EvaluateOn(share_.curve.set, trunk).evaluation;
  // A point of the curve carries no standard errors: its vectors are one part, and errors are
  // estimated from how parts differ.
  point.tokens = tokens_;
  point.se = {};
  books_.curve.push_back(point);
}

HeldOutMeasurement Member::EvaluateOn(const HeldOutSet& set, Trunk& trunk) const {
  // The final coefficient is used also during the warm-up of sparsity, so that all points of a
  // curve measure the same loss.
  // Where a controller moves the coefficient, the penalty is a means and no part of the loss.
  const TrainingSpec& training = spec_.training;
  return trunk.Evaluate(training.l0_controller ? 0 : training.sparsity_coefficient, set);
}

void Member::Settle() {
  for (const Pending& pending : pending_) {
    // Steps after the one that diverged were taken only because nobody had looked yet. They are
    // ignored.
    if (diverged()) break;
    Judge(pending.step,
          MakeTerms(pending.sums.totals, pending.sums.coefficient, spec_.training.batch_tokens));
  }
  pending_.clear();
}

void Member::Judge(std::int64_t step, const LossTerms& terms) {
  latest_ = terms;
  end_reason_ =
      std::isfinite(terms.loss)
          ? WhyDiverged(books_.trend, {step, spec_.steps(), terms.mse, share_.held_out.variance})
          : fmt::format("loss is {} at step {}", terms.loss, step);
  if (diverged()) {
    // The tokens end at the step that diverged, not at the step where this was found out.
    tokens_ = (step + 1) * spec_.training.batch_tokens;
  } else if (step >= spec_.steps() - std::max<std::int64_t>(1, spec_.steps() / 10)) {
    // The training loss of a run is the mean over the last tenth of its steps, and at least of one.
    books_.tail_loss += terms.loss;
    books_.tail_steps += 1;
  }
}

RunResult Member::Result(Trunk& trunk) const {
  RunResult result;
  // A loss that is finite but far too high ends a run in the same way as one that is not a number.
  result.id = id_;
  result.origin = TrunkKey(spec_);
  result.end = diverged() ? RunEnd::kNonFinite : RunEnd::kCompleted;
  result.end_reason = end_reason_;
  result.tokens = tokens_;
  result.curve = books_.curve;
  result.curve_tokens = share_.curve.set.x.size(0);
  result.curve_parts = share_.curve.parts;
  result.wall_seconds = books_.seconds;
  result.tokens_per_second = books_.seconds > 0 ? static_cast<double>(tokens_) / books_.seconds : 0;
  result.train_loss = books_.tail_loss / static_cast<double>(books_.tail_steps);
  result.final = NotEvaluated(tokens_);
  // From here on the parameters mean something, and the whole held-out set is used.
  if (diverged()) return result;

  const HeldOutMeasurement measured = EvaluateOn(share_.held_out, trunk);
  result.final = measured.evaluation;
  result.final.tokens = tokens_;
  result.held_out = measured.record;
  result.dense_fraction = measured.dense_fraction;
  result.dense_fraction_se = measured.dense_fraction_se;
  result.firing_histogram = measured.firing_histogram;
  result.fired_once = measured.fired_once;
  result.fired_twice = measured.fired_twice;
  MeasureWeights(spec_.sae, trunk.state().sae.parameters, result);
  // Silence is only counted in runs that ask for it; the others keep the measure unset.
  if (const at::Tensor& silent = trunk.state().silent_tokens; silent.defined()) {
    result.dead_after_tokens = spec_.training.dead_after_tokens;
    const auto limit = static_cast<double>(result.dead_after_tokens);
    result.dead_fraction_training = DeadFraction(silent.lt(limit));
  }
  return result;
}

}  // namespace saelaw
