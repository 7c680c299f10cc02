#include "study/findings/survivors.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

KnownRun Ended(Outcome outcome, const char* reason) {
  KnownRun run;
  run.outcome = outcome;
  run.reason = reason;
  return run;
}

TEST(FindNoneSurvived, CountsTheRunsThatEndedAlike) {
  const KnownRun first = Ended(Outcome::kCollapsed, "0.93 of the latents are dead");
  const KnownRun second = Ended(Outcome::kDiverged, "");
  const KnownRun third = Ended(Outcome::kCollapsed, "0.94 of the latents are dead");
  const auto failures = FindNoneSurvived({&first, &second, &third});
  ASSERT_TRUE(failures);
  ASSERT_EQ(failures->size(), 2u);
  for (const FailedAlike& alike : *failures) {
    const bool collapsed = alike.outcome == Outcome::kCollapsed;
    EXPECT_EQ(alike.count, collapsed ? 2 : 1);
    EXPECT_EQ(alike.reason, collapsed ? "0.93 of the latents are dead" : "");
  }
}

TEST(FindNoneSurvived, IsSilentWhereARunCompletedOrThereIsNone) {
  const KnownRun failed = Ended(Outcome::kDiverged, "");
  const KnownRun completed = Ended(Outcome::kCompleted, "");
  EXPECT_FALSE(FindNoneSurvived({&failed, &completed}));
  EXPECT_FALSE(FindNoneSurvived({}));
}

}  // namespace
}  // namespace saelaw
