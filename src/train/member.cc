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

Evaluation NotEvaluated(std::int64_t tokens) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return {tokens, kNaN, kNaN, kNaN, kNaN, kNaN, {}};
}

}  // namespace

Member::Member(const RunSpec& spec, GangShare& share, std::int64_t step, MemberBooks books)
    : spec_(spec),
      id_(IdOf(spec)),
      share_(share),
      branch_step_(SharesTrunks(spec.training) ? BranchStep(spec) : 0),
      step_(step),
      books_(std::move(books)),
      tokens_(step * spec.training.batch_tokens) {}

void Member::TakeIn(Trunk& trunk, const TrunkStep& step) {
  pending_.push_back({step_, step});
  step_ += 1;
  tokens_ = step_ * spec_.training.batch_tokens;
  if (pending_.size() >= kPendingSteps || step_ == spec_.steps()) Settle();
  if (!diverged()) EvaluateIfDue(trunk);
}

void Member::EvaluateIfDue(Trunk& trunk) {
  const int points = spec_.training.evaluations;
  const auto done = static_cast<int>(books_.curve.size());
  if (done >= points || step_ < EvaluationStep(spec_.steps(), done, points)) return;
  Settle();
  if (diverged()) return;
  Evaluation point = EvaluateOn(share_.curve.set, trunk).evaluation;
  point.tokens = tokens_;
  point.se = {};
  books_.curve.push_back(point);
}

HeldOutMeasurement Member::EvaluateOn(const HeldOutSet& set, Trunk& trunk) const {
  return trunk.Evaluate(spec_.training.sparsity_coefficient, set);
}

void Member::Settle() {
  for (const Pending& pending : pending_) {
    if (diverged()) break;
    Judge(pending.step,
          TermsOf(pending.sums.totals, pending.sums.coefficient, spec_.training.batch_tokens));
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
    tokens_ = (step + 1) * spec_.training.batch_tokens;
  } else if (step >= spec_.steps() - std::max<std::int64_t>(1, spec_.steps() / 10)) {
    books_.tail_loss += terms.loss;
    books_.tail_steps += 1;
  }
}

RunResult Member::Result(Trunk& trunk) const {
  RunResult result;
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
  if (const at::Tensor& silent = trunk.state().silent_tokens; silent.defined()) {
    result.dead_after_tokens = spec_.training.dead_after_tokens;
    const auto limit = static_cast<double>(result.dead_after_tokens);
    result.dead_fraction_training = DeadFraction(silent.lt(limit));
  }
  return result;
}

}  // namespace saelaw
