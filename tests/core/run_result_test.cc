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

// The text of one result, as versions before the table of metrics wrote it: databases are full of
// such texts, so it stays what it is.
TEST(RunResult, IsStoredAsEver) {
  RunResult r;
  r.id = "0123456789abcdef";
  r.origin = "fedcba9876543210";
  r.end_reason = "why";
  r.tokens = 4096;
  r.final = {4096, 0.1, 0.2, 0.3, 4.5, 0.0625, {0.01, 0.02, 0.03, 0.04, 0.05}};
  r.held_out = {2, 30, {10, 20}, {0.4, 0.5}, {0.3, 0.4}, {19, 20}, {1, 2}};
  r.curve = {{512, 1.5, 1.25, 0.5, 20, 0.125, {}}};
  r.curve_tokens = 100;
  r.curve_parts = 2;
  r.threshold = {0.1, 0.2, 0.3, 0.4, 0.5};
  r.dead_fraction_training = 0.75;
  r.dead_after_tokens = 1000;
  r.fired_once = 3;
  r.fired_twice = 2;
  r.dense_fraction = 0.2;
  r.dense_fraction_se = 0.002;
  r.firing_histogram = {3, 0, 1};
  r.splice = {3.5, 0.25, 9.5, 0.96, 0.1, 0.02, 0.3, 0.004, 64, 2048};
  r.train_loss = 0.11;
  r.wall_seconds = 12.5;
  r.tokens_per_second = 327.68;
  r.provenance = {"host", "cpu", "avx2", "2.1", "0.2.0", 4, 2, 1};
  r.weights = "w.safetensors";
  EXPECT_EQ(
      ToJson(r),
      R"({"ce":3.5,"ce_delta":0.25,"ce_delta_se":0.02,"ce_documents":64,"ce_se":0.1,)"
      R"("ce_tokens":2048,"ce_zero":9.5,"ce_zero_se":0.3,"curve":[{"dead_fraction":0.125,)"
      R"("fvu":0.5,"l0":20.0,"loss":1.5,"mse":1.25,"tokens":512}],"curve_parts":2,)"
      R"("curve_tokens":100,"dead_after_tokens":1000,"dead_fraction_training":0.75,)"
      R"("dense_fraction":0.2,"dense_fraction_se":0.002,"end":"completed","end_reason":"why",)"
      R"("final":{"dead_fraction":0.0625,"dead_fraction_se":0.05,"fvu":0.3,"fvu_se":0.03,)"
      R"("l0":4.5,"l0_se":0.04,"loss":0.1,"loss_se":0.01,"mse":0.2,"mse_se":0.02,)"
      R"("tokens":4096},"fired_once":3,"fired_twice":2,"firing_histogram":[3,0,1],)"
      R"("held_out":{"counts":[10,20],"documents":2,"l0":[19.0,20.0],"loss":[0.4,0.5],)"
      R"("mse":[0.3,0.4],"tokens":30,"variance":[1.0,2.0]},"id":"0123456789abcdef",)"
      R"("loss_recovered":0.96,"loss_recovered_se":0.004,"origin":"fedcba9876543210",)"
      R"("provenance":{"device":"cpu","gang_size":2,"host":"host","instruction_set":"avx2",)"
      R"("saelaw_version":"0.2.0","threads":4,"torch_version":"2.1","trunk_size":1},)"
      R"("threshold":{"q05":0.1,"q25":0.2,"q50":0.3,"q75":0.4,"q95":0.5},"tokens":4096,)"
      R"("tokens_per_second":327.68,"train_loss":0.11,"wall_seconds":12.5,)"
      R"("weights":"w.safetensors"})");
}

}  // namespace
}  // namespace saelaw
