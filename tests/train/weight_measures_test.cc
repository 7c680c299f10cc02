#include "train/weight_measures.h"

#include <ATen/ATen.h>
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

}  // namespace
}  // namespace saelaw
