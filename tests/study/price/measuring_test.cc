#include "study/price/measuring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::HasSubstr;

const std::vector<StepShape> kShapes = {{4096, 2048}, {8192, 2048}};

Place Gpu(bool library = true) { return {"NVIDIA H200, driver 580", true, library}; }

Measurement MeasuredAt(const Place& place, const std::vector<StepShape>& shapes) {
  Measurement measured;
  measured.tuning = ToMeasure(std::nullopt, place, shapes);
  measured.tuning.path = place.has_gpu_library ? "cuda" : "reference";
  return measured;
}

// A measurement is stored under its source alone: what it says of one machine is not of another.
TEST(StillHolds, OnItsOwnMachineAlone) {
  const Place cpu{"AMD EPYC avx2", false, false};
  const Measurement measured = MeasuredAt(cpu, {});
  EXPECT_TRUE(StillHolds(measured, cpu, kShapes));
  EXPECT_FALSE(StillHolds(measured, {"Intel Xeon avx2 amx_bf16", false, false}, kShapes));
  EXPECT_FALSE(StillHolds(measured, Gpu(), kShapes));
  EXPECT_FALSE(StillHolds(MeasuredAt(Gpu(), kShapes), cpu, kShapes));
  EXPECT_FALSE(StillHolds(Measurement{}, cpu, {}));  // an earlier version's
}

TEST(StillHolds, OnAGpuForTheShapesThatWereMeasured) {
  const Measurement measured = MeasuredAt(Gpu(), kShapes);
  EXPECT_TRUE(StillHolds(measured, Gpu(), kShapes));
  EXPECT_TRUE(StillHolds(measured, Gpu(), {kShapes[1]}));
  EXPECT_FALSE(StillHolds(measured, Gpu(), {{4096, 1024}}));
}

TEST(StillHolds, UntilTheLibraryIsThere) {
  const Measurement measured = MeasuredAt(Gpu(false), kShapes);
  EXPECT_TRUE(StillHolds(measured, Gpu(false), kShapes));
  EXPECT_FALSE(StillHolds(measured, Gpu(true), kShapes));
  EXPECT_NE(ToMeasure(measured, Gpu(true), kShapes).path, ToMeasure({}, Gpu(false), {}).path);
}

TEST(ToMeasure, KeepsTheShapesOfTheSameMachine) {
  const Measurement measured = MeasuredAt(Gpu(), {kShapes[0]});
  const StepTuning more = ToMeasure(measured, Gpu(), {kShapes[1]});
  EXPECT_EQ(more.machine, Gpu().machine);
  EXPECT_NE(FindShape(more, kShapes[0]), nullptr);
  EXPECT_NE(FindShape(more, kShapes[1]), nullptr);
  const StepTuning elsewhere = ToMeasure(measured, {"another", true, true}, {kShapes[1]});
  EXPECT_EQ(elsewhere.shapes.size(), 1U);
  EXPECT_TRUE(ToMeasure(measured, {"a CPU", false, false}, kShapes).shapes.empty());
}

TEST(ShapesOf, AreThoseOfEveryRun) {
  Sweep sweep;
  sweep.sae.d_sae = 4096;
  sweep.loss_law.d_sae = {4096, 8192};
  sweep.extra_runs = {{1024, 2048, 1e-3, ""}};
  sweep.training.batch_tokens = 512;
  const std::vector<StepShape> expected = {{2048, 512}, {4096, 512}, {8192, 512}};
  EXPECT_EQ(ShapesOf(sweep), expected);
}

// Contexts of 256 mixed 128 at a time, as 0.1.0 mixed them, in batches of 4,096: with a correlation
// of 0.0375 the effect is 2.2, at batch 64 it is 1.02 (an audit's measurements on SmolLM2).
TEST(DesignEffect, IsOfContextsThatABatchHasSeveralVectorsOf) {
  SourceSpec source;
  source.kind = SourceKind::kModel;
  source.model.context_tokens = 256;
  source.model.mixing_tokens = 128 * 255;
  EXPECT_NEAR(DesignEffect(source, 4096, 0.0375), 2.2, 0.01);
  EXPECT_NEAR(DesignEffect(source, 64, 0.0375), 1.02, 0.005);
  source.model.mixing_tokens = 0;  // 32 batches: 514 contexts
  EXPECT_NEAR(DesignEffect(source, 4096, 0.0375), 1.3, 0.01);
  EXPECT_EQ(DesignEffect(SourceSpec(), 4096, 0.0375), 1);
}

TEST(DataLines, SayOutliersAndMixing) {
  SourceSpec source;
  source.kind = SourceKind::kModel;
  Measurement measured;
  measured.held_out_tokens = 16'320;
  measured.held_out_documents = 64;
  measured.document_correlation = 0.0375;
  measured.measured_tokens = 65'536;
  measured.outliers = 3;
  measured.median_norm = 150;
  measured.largest_norm = 1500;
  const std::vector<std::string> lines = DataLines(source, 64, measured);
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_THAT(lines[0], HasSubstr("16.3K vectors of 64 documents"));
  EXPECT_THAT(lines[1], HasSubstr("about 160 contexts; design effect of a batch 1.01"));
  EXPECT_THAT(lines[2],
              HasSubstr("3 of 65536 measured vectors have more than 10 times the median"));
  EXPECT_TRUE(DataLines(SourceSpec(), 64, Measurement()).empty());
}

// ln 49,152 is 10.8; SmolLM2 has 2.6 on an ordinary paragraph.
TEST(DataLines, HoldTheLanguageModelAgainstGuessing) {
  const auto line = [](double own) {
    Measurement measured;
    measured.model_cross_entropy = own;
    measured.uniform_cross_entropy = 10.8;
    return DataLines(SourceSpec(), 64, measured).front();
  };
  EXPECT_EQ(line(2.6), "the language model's own cross-entropy on held-out text is 2.60 nats");
  EXPECT_THAT(line(7), HasSubstr("warning: the language model's own cross-entropy"));
  EXPECT_THAT(line(7), HasSubstr("where 2 to 4 are usual"));
  EXPECT_THAT(line(10.4), HasSubstr("as guessing among all tokens has (10.80)"));
}

}  // namespace
}  // namespace saelaw
