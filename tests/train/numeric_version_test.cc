// Guards kNumericVersion: the same spec must go on giving the same numbers.
//
// When a case fails, either the change was not meant to alter numbers, and is wrong, or it was:
// then raise kNumericVersion in core/run_spec.h, put the printed numbers here and say so in
// CHANGELOG.md. The tolerance is relative: rounding differs between instruction sets and numbers of
// threads by up to 2e-7 (measured on AVX512, AVX2 and neither, 1 and 2 threads), formulas by more.
#include <cmath>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "activations/source.h"
#include "train/gang.h"
#include "train/train_testing.h"

namespace saelaw {
namespace {

constexpr double kTolerance = 1e-5;

struct Case {
  std::string name;
  RunSpec spec;
  double loss, l0;  // final, held out
};

RunSpec Base() {
  RunSpec spec;
  spec.source.synthetic.d_in = spec.source.d_in = 24;
  spec.source.synthetic.dictionary_size = 64;
  spec.source.synthetic.active_latents = 4;
  spec.source.held_out_tokens = 512;
  spec.sae.d_sae = 48;
  spec.sae.threshold_init = spec.sae.bandwidth = 0.02;
  spec.training.batch_tokens = 128;
  spec.training.lr = 2e-3;
  spec.training.threshold_lr = 1e-3;
  spec.training.sparsity_coefficient = 5e-3;
  spec.training.evaluations = 1;
  spec.training.precision = Precision::kFp32;
  spec.tokens = 50 * spec.training.batch_tokens;
  return spec;
}

std::vector<Case> Cases() {
  std::vector<Case> cases(3, Case{"base", Base(), 0, 0});
  cases[0].loss = 5.83688187;
  cases[0].l0 = 20.9003906;

  cases[1].name = "log, target L0, momentum, warm-up-stable-decay, no pre-encoder bias";
  cases[1].spec.sae.threshold_parametrisation = ThresholdParametrisation::kLog;
  cases[1].spec.sae.pre_encoder_bias = false;
  cases[1].spec.training.sparsity = SparsityRule::kTargetL0;
  cases[1].spec.training.target_l0 = 6;
  cases[1].spec.training.threshold_lr = 0.02;
  cases[1].spec.training.adam_beta1 = 0.9;
  cases[1].spec.training.schedule = Schedule::kWarmupStableDecay;
  cases[1].loss = 4.40938516;
  cases[1].l0 = 19.5292969;

  cases[2].name = "other seeds, constant rate, clipped";
  cases[2].spec.seed = 11;
  cases[2].spec.stream_seed = 12;
  cases[2].spec.training.schedule = Schedule::kConstant;
  cases[2].spec.training.gradient_clip = 0.05;
  cases[2].loss = 2.2124684;
  cases[2].l0 = 23.6777344;
  return cases;
}

Evaluation FinalOf(const RunSpec& spec) {
  const auto source = OpenSource(spec.source, {});
  Job job = testing::JobOf({spec});
  job.activation_scale = 1;
  Gang gang(job, *source, testing::QuietSeams().clock);
  while (!gang.members()[0]->ended()) gang.Advance();
  const Gang::Ended ended = gang.TakeEnded();
  return ended.runs[0].member->Result(*ended.runs[0].trunk).final;
}

TEST(NumericVersion, FixedRunsGiveTheCommittedNumbers) {
  ASSERT_EQ(kNumericVersion, 2) << "make the numbers below anew";
  for (const Case& fixed : Cases()) {
    const Evaluation got = FinalOf(fixed.spec);
    EXPECT_NEAR(got.loss, fixed.loss, kTolerance * fixed.loss)
        << fixed.name << ": loss " << fmt::format("{:.9g}", got.loss);
    EXPECT_NEAR(got.l0, fixed.l0, 1e-3 * fixed.l0)
        << fixed.name << ": l0 " << fmt::format("{:.9g}", got.l0);
  }
}

}  // namespace
}  // namespace saelaw
