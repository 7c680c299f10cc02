// The plan for Llama-3.2-1B as it stands in experiments/, carried out in a world with known laws of
// size, data and rate: the advice for 16,384 latents, which none of its runs has, must be right.
#include <functional>

#include <gtest/gtest.h>

#include "fit/refusal_testing.h"
#include "study/advice/recommendation.h"
#include "study/design/places.h"
#include "study/price/gangs.h"
#include "study/rounds/foreseen.h"
#include "study/world.h"

namespace saelaw {
namespace {

bool Holds(const Interval& interval, double value) {
  return interval.lo <= value && value <= interval.hi;
}

struct Advised {
  Sweep sweep = LlamaPlan();
  World world;
  Findings findings;
  Recommendation advice;
  double loss = 0, rate = 0;  // the truth at the target
};

Advised AdviseIn(const World& world, const std::function<void(Sweep&)>& change = {}) {
  Advised study;
  study.world = world;
  if (change) change(study.sweep);
  study.findings = Study(study.sweep, RunStudyIn(world, study.sweep));
  study.advice = Recommend(study.sweep, study.findings, false);
  const Point at = TargetPlace(study.sweep);
  study.loss = world.BestLoss(at.params, at.tokens);
  study.rate = world.BestRate(at.params, at.tokens);
  return study;
}

TEST(WholeStudy, OfTheLlamaPlanReachesAnAdviceThatHolds) {
  int loss_held = 0, rate_held = 0, hold_out_held = 0;
  constexpr int kDraws = 6;
  for (unsigned draw = 0; draw < kDraws; ++draw) {
    World world;
    world.draw = draw;
    const Advised study = AdviseIn(world);
    const Recommendation& advice = study.advice;
    ASSERT_TRUE(study.findings.loss.at_one_rate.fit.ok())
        << testing::Why(study.findings.loss.at_one_rate.fit);
    EXPECT_EQ(study.findings.loss.at_one_rate.fit.name(), "size-data");
    EXPECT_EQ(study.findings.loss.Predicting().fit.name(), "size-data");
    EXPECT_TRUE(advice.loss_basis.known);
    EXPECT_EQ(advice.loss_basis.lr, 0);     // each size's best
    EXPECT_EQ(advice.loss_basis.d_sae, 0);  // of size and data
    EXPECT_EQ(advice.lr_basis, LrBasis::kOptimum);
    EXPECT_FALSE(advice.refused);
    ASSERT_TRUE(advice.loss.interval.known());
    ASSERT_TRUE(advice.lr_interval.known());
    EXPECT_TRUE(advice.parts.mse.interval.known());
    EXPECT_NEAR(advice.loss.value / study.loss, 1, 0.02);
    EXPECT_NEAR(std::log(advice.lr / study.rate), 0, 0.35);
    loss_held += Holds(advice.loss.interval, study.loss);
    rate_held += Holds(advice.lr_interval, study.rate);
    ASSERT_EQ(advice.hold_out.size(), 1U);
    hold_out_held += advice.hold_out.front().inside;
  }
  // Nominally 95 %, so five of six or more with a probability of 97 %; the draws are fixed.
  EXPECT_GE(loss_held, kDraws - 1);
  EXPECT_GE(rate_held, kDraws - 1);
  EXPECT_GE(hold_out_held, kDraws - 1);
}

TEST(WholeStudy, TakesTheNotebooksRunAsAPoint) {
  const Advised study = AdviseIn({});
  int extra = 0;
  for (const StudyRun& run : study.findings.runs) {
    if (run.stage != Stage::kExtra) continue;
    ++extra;
    EXPECT_FALSE(run.left_out);
    EXPECT_EQ(run.d_sae, 8192);
  }
  EXPECT_EQ(extra, 1);
  // 4 numbers of tokens, 3 sizes, 2 seeds, and the notebook's.
  int points = 0;
  for (const StudyRun& run : study.findings.runs) {
    points += run.left_out ? 0 : 1;
    EXPECT_TRUE(!run.left_out == (run.lr == 7e-5 && run.tokens < 500'000'000)) << run.id;
  }
  EXPECT_EQ(points, study.findings.loss.at_one_rate.fit.n_points);
  EXPECT_GE(points, 25);
}

// Two sizes make no law of size: the law is that of the base size, and says so.
TEST(WholeStudy, WithTwoSizesFallsBackToOneAndSaysSo) {
  const Advised study = AdviseIn({}, [](Sweep& sweep) {
    sweep.loss_law.d_sae = {4096, 8192};
    sweep.lr_law.d_sae = {4096};
  });
  EXPECT_TRUE(study.findings.loss.at_one_rate.fit.ok())
      << testing::Why(study.findings.loss.at_one_rate.fit);
  EXPECT_EQ(study.findings.loss.at_one_rate.fit.name(), "data");
  EXPECT_EQ(study.findings.loss.at_one_rate.d_sae, 4096);
  EXPECT_FALSE(study.advice.loss.interval.known());
  EXPECT_FALSE(study.advice.lr_interval.known());
  EXPECT_FALSE(study.advice.lr_max.interval.known());
  EXPECT_FALSE(study.advice.lr_surface.interval.known());
  EXPECT_EQ(study.advice.lr_bound, 0);
  ASSERT_FALSE(study.findings.warnings.empty());
  const auto* one_size = std::get_if<warning::OneSizeLaw>(&study.findings.warnings.front());
  ASSERT_NE(one_size, nullptr);
  EXPECT_EQ(one_size->d_sae, 4096);
  for (const StudyRun& run : study.findings.runs) {
    if (run.d_sae != 8192) continue;
    EXPECT_TRUE(run.left_out) << run.id;
  }
  EXPECT_EQ(study.advice.hold_out.size(), 1U);
}

// The rate was swept at one size alone: the loss has a law of size at the loss law's own rate, and
// the target's rate has none.
TEST(WholeStudy, PredictsTheTargetByTheLawThatHoldsThere) {
  const Advised study = AdviseIn({}, [](Sweep& sweep) { sweep.lr_law.d_sae = {4096}; });
  EXPECT_TRUE(study.findings.loss.at_best_rates.fit.ok());
  EXPECT_EQ(study.findings.loss.at_best_rates.d_sae, 4096);
  EXPECT_EQ(study.findings.loss.Predicting().fit.name(), "size-data");
  EXPECT_EQ(study.findings.loss.mse.name(), "size-data");
  EXPECT_EQ(study.findings.loss.Predicting(4096).fit.name(), "data");
  EXPECT_EQ(study.advice.loss_basis.lr, 7e-5);
  EXPECT_EQ(study.advice.loss_basis.d_sae, 0);
  EXPECT_FALSE(study.advice.lr_interval.known());
}

TEST(WholeStudy, PredictsAtTheRecipesRateWithAnIntervalWhereNoOtherWasAskedFor) {
  World world;
  world.curvature = 0;
  const Advised study = AdviseIn(world, [](Sweep& sweep) { sweep.lr_law.tokens.clear(); });
  EXPECT_EQ(study.advice.lr_basis, LrBasis::kNone);
  ASSERT_TRUE(study.advice.loss.interval.known());
  EXPECT_TRUE(Holds(study.advice.loss.interval, study.loss));
}

// Priced as gangs that share their streams: a night within the budget, with room for the rounds
// that nobody can foresee.
TEST(WholeStudy, OfTheLlamaPlanCostsANight) {
  const Sweep sweep = LlamaPlan();
  std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  ShareCosts(&runs);
  double flops = 0;
  for (const PlannedRun& run : runs) flops += run.predicted.flops();
  const double hours = flops / (165e12 * 0.4) / 3600;
  EXPECT_LT(hours, 9);
  EXPECT_GT(hours, 5);
}

}  // namespace
}  // namespace saelaw
