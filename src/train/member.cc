#include "train/member.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "sae/metrics.h"
#include "train/schedule.h"

namespace saelaw {
namespace {

// Reading a loss makes the host wait for the device, so they are read a few at a time.
constexpr std::size_t kPendingSteps = 16;

// Held-out tokens that are measured together: a batch's, and at least these.
constexpr std::int64_t kLeastChunkTokens = 512;

// A run whose error is this many times that of predicting the mean has diverged.
constexpr double kDivergedErrors = 1000;

StepSettings SettingsOf(const RunSpec& spec, const GangShare& share) {
  const TrainingSpec& training = spec.training;
  return {ObjectiveOf(spec.sae, training),
          {training.adam_beta1, training.adam_beta2, training.adam_epsilon},
          training.gradient_clip,
          training.precision == Precision::kBf16 ? share.tuning.dense_above_bf16
                                                 : share.tuning.dense_above_fp32};
}

MemberState NewState(const RunSpec& spec, const GangShare& share) {
  const at::Tensor& like = share.held_out.x;
  MemberState state;
  SaeState& sae = state.sae;
  sae.parameters = Initialise(like.size(1), spec.sae, spec.seed, like.scalar_type(), like.device());
  sae.adam = NewAdamState(sae.parameters, SettingsOf(spec, share).adam);
  if (spec.training.dead_after_tokens > 0) {
    state.silent_tokens = at::zeros_like(sae.parameters.threshold);
  }
  return state;
}

Evaluation NotEvaluated(std::int64_t tokens) {
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  return {tokens, kNaN, kNaN, kNaN, kNaN, kNaN};
}

}  // namespace

Member::Member(const RunSpec& spec, GangShare& share)
    : Member(spec, share, NewState(spec, share)) {}

Member::Member(const RunSpec& spec, GangShare& share, MemberState state)
    : spec_(spec),
      id_(IdOf(spec)),
      objective_(ObjectiveOf(spec.sae, spec.training)),
      share_(share),
      state_(std::move(state)),
      stepper_(MakeStepper(share.path, SettingsOf(spec, share), share.workspace, state_.sae)),
      tokens_(state_.step * spec.training.batch_tokens) {}

void Member::Step(const at::Tensor& x) {
  const TrainingSpec& training = spec_.training;
  const double factor = LrFactor(spec_, state_.step);
  const StepRates rates{factor * training.lr,
                        factor * training.threshold_lr,
                        SparsityCoefficientAt(spec_, state_.step)};
  const BatchSums sums = stepper_->Step(rates, x);
  CountSilence(sums.fired);
  pending_.push_back({state_.step, rates.coefficient, sums.totals});
  state_.step += 1;
  tokens_ = state_.step * training.batch_tokens;
  if (pending_.size() >= kPendingSteps || state_.step == spec_.steps()) Settle();
  if (!diverged()) EvaluateIfDue();
}

void Member::CountSilence(const at::Tensor& fired) {
  if (!state_.silent_tokens.defined()) return;
  state_.silent_tokens.add_(static_cast<double>(spec_.training.batch_tokens));
  state_.silent_tokens.mul_(fired.eq(0));
}

void Member::EvaluateIfDue() {
  const int points = spec_.training.evaluations;
  const auto done = static_cast<int>(state_.curve.size());
  if (done >= points || state_.step < EvaluationStep(spec_.steps(), done, points)) return;
  Settle();
  if (diverged()) return;
  Evaluation point = EvaluateOn(share_.curve_set).evaluation;
  point.tokens = tokens_;
  state_.curve.push_back(point);
}

HeldOutMeasurement Member::EvaluateOn(const HeldOutSet& set) const {
  const std::int64_t chunk = std::max(kLeastChunkTokens, spec_.training.batch_tokens);
  return Evaluate(*stepper_, spec_.training.sparsity_coefficient, set, chunk);
}

at::Tensor Member::Reconstruct(const at::Tensor& x) const {
  const at::Tensor recons = at::empty(x.sizes(), x.options());
  stepper_->Measure(x, recons);
  return recons;
}

void Member::Settle() {
  for (const Pending& pending : pending_) {
    if (diverged()) break;
    Judge(pending.step, TermsOf(pending.totals, pending.coefficient, spec_.training.batch_tokens));
  }
  pending_.clear();
}

void Member::Judge(std::int64_t step, const LossTerms& terms) {
  latest_ = terms;
  if (!std::isfinite(terms.loss)) {
    end_reason_ = fmt::format("loss is {} at step {}", terms.loss, step);
  } else if (terms.mse > kDivergedErrors * share_.held_out.variance) {
    end_reason_ = fmt::format("mse is {:.4g} at step {}, more than {} times that of the mean",
                              terms.mse,
                              step,
                              kDivergedErrors);
  }
  if (diverged()) {
    tokens_ = (step + 1) * spec_.training.batch_tokens;
  } else if (step >= spec_.steps() - std::max<std::int64_t>(1, spec_.steps() / 10)) {
    state_.tail_loss += terms.loss;
    state_.tail_steps += 1;
  }
}

RunResult Member::Result() const {
  RunResult result;
  result.id = id_;
  result.end = diverged() ? RunEnd::kNonFinite : RunEnd::kCompleted;
  result.end_reason = end_reason_;
  result.tokens = tokens_;
  result.curve = state_.curve;
  result.wall_seconds = state_.seconds;
  result.tokens_per_second = state_.seconds > 0 ? static_cast<double>(tokens_) / state_.seconds : 0;
  result.train_loss = state_.tail_loss / static_cast<double>(state_.tail_steps);
  result.final = NotEvaluated(tokens_);
  if (diverged()) return result;

  const HeldOutMeasurement measured = EvaluateOn(share_.held_out);
  result.final = measured.evaluation;
  result.final.tokens = tokens_;
  result.dense_fraction = measured.dense_fraction;
  result.firing_histogram = measured.firing_histogram;
  result.threshold =
      ThresholdQuantiles(ThresholdOf(state_.sae.parameters, objective_.parametrisation));
  if (state_.silent_tokens.defined()) {
    const auto limit = static_cast<double>(spec_.training.dead_after_tokens);
    result.dead_fraction_training = DeadFraction(state_.silent_tokens.lt(limit));
  }
  return result;
}

}  // namespace saelaw
