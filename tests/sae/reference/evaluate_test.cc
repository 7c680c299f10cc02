#include "sae/reference/evaluate.h"

#include <cmath>
#include <functional>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "sae/model/initialise.h"
#include "sae/reference/metrics.h"
#include "sae/tune/accelerations.h"

namespace saelaw {
namespace {

// A small SAE on vectors whose size differs from document to document.
class EvaluateTest : public ::testing::Test {
 protected:
  EvaluateTest() {
    SaeSpec spec;
    spec.d_sae = 24;
    spec.threshold_init = 1.5;
    state_.parameters = Initialise(8, spec, 1, at::kDouble, at::kCPU);
    x_ = at::randn({2500, 8}, at::detail::createCPUGenerator(5), at::kDouble);
    for (std::size_t i = 0; i + 1 < begins_.size(); ++i) {
      x_.narrow(0, begins_[i], begins_[i + 1] - begins_[i]).mul_(0.2 * static_cast<double>(i + 1));
    }
    stepper_ = MakeStepper(kReferencePath, {objective_, {}}, workspace_, state_);
  }

  HeldOutMeasurement Measure(const at::Tensor& x, const std::vector<std::int64_t>& begins) {
    return Evaluate(*stepper_, 0.1, HeldOutFrom(x, begins, kScale), 300);
  }

  // The figure of all documents but one, measured anew.
  std::vector<double> Without(const std::function<double(const HeldOutMeasurement&)>& figure) {
    std::vector<double> values;
    for (std::size_t left_out = 0; left_out + 1 < begins_.size(); ++left_out) {
      const at::Tensor others =
          at::cat({x_.narrow(0, 0, begins_[left_out]),
                   x_.narrow(0, begins_[left_out + 1], x_.size(0) - begins_[left_out + 1])});
      values.push_back(figure(Measure(others, {0, others.size(0)})));
    }
    return values;
  }

  static constexpr double kScale = 1.5;
  std::vector<std::int64_t> begins_ = {0, 40, 700, 710, 1500, 2500};
  SaeObjective objective_;
  StepWorkspace workspace_;
  SaeState state_;
  at::Tensor x_;
  std::unique_ptr<Stepper> stepper_;
};

TEST_F(EvaluateTest, ErrorsAreThoseOfMeasuringAnewWithoutEachDocument) {
  const HeldOutMeasurement got = Measure(x_, begins_);
  const auto expected = [&](const std::function<double(const HeldOutMeasurement&)>& figure) {
    return JackknifeError(Without(figure));
  };
  const EvaluationErrors& se = got.evaluation.se;
  EXPECT_GT(se.loss, 0.1 * got.evaluation.loss);
  EXPECT_NEAR(se.loss, expected([](const auto& m) { return m.evaluation.loss; }), 1e-10);
  EXPECT_NEAR(se.mse, expected([](const auto& m) { return m.evaluation.mse; }), 1e-10);
  EXPECT_NEAR(se.fvu, expected([](const auto& m) { return m.evaluation.fvu; }), 1e-10);
  EXPECT_NEAR(se.l0, expected([](const auto& m) { return m.evaluation.l0; }), 1e-10);
  EXPECT_NEAR(
      se.dead_fraction, expected([](const auto& m) { return m.evaluation.dead_fraction; }), 1e-12);
  EXPECT_NEAR(
      got.dense_fraction_se, expected([](const auto& m) { return m.dense_fraction; }), 1e-12);
  EXPECT_GT(got.dense_fraction_se, 0);
}

TEST_F(EvaluateTest, RecordsEachDocument) {
  const HeldOutMeasurement got = Measure(x_, begins_);
  EXPECT_EQ(got.record.documents, 5);
  EXPECT_EQ(got.record.tokens, 2500);
  EXPECT_EQ(got.record.counts, (std::vector<std::int64_t>{40, 660, 10, 790, 1000}));
  const HeldOutMeasurement one = Measure(x_.narrow(0, 700, 10), {0, 10});
  EXPECT_NEAR(got.record.loss[2], one.evaluation.loss, 1e-12);
  EXPECT_NEAR(got.record.mse[2], one.evaluation.mse, 1e-12);
  EXPECT_NEAR(got.record.l0[2], one.evaluation.l0, 1e-12);
  double variance = 0;
  for (std::size_t i = 0; i < 5; ++i) {
    variance += got.record.variance[i] * static_cast<double>(got.record.counts[i]) / 2500;
  }
  EXPECT_NEAR(variance, kScale * kScale * Variance(x_), 1e-10);
}

TEST_F(EvaluateTest, OfOneDocumentHasNoErrors) {
  const HeldOutMeasurement got = Measure(x_, {0, 2500});
  EXPECT_TRUE(std::isnan(got.evaluation.se.loss) && std::isnan(got.evaluation.se.fvu));
  EXPECT_TRUE(std::isnan(got.evaluation.se.dead_fraction) && std::isnan(got.dense_fraction_se));
}

// 1,250 documents of two tokens make 256 parts; the totals are those of all tokens.
TEST_F(EvaluateTest, MergesNeighboursOfVeryManyDocuments) {
  std::vector<std::int64_t> begins;
  for (std::int64_t at = 0; at <= 2500; at += 2) begins.push_back(at);
  const HeldOutMeasurement many = Measure(x_, begins);
  const HeldOutMeasurement one = Measure(x_, {0, 2500});
  EXPECT_EQ(many.record.documents, 1250);
  EXPECT_EQ(many.record.counts.size(), 256U);
  EXPECT_NEAR(many.evaluation.loss, one.evaluation.loss, 1e-12);
  EXPECT_NEAR(many.evaluation.fvu, one.evaluation.fvu, 1e-12);
  EXPECT_EQ(many.evaluation.dead_fraction, one.evaluation.dead_fraction);
  EXPECT_EQ(many.firing_histogram, one.firing_histogram);
}

TEST(EvenSubset, TakesEveryDocumentByItsLength) {
  const at::Tensor x = at::arange(1000, at::kDouble).view({1000, 1});
  const HeldOutSet set = HeldOutFrom(x, {0, 100, 600, 1000}, 2);
  const HeldOutSubset subset = EvenSubset(set, 100);
  EXPECT_EQ(subset.parts, 3);
  EXPECT_EQ(subset.set.x.size(0), 100);
  EXPECT_EQ(subset.set.x.lt(100).sum().item<std::int64_t>(), 10);
  EXPECT_EQ(subset.set.x.ge(600).sum().item<std::int64_t>(), 40);
  EXPECT_NEAR(subset.set.variance, 4 * Variance(subset.set.x), 1e-9);
}

TEST(EvenSubset, IsTheWholeSetWhereThatIsSmall) {
  const at::Tensor x = at::arange(10, at::kDouble).view({10, 1});
  const HeldOutSubset subset = EvenSubset(HeldOutFrom(x, {0, 4, 10}, 1), 10);
  EXPECT_EQ(subset.set.x.data_ptr(), x.data_ptr());
  EXPECT_EQ(subset.parts, 2);
}

}  // namespace
}  // namespace saelaw
