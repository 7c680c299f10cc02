#include "fit/points/outcome.h"

#include <cmath>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

RunResult Healthy() {
  RunResult result;
  result.final.loss = 1.05;
  result.final.dead_fraction = 0.5;
  for (const double loss : {2.0, 1.0, 1.05}) {
    Evaluation evaluation;
    evaluation.loss = loss;
    result.curve.push_back(evaluation);
  }
  return result;
}

TEST(Judge, PassesARunAtItsLimits) { EXPECT_EQ(Judge(Healthy()).outcome, Outcome::kCompleted); }

TEST(Judge, CallsADeadDictionaryCollapsed) {
  RunResult result = Healthy();
  result.final.dead_fraction = 0.51;
  const Judgement judgement = Judge(result);
  EXPECT_EQ(judgement.outcome, Outcome::kCollapsed);
  EXPECT_NE(judgement.reason.find("0.51"), std::string::npos);
}

// Few held-out tokens: of 200 silent latents, 30·29/(2·6) = 72.5 are told to be rare.
TEST(Judge, TakesRareLatentsForAlive) {
  RunResult result = Healthy();
  result.firing_histogram = {200, 50, 50};
  result.final.dead_fraction = 200.0 / 300;
  result.fired_once = 30;
  result.fired_twice = 5;
  EXPECT_NEAR(CountDeadLatents(result).fraction, 127.5 / 300, 1e-12);
  EXPECT_EQ(Judge(result).outcome, Outcome::kCompleted);
  result.fired_once = result.fired_twice = 0;
  EXPECT_EQ(Judge(result).outcome, Outcome::kCollapsed);
}

TEST(Judge, AsksTheRunsOwnWindowWhichLatentsAreDead) {
  RunResult result = Healthy();
  result.final.dead_fraction = 0.7;
  result.tokens = 65536;
  result.dead_after_tokens = 65536;
  result.dead_fraction_training = 0.004;
  EXPECT_EQ(Judge(result).outcome, Outcome::kCompleted);
  result.dead_fraction_training = 0.6;
  EXPECT_NE(Judge(result).reason.find("dead_after_tokens"), std::string::npos);
  result.dead_after_tokens = 65537;  // longer than the run: nothing can be dead by it
  result.dead_fraction_training = 0;
  EXPECT_EQ(Judge(result).outcome, Outcome::kCollapsed);
}

TEST(Judge, TakesNoRunThatIsWorseThanTheMean) {
  RunResult result = Healthy();
  result.final.fvu = 1;
  const Judgement judgement = Judge(result);
  EXPECT_EQ(judgement.outcome, Outcome::kWorseThanMean);
  EXPECT_NE(judgement.reason.find("fvu 1"), std::string::npos);
  EXPECT_FALSE(judgement.advice.empty());
  result.final.fvu = 0.99;
  EXPECT_EQ(Judge(result).outcome, Outcome::kCompleted);
}

TEST(Judge, CallsALossFarAboveItsMinimumCollapsed) {
  RunResult result = Healthy();
  result.curve.back().loss = 1.11;
  EXPECT_EQ(Judge(result).outcome, Outcome::kCollapsed);
}

TEST(Judge, NamesHowARunEnded) {
  RunResult result = Healthy();
  result.end = RunEnd::kNonFinite;
  EXPECT_EQ(Judge(result).outcome, Outcome::kDiverged);
  result.end = RunEnd::kStopped;
  EXPECT_EQ(Judge(result).outcome, Outcome::kStopped);
  result.end = RunEnd::kOutOfMemory;
  EXPECT_EQ(Judge(result).outcome, Outcome::kOutOfMemory);
  result.end = RunEnd::kCompleted;
  result.final.loss = std::nan("");
  EXPECT_EQ(Judge(result).outcome, Outcome::kDiverged);
}

TEST(Judge, StoredNamesStay) {
  EXPECT_EQ(Name(Outcome::kCompleted), "completed");
  EXPECT_EQ(Name(Outcome::kDiverged), "diverged");
  EXPECT_EQ(Name(Outcome::kCollapsed), "collapsed");
  EXPECT_EQ(Name(Outcome::kStopped), "stopped");
  EXPECT_EQ(Name(Outcome::kOutOfMemory), "out-of-memory");
  EXPECT_EQ(Name(Outcome::kWorseThanMean), "worse-than-mean");
}

}  // namespace
}  // namespace saelaw
