#include "sae/reference/reference_stepper.h"

#include <ATen/ATen.h>

#include "sae/reference/adam.h"
#include "sae/reference/jump_relu.h"

namespace saelaw {
namespace {

class ReferenceStepper : public Stepper {
 public:
  ReferenceStepper(const StepSettings& settings, SaeState& state)
      : settings_(settings), state_(state) {}

  // The gradients are projected first and clipped then: what is limited is what is applied.
  BatchSums Step(const StepRates& rates, const at::Tensor& x) override {
    SaeParameters& parameters = state_.parameters;
    SaeStep step = LossAndGradients(parameters, settings_.objective, rates.coefficient, x);
    ProjectOutDecoderRows(parameters.w_dec, step.gradients.w_dec);
    if (settings_.gradient_clip > 0) ClipGradients(settings_.gradient_clip, step.gradients);
    AdamUpdate(
        settings_.adam, rates.lr, rates.threshold_lr, step.gradients, parameters, state_.adam);
    NormaliseDecoderRows(parameters.w_dec);
    // Below ε/2 the window would reach negative pre-activations.
    if (settings_.objective.parametrisation == ThresholdParametrisation::kRaw) {
      parameters.threshold.clamp_min_(settings_.objective.bandwidth / 2);
    }
    return step.sums;
  }

  BatchSums Measure(const at::Tensor& x, const at::Tensor& recons) override {
    return MeasureForward(state_.parameters, settings_.objective, x, recons);
  }

  void Retire() override { state_.adam.first = state_.adam.second = {}; }

 private:
  StepSettings settings_;
  SaeState& state_;
};

}  // namespace

std::unique_ptr<Stepper> MakeReferenceStepper(const StepSettings& settings, SaeState& state) {
  return std::make_unique<ReferenceStepper>(settings, state);
}

}  // namespace saelaw
