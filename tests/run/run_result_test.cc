#include "run/run_result.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(RunResult, KeepsTheLanguageModelsLossesAndTheHistogram) {
  RunResult result;
  result.firing_histogram = {3, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 1};
  result.splice = {3.5, 0.25, 9.5, 0.96};
  const RunResult read = RunResultFromJson(ToJson(result));
  EXPECT_EQ(read.firing_histogram, result.firing_histogram);
  EXPECT_EQ(read.splice.ce, 3.5);
  EXPECT_EQ(read.splice.ce_delta, 0.25);
  EXPECT_EQ(read.splice.ce_zero, 9.5);
  EXPECT_EQ(read.splice.loss_recovered, 0.96);
}

// A result stored before there were these fields.
TEST(RunResult, ReadsResultsWithoutThem) {
  std::string text = ToJson(RunResult{});
  for (const std::string name : {"\"ce\":", "\"firing_histogram\":"}) {
    const std::size_t at = text.find(name);
    ASSERT_NE(at, std::string::npos);
    text.replace(at + 1, 2, "x_");
  }
  const RunResult read = RunResultFromJson(text);
  EXPECT_TRUE(std::isnan(read.splice.ce));
  EXPECT_TRUE(read.firing_histogram.empty());
}

}  // namespace
}  // namespace saelaw
