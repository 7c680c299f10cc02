#include "llm/rope.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

ModelConfig Config(std::int64_t head_dim, double theta) {
  ModelConfig config;
  config.head_dim = head_dim;
  config.rope_theta = theta;
  return config;
}

std::vector<double> Frequencies(const ModelConfig& config) {
  const at::Tensor frequencies = InverseFrequencies(config).to(at::kDouble);
  const auto* data = frequencies.const_data_ptr<double>();
  return {data, data + frequencies.numel()};
}

// theta^(-2i / head_dim): Su et al. 2021, arXiv 2104.09864, section 3.2.2.
TEST(InverseFrequencies, FallGeometricallyFromOne) {
  const std::vector<double> got = Frequencies(Config(8, 10000));
  ASSERT_EQ(got.size(), 4u);
  const double expected[] = {1, 0.1, 0.01, 0.001};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(got[i], expected[i], 1e-7 * expected[i]);
}

// Llama 3.1's rule by hand, with an original context of 2π·1000, so that a frequency f makes
// 1000 f turns in it: 1000 and 100 turns are more than high_freq_factor and stay, 1 is fewer than
// low_freq_factor and is divided, and 10 lies at (10 - 5) / (25 - 5) = 1/4 between them.
TEST(InverseFrequencies, ScalesLongWavesAsLlama3Does) {
  ModelConfig config = Config(8, 10000);
  config.rope_scaling = Llama3RopeScaling{8, 5, 25, 2 * M_PI * 1000};
  const std::vector<double> got = Frequencies(config);
  const double expected[] = {1, 0.1, 0.75 * 0.01 / 8 + 0.25 * 0.01, 0.001 / 8};
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(got[i], expected[i], 1e-7 * expected[i]);
}

TEST(InverseFrequencies, TakesTheDivisorsThatAGgufFileBrings) {
  ModelConfig config = Config(4, 100);
  config.rope_divisors = {1, 8};
  EXPECT_NEAR(Frequencies(config)[1], 0.1 / 8, 1e-9);
}

TEST(RotaryTables, HoldTheAnglesOfPositionsTwice) {
  const at::Tensor frequencies = at::tensor({1.0F, 0.5F});
  const RotaryTables tables = MakeRotaryTables(frequencies, 3, at::kFloat);
  ASSERT_EQ(tables.cosine.sizes(), (at::IntArrayRef{3, 1, 4}));
  for (std::int64_t position = 0; position < 3; ++position) {
    for (std::int64_t i = 0; i < 4; ++i) {
      const double angle = static_cast<double>(position) * (i % 2 == 0 ? 1 : 0.5);
      EXPECT_NEAR(tables.cosine[position][0][i].item<double>(), std::cos(angle), 1e-6);
      EXPECT_NEAR(tables.sine[position][0][i].item<double>(), std::sin(angle), 1e-6);
    }
  }
  EXPECT_EQ(MakeRotaryTables(frequencies, 3, at::kBFloat16).sine.scalar_type(), at::kBFloat16);
}

// Llama 3.1: factor 8, low 1, high 4, original context 8192. The wavelengths of theta 500,000 and
// head_dim 128 at i = 0, 31, 63 are 6.28, 3,618 (between 2,048 and 8,192) and 2.56 million.
TEST(InverseFrequencies, FollowsLlama3) {
  ModelConfig config;
  config.head_dim = 128;
  config.rope_theta = 500000;
  const at::Tensor plain = InverseFrequencies(config);
  config.rope_scaling = Llama3RopeScaling{};
  const at::Tensor ratio = InverseFrequencies(config) / plain;
  EXPECT_EQ(ratio[0].item<float>(), 1.0F);
  EXPECT_NEAR(ratio[63].item<float>(), 1.0F / 8, 1e-7);
  const double wavelength = 2 * M_PI * std::pow(500000.0, 31.0 / 64);
  const double smooth = (8192 / wavelength - 1) / 3;
  EXPECT_NEAR(ratio[31].item<float>(), (1 - smooth) / 8 + smooth, 1e-6);
}

}  // namespace
}  // namespace saelaw
