#include "fit/outcome.h"

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
}

}  // namespace
}  // namespace saelaw
