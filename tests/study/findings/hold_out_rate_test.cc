#include "study/findings/hold_out_rate.h"

#include <gtest/gtest.h>

#include "study/findings/falling_cliff.h"

namespace saelaw {
namespace {

TEST(HoldOutRate, NamesTheLawOfTheRateItFallsBackTo) {
  Sweep sweep;
  sweep.hold_out.tokens = 1'000'000'000;
  sweep.target.risk = 1e-4;  // so far below the best rate that nothing was trained there
  sweep.loss_law.lr = 1e-6;
  const RateChoice below = HoldOutRate(sweep, FallingCliff(), {});
  EXPECT_EQ(below.lr, 1e-6);
  EXPECT_EQ(below.law, LossLawOf::kItsRate);
  sweep.loss_law.lr = 1;  // beyond the edge: the bound it is
  const RateChoice held = HoldOutRate(sweep, FallingCliff(), {});
  EXPECT_LT(held.lr, 1e-2);
  EXPECT_EQ(held.law, LossLawOf::kTarget);
}

// The rate that would be advised for so many tokens, though nothing was trained at it.
TEST(HoldOutRate, IsTheAdvisedOneWhereALawPredictsThere) {
  Sweep sweep;
  sweep.hold_out.tokens = 1'000'000'000;
  sweep.loss_law.lr = 1e-6;
  const RateLaws rates = FallingCliff();
  const RateChoice choice = HoldOutRate(sweep, rates, {});
  Point at;
  at.tokens = 1e9;
  EXPECT_EQ(choice.lr, ChooseRate(sweep, rates, at).lr);
  EXPECT_EQ(choice.law, LossLawOf::kTarget);
}

// The law at the one advised rate is the one to be checked.
TEST(HoldOutRate, IsTheOneAdvisedRateWhereTheLawIsOfIt) {
  LossLaws laws;
  laws.at_best_rates.lr = 3e-4;
  const RateChoice choice = HoldOutRate({}, FallingCliff(), laws);
  EXPECT_EQ(choice.lr, 3e-4);
  EXPECT_EQ(choice.basis, LrBasis::kStabilityEdge);
}

}  // namespace
}  // namespace saelaw
