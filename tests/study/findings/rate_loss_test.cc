#include "study/findings/rate_loss.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

LawFit Saying(double loss) {
  LawFit law;
  law.predictor = [loss](const Point& at) {
    Prediction prediction;
    prediction.at = at;
    prediction.value = loss;
    prediction.confidence = prediction.prediction = {0.9 * loss, 1.1 * loss};
    return prediction;
  };
  return law;
}

// Laws of both kinds: at the best rates 1, at the loss law's own rate 2.
LossLaws BothLaws() {
  LossLaws laws;
  laws.at_best_rates.fit = Saying(1);
  laws.at_one_rate.fit = Saying(2);
  laws.at_best_rates.d_sae = laws.at_one_rate.d_sae = laws.target_d_sae = 128;
  laws.at_one_rate.lr = 1e-3;
  return laws;
}

RateChoice Held(double cost) {
  RateChoice choice;
  choice.lr = 1e-4;
  choice.basis = LrBasis::kStabilityEdge;
  choice.cost = cost;
  choice.cost_interval = {cost / 2, 2 * cost};
  return choice;
}

TEST(PredictLoss, RaisesTheLossByWhatAHeldRateCosts) {
  const Prediction predicted = PredictLoss(BothLaws(), Held(0.1), {}, 128);
  EXPECT_DOUBLE_EQ(predicted.value, 1.1);
  EXPECT_DOUBLE_EQ(predicted.prediction.lo, 0.9 * 1.05);
  EXPECT_DOUBLE_EQ(predicted.prediction.hi, 1.1 * 1.2);
}

TEST(PredictLoss, LeavesTheLossAtTheBestRateAlone) {
  RateChoice choice = Held(0);
  choice.basis = LrBasis::kOptimum;
  EXPECT_EQ(PredictLoss(BothLaws(), choice, {}, 128).value, 1);
  EXPECT_TRUE(CoversRate(BothLaws(), choice, 128));
}

// The hold-out that runs at the loss law's own rate is not checked by the best rates' law.
TEST(PredictLoss, ChecksTheLossLawAtItsOwnRate) {
  RateChoice choice;
  choice.lr = 1e-3;
  choice.law = LossLawOf::kItsRate;
  EXPECT_EQ(PredictLoss(BothLaws(), choice, {}, 128).value, 2);
}

TEST(PredictLoss, HasNoIntervalWhereNoLawCoversTheRate) {
  EXPECT_FALSE(CoversRate(BothLaws(), Held(std::nan("")), 128));
  const Prediction predicted = PredictLoss(BothLaws(), Held(std::nan("")), {}, 128);
  EXPECT_EQ(predicted.value, 1);
  EXPECT_FALSE(predicted.prediction.known());
}

TEST(PredictLoss, CoversTheOneRateThatTheBestLossIsOf) {
  LossLaws laws = BothLaws();
  laws.at_best_rates.lr = 1e-4;
  EXPECT_TRUE(PredictLoss(laws, Held(std::nan("")), {}, 128).prediction.known());
  laws.at_best_rates.lr = 2e-4;
  EXPECT_FALSE(PredictLoss(laws, Held(std::nan("")), {}, 128).prediction.known());
}

}  // namespace
}  // namespace saelaw
