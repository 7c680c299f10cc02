#include "sae/reference/reference_stepper.h"

#include <gtest/gtest.h>

#include "sae/cpu/steps.h"
#include "sae/reference/loss.h"

namespace saelaw {
namespace {

constexpr Shape kShape = {20, 24, 9};

class ReferenceSteps : public ::testing::Test {
 protected:
  std::unique_ptr<Stepper> Make(SaeState& state) {
    return ReferenceAcceleration().make(settings_, workspace_, state);
  }
  StepSettings settings_ = MakeSettings(kVariants[0], Precision::kFp32);
  StepWorkspace workspace_;
  SaeState state_ = InType(StateOf(kShape, kVariants[0]), at::kDouble, {});
  at::Tensor x_ = Drawn({kShape.tokens, kShape.d_in}, 6);
  StepRates rates_{1e-3, 5e-4, 2e-2};
};

// A loss that is told of a step is that before it: a curve's first point is the start.
TEST_F(ReferenceSteps, TellTheSumsBeforeTheUpdate) {
  const auto stepper = Make(state_);
  const BatchSums measured = stepper->Measure(x_, {});
  EXPECT_TRUE(at::equal(stepper->Step(rates_, x_).totals, measured.totals));
  EXPECT_FALSE(at::equal(stepper->Measure(x_, {}).totals, measured.totals));
}

TEST_F(ReferenceSteps, KeepUnitRowsAndBounds) {
  state_.parameters.threshold.fill_(0.15);  // half the bandwidth, as low as a threshold may be
  const auto stepper = Make(state_);
  for (int i = 0; i < 5; ++i) stepper->Step({0.5, 0.5, 2e-2}, x_);
  const at::Tensor norms = at::linalg_vector_norm(state_.parameters.w_dec, 2, {1});
  EXPECT_LT((norms - 1).abs().max().item<double>(), 1e-12);
  EXPECT_GE(state_.parameters.threshold.min().item<double>(), 0.15);
}

// What is limited is what is applied: the gradient's norm after its projection.
TEST_F(ReferenceSteps, ClipTheProjectedGradient) {
  SaeStep step = LossAndGradients(state_.parameters, settings_.objective, rates_.coefficient, x_);
  ProjectOutDecoderRows(state_.parameters.w_dec, step.gradients.w_dec);
  double squares = 0;
  for (const at::Tensor& gradient : TensorsOf(step.gradients)) {
    squares += gradient.square().sum().item<double>();
  }
  settings_.gradient_clip = 0.1 * std::sqrt(squares);
  Make(state_)->Step(rates_, x_);
  // After one update a second moment is (1 - β2)·g², of a gradient a tenth as large.
  const at::Tensor expected = 0.001 * (0.1 * step.gradients.w_dec).square();
  EXPECT_LT(Difference(state_.adam.second.w_dec, expected), 1e-5);
}

TEST_F(ReferenceSteps, MeasureOnWithoutTheirMoments) {
  const auto stepper = Make(state_);
  stepper->Step(rates_, x_);
  const BatchSums before = stepper->Measure(x_, {});
  stepper->Retire();
  EXPECT_FALSE(state_.adam.second.w_dec.defined());
  EXPECT_TRUE(at::equal(stepper->Measure(x_, {}).totals, before.totals));
}

}  // namespace
}  // namespace saelaw
