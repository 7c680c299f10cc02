#include "study/price/cost.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Llama-3.2-1B's shape from its published config.json; 1.2e9 parameters is the plan's convention.
Sweep ReferenceCase() {
  Sweep sweep;
  sweep.source.kind = SourceKind::kModel;
  sweep.source.d_in = 2048;
  sweep.source.model.layer = 7;
  sweep.model_shape = ModelShape{"llama-3.2-1b", 1200000000, 16, 2048, 8192, 32, 8, 64, 128256};
  sweep.target.tokens = 2100000000;
  sweep.target.d_sae = 16384;
  sweep.target.utilisation = 0.4;
  return sweep;
}

// The plan that saelaw grew from prices this case by hand: 2.5e18 FLOP and 4.2 h for the half
// forward, 8.5e17 and 1.4 h for the SAE, 5.7 h together on an RTX 4090 at peak.
TEST(PriceTarget, ReproducesTheReferenceCase) {
  const TargetPrice price = PriceTarget(ReferenceCase(), 2.1e9, *FindDevice("rtx4090"));
  EXPECT_NEAR(price.half_forward_flops, 2.5e18, 0.05e18);
  EXPECT_NEAR(price.half_forward_hours, 4.2, 0.05);
  EXPECT_NEAR(price.sae_flops, 8.5e17, 0.05e17);
  EXPECT_NEAR(price.sae_hours, 1.4, 0.05);
  EXPECT_NEAR(price.hours_at_peak(), 5.7, 0.05);
}

// 8 blocks of 60.8 M weights: 0.973 GFLOP a token.
TEST(PriceTarget, CountsTheBlocksThatAreNeeded) {
  const TargetPrice price = PriceTarget(ReferenceCase(), 2.1e9, *FindDevice("rtx4090"));
  EXPECT_NEAR(price.exact_forward_flops / 2.1e9, 0.973e9, 0.001e9);
  EXPECT_NEAR(price.exact_sae_flops, price.sae_flops * 10 / 12, 1);
  EXPECT_NEAR(price.exact_forward_hours, price.exact_forward_flops / (165e12 * 0.4) / 3600, 1e-9);
}

// Before anything was measured a GPU is taken for the target's, at the share of its peak that the
// sweep assumes; an H200's is six times an RTX 4090's.
TEST(PriceRun, TakesAGpuForTheTargets) {
  Sweep sweep = ReferenceCase();
  sweep.execution.device = "cuda";
  RunSpec run;
  run.source = sweep.source;
  run.sae.d_sae = 4096;
  run.tokens = 1'000'000;
  for (const char* device : {"rtx4090", "h200"}) {
    sweep.target.device = device;
    const Cost cost = PriceRun(run, sweep, {});
    EXPECT_NEAR(cost.seconds, cost.flops() / (FindDevice(device)->peak_flops * 0.4), 1e-9);
    EXPECT_NEAR(PriceRun(run, sweep, {1e12}).seconds, cost.flops() / 1e12, 1e-6);
  }
}

}  // namespace
}  // namespace saelaw
