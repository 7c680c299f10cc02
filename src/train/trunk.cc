// A trunk joins the parts of a step: the schedules give the rates, the stepper updates the SAE in
// place, and the silence of latents is counted here, since it belongs to neither.
#include "train/trunk.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ATen.h>

#include "core/errors.h"
#include "core/random.h"
#include "sae/model/initialise.h"
#include "sae/model/revive.h"
#include "sae/tune/accelerations.h"
#include "sae/tune/gpu_tuning.h"
#include "train/schedule.h"

namespace saelaw {
namespace {

// Held-out tokens that are measured together: a batch's, and at least these.
constexpr std::int64_t kLeastChunkTokens = 512;
// Keeps the draws of resampling apart from all others of a seed. Part of what a run's numbers mean.
constexpr std::uint64_t kResampling = 0x7265766976656421;

StepSettings MakeSettings(const RunSpec& spec, const GangShare& share) {
  const TrainingSpec& training = spec.training;
  return {MakeObjective(spec.sae, training),
          {training.adam_beta1, training.adam_beta2, training.adam_epsilon},
          training.gradient_clip,
          // The limit from which a step is done densely depends on the precision, since dense
          // products in bf16 cost much less than in fp32.
          training.precision == Precision::kBf16 ? share.tuning.dense_above_bf16
                                                 : share.tuning.dense_above_fp32,
          FindGpuAlgorithms(share.tuning, {spec.sae.d_sae, training.batch_tokens}),
          MakeAuxiliaryLoss(training)};
}

TrunkState NewState(const RunSpec& spec, const GangShare& share) {
  const at::Tensor& like = share.held_out.x;
  TrunkState state;
  SaeState& sae = state.sae;
  // Jobs written by older versions carry no mean. Starting at zero without a word would be another
  // run.
  if (share.moments.mean.empty() && StartsAtMean(spec.sae, share.moments.mean_share)) {
    throw ConfigurationError(
        "a run is to begin with b_dec at the mean, which the job does not name: write the job anew "
        "with saelaw, which measures it");
  }
  const SaeStart start = MakeStart(spec.sae, like.size(1), share.moments);
  sae.parameters =
      Initialise(like.size(1), spec.sae, spec.seed, like.scalar_type(), like.device(), start);
  sae.adam = NewAdamState(sae.parameters, MakeSettings(spec, share).adam);
  // Silence is counted only where a run asks for dead latents during training, and else costs
  // nothing.
  if (spec.training.dead_after_tokens > 0) {
    state.silent_tokens = at::zeros_like(sae.parameters.b_enc);
  }
  return state;
}

// Strides are kept: products of the same numbers in another order may round differently.
at::Tensor Copy(const at::Tensor& tensor) { return tensor.defined() ? tensor.clone() : tensor; }

// [d_sae] bool, by the silence up to the batch before this one; undefined if none is counted.
at::Tensor Dead(const RunSpec& spec, const TrunkState& state) {
  if (!state.silent_tokens.defined()) return {};
  return state.silent_tokens.ge(static_cast<double>(spec.training.dead_after_tokens));
}

SaeParameters Copy(const SaeParameters& from) {
  return Mapped(from, [](const at::Tensor& tensor) { return tensor.clone(); });
}

// Every tensor is copied, as the steppers work in place: a shared one would let a branch train its
// parent.
TrunkState Copy(const TrunkState& from) {
  TrunkState copy;
  copy.step = from.step;
  copy.silent_tokens = Copy(from.silent_tokens);
  copy.l0 = from.l0;
  copy.l0.active = Copy(from.l0.active);
  copy.sae.dense = from.sae.dense;
  copy.sae.parameters = Copy(from.sae.parameters);
  copy.sae.adam.first = Copy(from.sae.adam.first);
  copy.sae.adam.second = Copy(from.sae.adam.second);
  copy.sae.adam.row_updates = Copy(from.sae.adam.row_updates);
  copy.sae.adam.updates = from.sae.adam.updates;
  return copy;
}

}  // namespace

Trunk::Trunk(const RunSpec& spec, GangShare& share) : Trunk(spec, share, NewState(spec, share)) {}

Trunk::Trunk(const RunSpec& spec, GangShare& share, TrunkState state)
    : batch_tokens_(spec.training.batch_tokens),
      share_(share),
      state_(std::move(state)),
      stepper_(
          MakeStepper(share.tuning.path, MakeSettings(spec, share), share.workspace, state_.sae)) {}

// The copy makes a stepper of its own, which points at the copy's state.
std::unique_ptr<Trunk> Trunk::Branch(const RunSpec& spec) const {
  return std::make_unique<Trunk>(spec, share_, Copy(state_));
}

TrunkStep Trunk::Step(const RunSpec& spec, const at::Tensor& x) {
  if (ResamplesAt(spec, state_.step)) Resample(spec, x);
  const double factor = LrFactor(spec, state_.step);
  StepRates rates{
      factor * spec.training.lr, factor * spec.training.threshold_lr, Coefficient(spec), {}};
  if (MakeAuxiliaryLoss(spec.training).coefficient > 0) rates.dead = Dead(spec, state_);
  // The update is made before anything is read; its sums stay on the device until a member needs
  // them.
  const BatchSums sums = stepper_->Step(rates, x);
  CountSilence(sums.fired);
  if (spec.training.l0_controller) HoldL0(spec, sums);
  state_.step += 1;
  return {spec.training.l0_controller ? 0 : rates.coefficient, sums.totals};
}

// The stepper holds copies of the weights, so a new one follows a change of them.
void Trunk::Resample(const RunSpec& spec, const at::Tensor& x) {
  const at::Tensor dead = Dead(spec, state_);
  if (!dead.defined() || !dead.any().item<bool>()) return;
  const at::Tensor recons = Reconstruct(x);
  stepper_.reset();
  // Each time has a draw of its own, which a run that goes on from a checkpoint makes again.
  const std::uint64_t seed =
      MixSeeds({spec.seed, kResampling, static_cast<std::uint64_t>(state_.step)});
  const at::Tensor revived = ReviveLatents(spec.sae, {x, recons, dead}, seed, state_.sae);
  state_.silent_tokens.index_fill_(0, revived, 0);
  stepper_ =
      MakeStepper(share_.tuning.path, MakeSettings(spec, share_), share_.workspace, state_.sae);
}

double Trunk::Coefficient(const RunSpec& spec) const {
  return SparsityCoefficientAt(spec, state_.step) * std::exp(state_.l0.log_factor);
}

void Trunk::HoldL0(const RunSpec& spec, const BatchSums& sums) {
  const double warmup = SparsityWarmupSteps(spec);
  const bool warming = static_cast<double>(state_.step) < warmup;
  L0Controller(spec.training.target_l0, warmup)
      .TakeIn(sums.totals[2], batch_tokens_, warming, state_.l0);
}

at::Tensor Trunk::Reconstruct(const at::Tensor& x) {
  at::Tensor recons = at::empty(x.sizes(), x.options());
  stepper_->Measure(x, recons);
  return recons;
}

HeldOutMeasurement Trunk::Evaluate(double coefficient, const HeldOutSet& set) {
  const std::int64_t chunk = std::max(kLeastChunkTokens, batch_tokens_);
  return saelaw::Evaluate(*stepper_, coefficient, set, chunk);
}

void Trunk::CountSilence(const at::Tensor& fired) {
  if (!state_.silent_tokens.defined()) return;
  // A latent that fired is set back to 0 by the product, and the others keep their count. There is
  // no branch by latent, and the same two operations serve every device.
  state_.silent_tokens.add_(static_cast<double>(batch_tokens_));
  state_.silent_tokens.mul_(fired.eq(0));
}

}  // namespace saelaw
