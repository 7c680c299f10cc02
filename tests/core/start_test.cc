#include "core/start.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kDIn = 64;

SaeSpec Wide(std::int64_t times, double threshold = 0.001) {
  SaeSpec spec;
  spec.d_sae = times * kDIn;
  spec.threshold_init = threshold;
  return spec;
}

VectorMoments Moments(double mean_share) { return {1, mean_share, std::vector<double>(kDIn, 0.1)}; }

TEST(MakeStart, LeavesNarrowSaesOnWeakMeansAsTheyWere) {
  for (const std::int64_t times : {1, 2, 8}) {
    const SaeStart start = MakeStart(Wide(times), kDIn, Moments(0.3));
    EXPECT_EQ(start.encoder_scale, 1);
    EXPECT_TRUE(start.b_dec.empty());
  }
}

// 1/sqrt(q² + q) with q = d_sae/(2 d_in), where no threshold holds latents back.
TEST(MakeStart, ScalesWideEncodersToTheSizeOfTheInput) {
  EXPECT_NEAR(MakeStart(Wide(16, 1e-9), kDIn, Moments(0)).encoder_scale, 0.117851, 1e-5);
  EXPECT_NEAR(MakeStart(Wide(128, 1e-9), kDIn, Moments(0)).encoder_scale, 0.0155043, 1e-6);
}

TEST(MakeStart, LetsLatentsPassALargeThreshold) {
  const double low = MakeStart(Wide(16, 0.001), kDIn, Moments(0)).encoder_scale;
  const double high = MakeStart(Wide(16, 0.1), kDIn, Moments(0)).encoder_scale;
  EXPECT_GT(high, 1.5 * low);  // at the low scale the threshold would be 7 standard deviations
  EXPECT_EQ(MakeStart(Wide(16, 1), kDIn, Moments(0)).encoder_scale, 1);
}

TEST(MakeStart, BeginsAtAStrongMean) {
  EXPECT_EQ(MakeStart(Wide(4), kDIn, Moments(0.6)).b_dec, Moments(0.6).mean);
  SaeSpec spec = Wide(4);
  spec.b_dec_init = BiasStart::kZeros;
  EXPECT_TRUE(MakeStart(spec, kDIn, Moments(0.997)).b_dec.empty());
  spec.b_dec_init = BiasStart::kMean;
  EXPECT_EQ(MakeStart(spec, kDIn, Moments(0.01)).b_dec, Moments(0.01).mean);
}

TEST(MakeStart, TakesTheScaleThatIsGiven) {
  SaeSpec spec = Wide(128);
  spec.w_enc_init_scale = 1;
  EXPECT_EQ(MakeStart(spec, kDIn, Moments(0)).encoder_scale, 1);
}

TEST(Scaled, ScalesTheMomentsOfTheVectors) {
  const VectorMoments scaled = Scaled({8, 0.25, {2, -4}}, 0.5);
  EXPECT_EQ(scaled.mean_squared_norm, 2);
  EXPECT_EQ(scaled.mean_share, 0.25);
  EXPECT_EQ(scaled.mean, (std::vector<double>{1, -2}));
}

}  // namespace
}  // namespace saelaw
