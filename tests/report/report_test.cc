#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(TopWarnings, SayEachOnceWhereItCameFirst) {
  Report report;
  report.recommendation.warnings = {"b", "a", "b"};
  report.findings.warnings = {"c", "a", "d", "c"};
  EXPECT_THAT(TopWarnings(report.recommendation), testing::ElementsAre("b", "a"));
  EXPECT_THAT(TopWarnings(report), testing::ElementsAre("b", "a", "c", "d"));
}

TEST(DemonstrationNote, NamesTheTargetThatItIsNoAdviceFor) {
  EXPECT_THAT(DemonstrationNote(2.1e9), testing::EndsWith("no advice for a run of 2.1B tokens."));
}

}  // namespace
}  // namespace saelaw
