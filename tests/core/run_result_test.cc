#include "core/run_result.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(RunResult, KeepsTheLanguageModelsLossesAndTheHistogram) {
  RunResult result;
  result.firing_histogram = {3, 0, 0, 1, 0, 0, 0, 0, 2, 0, 0, 0, 1};
  result.splice = {3.5, 0.25, 9.5, 0.96, 0.1, 0.02, 0.3, 0.004, 64, 2048};
  const RunResult read = RunResultFromJson(ToJson(result));
  EXPECT_EQ(read.firing_histogram, result.firing_histogram);
  EXPECT_EQ(read.splice.ce, 3.5);
  EXPECT_EQ(read.splice.ce_delta, 0.25);
  EXPECT_EQ(read.splice.ce_zero, 9.5);
  EXPECT_EQ(read.splice.loss_recovered, 0.96);
  EXPECT_EQ(read.splice.ce_delta_se, 0.02);
  EXPECT_EQ(read.splice.loss_recovered_se, 0.004);
  EXPECT_EQ(read.splice.documents, 64);
  EXPECT_EQ(read.splice.tokens, 2048);
}

TEST(RunResult, KeepsWhatItsDocumentsShowed) {
  RunResult result;
  result.final = {1000, 0.5, 0.4, 0.3, 20, 0.1, {0.01, 0.02, 0.03, 0.4, 0.05}};
  result.curve = {{500, 0.6, 0.5, 0.4, 21, 0.2}};
  result.curve_tokens = 4096;
  result.curve_parts = 3;
  result.dense_fraction_se = 0.002;
  result.held_out = {
      5, 60, {10, 20, 30}, {0.4, 0.5, 0.6}, {0.3, 0.4, 0.5}, {19, 20, 21}, {1, 2, 3}};
  const RunResult read = RunResultFromJson(ToJson(result));
  EXPECT_EQ(read.final.se.loss, 0.01);
  EXPECT_EQ(read.final.se.dead_fraction, 0.05);
  EXPECT_TRUE(std::isnan(read.curve.front().se.loss));
  EXPECT_EQ(read.curve_tokens, 4096);
  EXPECT_EQ(read.curve_parts, 3);
  EXPECT_EQ(read.dense_fraction_se, 0.002);
  EXPECT_EQ(read.held_out.documents, 5);
  EXPECT_EQ(read.held_out.tokens, 60);
  EXPECT_EQ(read.held_out.counts, result.held_out.counts);
  EXPECT_EQ(read.held_out.loss, result.held_out.loss);
  EXPECT_EQ(read.held_out.mse, result.held_out.mse);
  EXPECT_EQ(read.held_out.l0, result.held_out.l0);
  EXPECT_EQ(read.held_out.variance, result.held_out.variance);
}

// As version 0.1.0 wrote it, shortened: no errors, no documents, no labels of the curve.
TEST(RunResult, ReadsVersionOne) {
  const RunResult read = RunResultFromJson(
      R"({"id":"a","end":"completed","end_reason":"","tokens":9,"threshold":{"q05":0,"q25":0,
      "q50":0,"q75":0,"q95":0},"final":{"tokens":9,"loss":1.5,"mse":1,"fvu":0.5,"l0":3,
      "dead_fraction":0},"curve":[],"dead_fraction_training":0,"dense_fraction":0,"train_loss":1,
      "wall_seconds":1,"tokens_per_second":1,"weights":"","provenance":{"host":"","device":"cpu",
      "instruction_set":"","torch_version":"","saelaw_version":"","threads":1,"gang_size":1}})");
  EXPECT_EQ(read.final.loss, 1.5);
  EXPECT_TRUE(std::isnan(read.final.se.loss));
  EXPECT_TRUE(std::isnan(read.dense_fraction_se));
  EXPECT_TRUE(read.held_out.empty());
  EXPECT_EQ(read.curve_tokens, 0);
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
