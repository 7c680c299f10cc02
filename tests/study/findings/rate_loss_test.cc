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
Findings BothLaws() {
  Findings findings;
  findings.best_loss_law = Saying(1);
  findings.loss_law = Saying(2);
  findings.best_loss_d_sae = findings.loss_law_d_sae = findings.target_d_sae = 128;
  findings.loss_law_lr = 1e-3;
  return findings;
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
  Findings findings = BothLaws();
  findings.best_loss_lr = 1e-4;
  EXPECT_TRUE(PredictLoss(findings, Held(std::nan("")), {}, 128).prediction.known());
  findings.best_loss_lr = 2e-4;
  EXPECT_FALSE(PredictLoss(findings, Held(std::nan("")), {}, 128).prediction.known());
}

// Three sizes with optima, a cliff that falls faster than they do.
Findings FallingCliff() {
  Findings findings = BothLaws();
  std::vector<Point> survived, failed;
  for (int size = 0; size < 3; ++size) {
    const double tokens = 1e6 * std::pow(4, size);
    for (int step = -4; step <= 4; ++step) {
      Point point;
      point.tokens = tokens;
      point.lr = 1e-3 * std::pow(tokens / 1e6, -0.3) * std::pow(2, step / 2.0);
      point.loss =
          std::exp(0.1 * std::pow(step / 2.0 * std::log(2), 2) + 0.001 * std::sin(9 * step));
      const double edge = 3e-3 * std::pow(tokens / 1e6, -0.45);
      (point.lr < edge ? survived : failed).push_back(point);
    }
  }
  findings.lr_law = FitLrLaw(survived, failed, {});
  findings.lr_edge = FitLrEdge(survived, failed, {});
  return findings;
}

TEST(ChooseRate, SaysWhatAHeldRateCostsAndHowSureItSurvives) {
  Point at;
  at.tokens = 1e9;
  const RateChoice choice = ChooseRate({}, FallingCliff(), at);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
  EXPECT_GT(choice.cost, 0.02);
  EXPECT_GT(choice.cost_interval.hi, choice.cost);
  EXPECT_NEAR(choice.survival, 0.99, 2e-3);
  EXPECT_TRUE(std::isnan(choice.regret));
}

StudyRun Completed(std::int64_t tokens, double lr, std::uint64_t seed, double loss) {
  StudyRun run;
  run.stage = Stage::kLrLaw;
  run.tokens = tokens;
  run.d_sae = 128;
  run.lr = lr;
  run.seed = seed;
  run.final.loss = loss;
  return run;
}

// Without a law of the best rate: the best of the measured ones, by the seed that all have.
TEST(ChooseRate, IsNotDrawnToARateByItsFurtherSeed) {
  Sweep sweep;
  sweep.sae.d_sae = sweep.target.d_sae = 128;
  Findings findings = FallingCliff();
  findings.lr_law = {};
  findings.lr_law.law.refusal = "none";
  for (const std::int64_t tokens : {1'000'000, 4'000'000, 16'000'000}) {
    findings.runs.push_back(Completed(tokens, 5e-5, 0, 0.52));
    findings.runs.push_back(Completed(tokens, 5e-5, 1, 0.45));
    findings.runs.push_back(Completed(tokens, 1e-4, 0, 0.5));
  }
  Point at;
  at.tokens = 1.6e7;
  const RateChoice choice = ChooseRate(sweep, findings, at);
  EXPECT_EQ(choice.lr, 1e-4);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
}

TEST(HoldOutRate, NamesTheLawOfTheRateItFallsBackTo) {
  Sweep sweep;
  sweep.hold_out.tokens = 1'000'000'000;
  sweep.loss_law.lr = 1e-6;
  const RateChoice below = HoldOutRate(sweep, FallingCliff());
  EXPECT_EQ(below.lr, 1e-6);
  EXPECT_EQ(below.law, LossLawOf::kItsRate);
  sweep.loss_law.lr = 1;  // beyond the edge: the bound it is
  const RateChoice held = HoldOutRate(sweep, FallingCliff());
  EXPECT_LT(held.lr, 1e-2);
  EXPECT_EQ(held.law, LossLawOf::kTarget);
}

}  // namespace
}  // namespace saelaw
