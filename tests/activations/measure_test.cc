// Measure(), on sources whose answer is known.
#include <cmath>
#include <limits>
#include <utility>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/block_stream.h"
#include "activations/expect_error.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

SourceSpec Spec() {
  SourceSpec spec;
  spec.held_out_tokens = 1000;
  return spec;
}

// Gives the rows of one tensor, once.
class RowsSource : public ActivationSource {
 public:
  explicit RowsSource(at::Tensor rows)
      : rows_(std::move(rows)), held_out_{rows_, CutIntoBlocks(rows_.size(0))} {}
  std::int64_t d_in() const override { return rows_.size(1); }
  std::int64_t training_tokens() const override { return rows_.size(0); }
  std::unique_ptr<ActivationStream> OpenStream(std::uint64_t,
                                               std::int64_t batch_tokens,
                                               std::int64_t first_batch) override {
    class Reader : public BlockReader {
     public:
      explicit Reader(at::Tensor rows) : rows_(std::move(rows)) {}
      at::Tensor Read(std::int64_t) override { return rows_; }

     private:
      at::Tensor rows_;
    };
    return OpenBlockStream(std::make_unique<Reader>(rows_),
                           {rows_.size(0), rows_.size(0), "the rows"},
                           batch_tokens,
                           first_batch);
  }
  const HeldOutVectors& HeldOut() override { return held_out_; }
  void SetHeldOut(HeldOutVectors held_out) { held_out_ = std::move(held_out); }

 private:
  at::Tensor rows_;
  HeldOutVectors held_out_;
};

// Squared norms 25, 25, 4, 16; the mean vector is (1, 1).
TEST(Measure, IsTheArithmeticOfAFewRows) {
  RowsSource source(at::tensor({3.F, 4.F, 3.F, -4.F, -2.F, 0.F, 0.F, 4.F}).reshape({4, 2}));
  const Measurement measured = Measure(Spec(), source);
  EXPECT_DOUBLE_EQ(measured.mean_squared_norm, (25 + 25 + 4 + 16) / 4.0);
  EXPECT_DOUBLE_EQ(measured.max_squared_norm, 25);
  EXPECT_DOUBLE_EQ(measured.mean_vector_share, 2 / 17.5);
  EXPECT_DOUBLE_EQ(measured.activation_scale, 1 / std::sqrt(17.5));
  EXPECT_EQ(measured.training_tokens, 4);
  EXPECT_EQ(measured.held_out_tokens, 4);
  EXPECT_DOUBLE_EQ(measured.median_norm, 5);  // of 2, 4, 5, 5 the third
  EXPECT_DOUBLE_EQ(measured.largest_norm, 50);
  EXPECT_EQ(measured.outliers, 0);
  EXPECT_EQ(measured.measured_tokens, 4);
}

// One massive vector in 3,000 would make the mean squared norm 34 times as large.
TEST(Measure, OneVectorCannotMoveTheScale) {
  at::Tensor rows = at::ones({3000, 2});
  rows.select(1, 1).narrow(0, 0, 1500).fill_(-1);
  RowsSource plain(rows);
  at::Tensor with = rows.clone();
  with[1234].fill_(100 * std::sqrt(10.0));
  RowsSource massive(with);
  const Measurement measured = Measure(Spec(), massive);
  EXPECT_NEAR(measured.activation_scale, Measure(Spec(), plain).activation_scale, 1e-9);
  EXPECT_EQ(measured.outliers, 1);
  EXPECT_NEAR(measured.max_squared_norm, 2e5, 1);
  EXPECT_NEAR(measured.largest_norm, 10 * std::sqrt(2.0), 1e-6);
  EXPECT_EQ(measured.held_out_tokens, 2999);

  SourceSpec off = Spec();
  off.outlier_norm = 0;  // of the scale alone
  const Measurement kept = Measure(off, massive);
  EXPECT_EQ(kept.activation_scale, measured.activation_scale);
  EXPECT_EQ(kept.largest_norm, 0);
  EXPECT_EQ(kept.outliers, 1);
  EXPECT_EQ(kept.held_out_tokens, 3000);
}

// Two documents of four vectors in one dimension: between them 8·2² = 32 on 1 degree of freedom,
// within them 8 on 6; so (32 - 4/3)/(32 + 3·4/3).
TEST(Measure, CorrelationOfDocumentsIsThatOfAnAnalysisOfVariance) {
  RowsSource source(at::tensor({1.F, 3.F, 1.F, 3.F, 5.F, 7.F, 5.F, 7.F}).reshape({8, 1}));
  source.SetHeldOut(
      {at::tensor({1.F, 3.F, 1.F, 3.F, 5.F, 7.F, 5.F, 7.F}).reshape({8, 1}), {0, 4, 8}});
  const Measurement measured = Measure(Spec(), source);
  EXPECT_NEAR(measured.document_correlation, (32 - 4 / 3.0) / (32 + 3 * 4 / 3.0), 1e-12);
  EXPECT_EQ(measured.held_out_documents, 2);
}

TEST(Measure, FindsHeldOutVectorsThatAreNotFinite) {
  RowsSource source(at::tensor({3.F, 4.F, 3.F, -4.F}).reshape({2, 2}));
  at::Tensor bad = at::ones({3, 2});
  bad[1][0] = std::numeric_limits<float>::infinity();
  source.SetHeldOut({bad, {0, 3}});
  EXPECT_THAT(MakeMessage(ExitCode::kIo, [&] { Measure(Spec(), source); }),
              HasSubstr("held-out vector 1 is not finite"));
}

TEST(Measure, RejectsActivationsThatDoNotVary) {
  RowsSource zeros(at::zeros({5000, 3}));
  RowsSource equal(at::tensor({0.1F, -7.3F, 1e-3F}).expand({5000, 3}));
  for (RowsSource* source : {&zeros, &equal}) {
    EXPECT_THAT(MakeMessage(ExitCode::kConfiguration, [&] { Measure(Spec(), *source); }),
                HasSubstr("do not vary: all 4864 measured vectors are equal"));
  }
}

TEST(Measure, ScaleGivesUnitMeanSquaredNorm) {
  const SourceSpec spec = Spec();
  const auto source = OpenSource(spec, {});
  const Measurement measured = Measure(spec, *source);
  const at::Tensor first = source->OpenStream(0, 65536, 0)->Next() * measured.activation_scale;
  EXPECT_NEAR(first.square().sum(1).mean().item<double>(), 1, 1e-6);
  EXPECT_GT(measured.max_squared_norm, measured.mean_squared_norm);
  EXPECT_EQ(measured.training_tokens, -1);
  EXPECT_EQ(measured.d_in, 64);
  EXPECT_EQ(measured.source_key, SourceKey(spec));
  const double share = first.mean(0).square().sum().item<double>();
  EXPECT_NEAR(measured.mean_vector_share, share, 1e-6);
  RecordProperty("tokens_per_second", std::to_string(measured.tokens_per_second));
}

TEST(Measure, LeavesTheScaleAloneWhenNotNormalised) {
  SourceSpec spec = Spec();
  spec.normalise = false;
  spec.normalisation_tokens = 1000;  // fewer than a batch of the measurement
  EXPECT_EQ(Measure(spec, *OpenSource(spec, {})).activation_scale, 1);
}

}  // namespace
}  // namespace saelaw
