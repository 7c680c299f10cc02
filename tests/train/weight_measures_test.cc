#include "train/weight_measures.h"

#include <cmath>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

SaeParameters WithDecoder(const at::Tensor& w_dec) {
  SaeParameters sae;
  sae.w_dec = w_dec;
  sae.threshold = at::linspace(1, 5, w_dec.size(0));
  return sae;
}

RunMeasures MeasuresOf(const at::Tensor& w_dec) {
  RunMeasures measures;
  MeasureWeights(SaeSpec{}, WithDecoder(w_dec), measures);
  return measures;
}

TEST(MeasureWeights, TellsTheThresholds) {
  const RunMeasures measures = MeasuresOf(at::eye(5));
  EXPECT_DOUBLE_EQ(measures.threshold.q50, 3);
  EXPECT_DOUBLE_EQ(measures.threshold.q25, 2);
}

double CosineOf(const at::Tensor& w_dec) { return MeasuresOf(w_dec).nearest_decoder_cosine; }

TEST(NearestDecoderCosine, IsThatOfThePairWhichStandsNearest) {
  EXPECT_NEAR(CosineOf(at::eye(4)), 0, 1e-7);
  // Two at 60 degrees, and one that both see at 90.
  const at::Tensor rows = at::tensor({1.0, 0.0, 0.0, 0.5, std::sqrt(0.75), 0.0, 0.0, 0.0, 1.0});
  EXPECT_NEAR(CosineOf(rows.view({3, 3})), (0.5 + 0.5 + 0) / 3, 1e-7);
}

// A latent is not its own neighbour, and one that points away is far.
TEST(NearestDecoderCosine, LooksAtOthersAloneAndAtTheSign) {
  EXPECT_NEAR(CosineOf(at::tensor({1.0, 0.0, -1.0, 0.0}).view({2, 2})), -1, 1e-7);
  EXPECT_TRUE(std::isnan(CosineOf(at::eye(1))));
}

TEST(NearestDecoderCosine, AsksNoUnitRows) {
  EXPECT_NEAR(CosineOf(at::tensor({2.0, 0.0, 3.0, 3.0}).view({2, 2})), std::sqrt(0.5), 1e-6);
}

// More rows than are compared at once, and than are compared at all: pairs of equal neighbours,
// of which every second row meets its twin in any sample.
TEST(NearestDecoderCosine, SamplesAWideDecoder) {
  const at::Tensor angles = at::arange(20000).div(2, "floor").to(at::kDouble).mul(3e-4);
  const at::Tensor twins = at::stack({angles.cos(), angles.sin()}, 1);
  EXPECT_NEAR(CosineOf(twins), 1, 1e-9);
  EXPECT_NEAR(CosineOf(twins.to(at::kFloat)), 1, 1e-6);
}

// Against the definition, over several tiles of rows.
TEST(NearestDecoderCosine, AgreesWithTheDefinition) {
  const at::Tensor rows = at::randn({2500, 8}, at::detail::createCPUGenerator(7), at::kDouble);
  const at::Tensor unit = rows / rows.norm(2, 1, true);
  at::Tensor cosines = unit.mm(unit.t());
  cosines.fill_diagonal_(-2);
  EXPECT_NEAR(CosineOf(rows), cosines.amax(1).mean().item<double>(), 1e-12);
}

}  // namespace
}  // namespace saelaw
