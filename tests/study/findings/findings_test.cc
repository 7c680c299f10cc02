#include "study/findings/findings.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "fit/refusal_testing.h"
#include "study/advice/recommendation.h"
#include "study/small_world.h"

namespace saelaw {
namespace {

using namespace small_world;  // NOLINT: the world of these tests

TEST(Study, RecoversTheWorldsLaws) {
  const Sweep sweep = SomeSweep();
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  ASSERT_TRUE(findings.rates.best.ok()) << testing::Why(findings.rates.best.law);
  EXPECT_NEAR(findings.rates.best.law.Get("exponent"), -0.25, 0.05);
  ASSERT_TRUE(findings.loss.Predicting().fit.ok());
  ASSERT_EQ(findings.hold_out.size(), 1u);
  EXPECT_NEAR(findings.hold_out.front().predicted, findings.hold_out.front().measured, 0.01);
  EXPECT_TRUE(findings.hold_out.front().inside);
}

TEST(Study, FitsTheLawOfLossThatTheSweepNames) {
  Sweep sweep = SomeSweep();
  const Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const Findings chosen_for_it = Study(sweep, knowledge);
  EXPECT_EQ(chosen_for_it.loss.Predicting().fit.name(), "data");
  sweep.loss_law.law = "data";
  EXPECT_EQ(Study(sweep, knowledge).loss.Predicting().fit.Predict({.tokens = 1e8}).value,
            chosen_for_it.loss.Predicting().fit.Predict({.tokens = 1e8}).value);
  sweep.loss_law.law = "power";
  const Findings findings = Study(sweep, knowledge);
  EXPECT_EQ(findings.loss.at_one_rate.fit.name(), "power");
  EXPECT_EQ(findings.loss.at_best_rates.fit.name(), "power");
  EXPECT_EQ(findings.loss.mse.name(), "power");
  // What was trained is the same: a law is no part of a run.
  EXPECT_TRUE(Decide(sweep, knowledge).plan.runs.empty());
}

TEST(Study, ALawOfSizeThatWasAskedForIsNotReplaced) {
  Sweep sweep = SomeSweep();
  const Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  sweep.loss_law.law = "size-data";
  const Findings findings = Study(sweep, knowledge);
  EXPECT_EQ(findings.loss.at_one_rate.fit.name(), "size-data");
  const auto* few = testing::RefusedAs<refusal::FewValues>(findings.loss.at_one_rate.fit);
  ASSERT_NE(few, nullptr);
  EXPECT_EQ(few->variable, Variable::kParams);
  EXPECT_EQ(few->needed, 3);
}

// What was written down before the run began is what was predicted, whatever laws say today.
TEST(Study, ReportsTheStoredPrediction) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const HoldOutCheck now = Study(sweep, knowledge).hold_out.front();
  EXPECT_FALSE(now.stored);
  EXPECT_EQ(now.today, now.predicted);
  knowledge.predictions.push_back({now.run, 1.1 * now.predicted, {1.05 * now.predicted, 2}});
  const Findings findings = Study(sweep, knowledge);
  ASSERT_EQ(findings.hold_out.size(), 1U);
  const HoldOutCheck& check = findings.hold_out.front();
  EXPECT_TRUE(check.stored);
  EXPECT_EQ(check.predicted, 1.1 * now.predicted);
  EXPECT_EQ(check.interval.lo, 1.05 * now.predicted);
  EXPECT_EQ(check.today, now.predicted);
  EXPECT_FALSE(check.inside);
  ASSERT_EQ(findings.warnings.size(), 2U);
  const auto* forecast = std::get_if<warning::HoldOutForecast>(&findings.warnings[1]);
  ASSERT_NE(forecast, nullptr);
  EXPECT_EQ(forecast->today, now.predicted);
}

// Laws that changed their mind about the rate say nothing of the run at the former one.
TEST(Study, JudgesAHoldOutAtAFormerRateByWhatWasStored) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const KnownRun former = Measure(MakeRun(sweep, sweep.hold_out.tokens, 128, 1e-5, 0), 4);
  knowledge.runs.push_back(former);
  EXPECT_EQ(Study(sweep, knowledge).hold_out.size(), 1U);
  knowledge.predictions.push_back({former.result.id, 1, {0.9, 1.1}});
  const Findings findings = Study(sweep, knowledge);
  ASSERT_EQ(findings.hold_out.size(), 2U);
  const bool first = findings.hold_out.front().run == former.result.id;
  EXPECT_TRUE(std::isnan(findings.hold_out[first ? 0 : 1].today));
  EXPECT_FALSE(std::isnan(findings.hold_out[first ? 1 : 0].today));
}

// Extra runs at another rate, or beyond the hold-out, are no points and do not shorten the reach.
TEST(Study, CountsTheLawsPointsOnly) {
  Sweep sweep = SomeSweep();
  sweep.extra_runs = {
      {8388608, 128, 0.003, ""}, {33554432, 128, 0.002, ""}, {8388608, 128, 0.002, ""}};
  sweep.lr_law.tokens.clear();
  const Findings findings = Study(sweep, RunAll(sweep, 1e9, 1000).knowledge);
  EXPECT_EQ(findings.loss_before.fitted_tokens, 8388608);
  // The hold-out, once it is measured, is a point, and nothing beyond it is one.
  EXPECT_EQ(findings.loss.fitted_tokens, 16777216);
  EXPECT_EQ(Recommend(sweep, findings, false).extrapolation_factor, 4);
  int points = 0;
  for (const StudyRun& run : findings.runs) {
    points += run.left_out ? 0 : 1;
    if (run.stage != Stage::kExtra) continue;
    const bool point = run.tokens == 8388608 && run.lr == 0.002;  // and below the hold-out
    EXPECT_EQ(!run.left_out, point) << run.id;
  }
  EXPECT_EQ(points, findings.loss.at_one_rate.fit.n_points);
  EXPECT_EQ(points, 10);
}

// The hold-out's prediction must not know its measurement.
TEST(Study, PredictsTheHoldOutWithoutIt) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const double predicted = Study(sweep, knowledge).hold_out.front().predicted;
  for (KnownRun& run : knowledge.runs) {
    if (run.spec.tokens == sweep.hold_out.tokens) run.result.final.loss *= 10;
  }
  EXPECT_EQ(Study(sweep, knowledge).hold_out.front().predicted, predicted);
  EXPECT_FALSE(Study(sweep, knowledge).hold_out.front().inside);
}

// A size whose best rate is the highest swept is no point of the loss at the best rates.
TEST(Study, LeavesSizesOnTheirGridsEdgeOutOfTheBestLoss) {
  Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 100, 1000).knowledge;
  const int all = Study(sweep, knowledge).loss.at_best_rates.fit.n_points;
  const double tokens = static_cast<double>(sweep.lr_law.tokens.back());
  std::erase_if(knowledge.runs, [&](const KnownRun& run) {
    return static_cast<double>(run.spec.tokens) == tokens &&
           run.spec.training.lr > 0.9 * BestRate(tokens);
  });
  const Findings findings = Study(sweep, knowledge);
  ASSERT_EQ(findings.rates.best.optima.back().censoring, Censoring::kGridHigh);
  ASSERT_TRUE(findings.loss.at_best_rates.fit.ok());
  EXPECT_LT(findings.loss.at_best_rates.fit.n_points, all);
  for (const StudyRun& run : findings.runs) {
    if (static_cast<double>(run.tokens) != tokens) continue;
    EXPECT_FALSE(run.left_out && run.left_out->of_best_law);
  }
}

TEST(Study, SaysWhyARunFailed) {
  Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  for (KnownRun& run : knowledge.runs) {
    if (run.outcome != Outcome::kCompleted) run.reason = "0.63 of the latents are dead (limit 0.5)";
  }
  int failed = 0;
  for (const StudyRun& run : Study(sweep, knowledge).runs) {
    if (run.outcome == Outcome::kCompleted) continue;
    ++failed;
    ASSERT_TRUE(run.left_out);
    const auto& why = std::get<left_out::Failed>(run.left_out->why);
    EXPECT_EQ(why.outcome, Outcome::kCollapsed);
    EXPECT_EQ(why.reason, "0.63 of the latents are dead (limit 0.5)");
  }
  EXPECT_GT(failed, 0);
}

}  // namespace
}  // namespace saelaw
