// Measure(), on sources whose answer is known.
#include <cmath>
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
      : rows_(std::move(rows)),
        held_out_{rows_, BlocksOf(rows_.size(0), kBlocksWithoutDocuments)} {}
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
  EXPECT_EQ(measured.held_out_tokens, 1000);
}

TEST(Measure, RejectsActivationsThatDoNotVary) {
  RowsSource zeros(at::zeros({5000, 3}));
  RowsSource equal(at::tensor({0.1F, -7.3F, 1e-3F}).expand({5000, 3}));
  for (RowsSource* source : {&zeros, &equal}) {
    EXPECT_THAT(MessageOf(ExitCode::kConfiguration, [&] { Measure(Spec(), *source); }),
                HasSubstr("do not vary: all 4096 measured vectors are equal"));
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
