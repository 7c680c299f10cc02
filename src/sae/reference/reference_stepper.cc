// One step in the plainest order: gradients, projection, clipping, Adam, norm, bounds. It works on
// any device and for all settings, so whatever the kernels do not support comes here.
#include "sae/reference/reference_stepper.h"

#include <ATen/ATen.h>

#include "sae/reference/adam.h"
#include "sae/reference/loss.h"

namespace saelaw {
namespace {

class ReferenceStepper : public Stepper {
 public:
  ReferenceStepper(const StepSettings& settings, SaeState& state)
      : settings_(settings), state_(state) {}

  // The gradients are projected first and clipped then: what is limited is what is applied.
  BatchSums Step(const StepRates& rates, const at::Tensor& x) override {
    SaeParameters& parameters = state_.parameters;
    const Architecture& architecture = *settings_.objective.architecture;
    SaeStep step = LossAndGradients(
        parameters, settings_.objective, rates.coefficient, x, settings_.auxiliary, rates.dead);
    ProjectOutDecoderRows(parameters.w_dec, step.gradients.w_dec);
    if (settings_.gradient_clip > 0) ClipGradients(settings_.gradient_clip, step.gradients);
    AdamUpdate(architecture,
               settings_.adam,
               rates.lr,
               rates.threshold_lr,
               step.gradients,
               parameters,
               state_.adam);
    // Adam leaves the sphere a little, so the rows are brought back to it after each update.
    NormaliseDecoderRows(parameters.w_dec);
    architecture.KeepBounds(settings_.objective, parameters);
    if (step.seen.defined()) architecture.TakeIn(step.seen, parameters);
    return step.sums;
  }

  BatchSums Measure(const at::Tensor& x, const at::Tensor& recons) override {
    return MeasureForward(state_.parameters, settings_.objective, x, recons);
  }

  // Both moments go. The parameters stay, for the measures that follow.
  void Retire() override { state_.adam.first = state_.adam.second = {}; }

 private:
  StepSettings settings_;
  SaeState& state_;
};

}  // namespace

Acceleration ReferenceAcceleration() {
  // No device, architecture or precision is named: the reference takes all of them.
  Acceleration reference;
  reference.name = kReferencePath;
  reference.is_here = [] { return true; };
  reference.make = [](const StepSettings& settings, StepWorkspace&, SaeState& state) {
    return std::make_unique<ReferenceStepper>(settings, state);
  };
  return reference;
}

}  // namespace saelaw
