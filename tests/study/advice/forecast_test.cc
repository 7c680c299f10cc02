#include "study/advice/forecast.h"

#include <cmath>

#include <gtest/gtest.h>

#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

TEST(Forecast, FallsWithData) {
  const Sweep sweep = SomeSweep();
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  const Forecast forecast(sweep, findings, true);
  const std::vector<double> budgets = {1e7, 2e7, 4e7, 8e7, 1.6e8};
  const std::vector<Estimate> losses = forecast.Falling(budgets, 2);
  ASSERT_EQ(losses.size(), budgets.size());
  EXPECT_EQ(losses[2].value, forecast.Loss(4e7).value);
  for (std::size_t i = 1; i < losses.size(); ++i) EXPECT_LE(losses[i].value, losses[i - 1].value);
}

// A law that rises from budget to budget, as with a rate that is held ever lower.
TEST(Forecast, KeepsTheTargetsLossWhereMoreDataWouldBeWorse) {
  const Sweep sweep = SomeSweep();
  Findings findings = Study(sweep, RunAll(sweep, 100, 1000).knowledge);
  for (LossLaw* law : {&findings.loss.at_best_rates, &findings.loss.at_one_rate}) {
    law->fit.predictor = [](const Point& at) {
      Prediction prediction;
      prediction.value = std::log(at.tokens);
      return prediction;
    };
  }
  const std::vector<Estimate> losses = Forecast(sweep, findings, true).Falling({1e7, 2e7, 4e7}, 1);
  for (const Estimate& loss : losses) EXPECT_NEAR(loss.value, std::log(2e7), 1e-9);
}

}  // namespace
}  // namespace saelaw
