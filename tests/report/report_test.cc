#include "report/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(TopWarnings, SayEachOnceWhereItCameFirst) {
  Report report;
  const auto of_bound = [](const char* parameter) {
    return StudyWarning(FitWarning(warning::OnBound{parameter, 0}));
  };
  const auto says = [](const char* parameter) {
    return testing::StartsWith(std::string(parameter) + " is on its bound");
  };
  report.recommendation.warnings = {of_bound("b"), of_bound("a"), of_bound("b")};
  report.findings.warnings = {of_bound("c"), of_bound("a"), of_bound("d"), of_bound("c")};
  EXPECT_THAT(TopWarnings(report.recommendation), testing::ElementsAre(says("b"), says("a")));
  EXPECT_THAT(TopWarnings(report),
              testing::ElementsAre(says("b"), says("a"), says("c"), says("d")));
}

TEST(DemonstrationNote, NamesTheTargetThatItIsNoAdviceFor) {
  EXPECT_THAT(DemonstrationNote(2.1e9), testing::EndsWith("no advice for a run of 2.1B tokens."));
}

}  // namespace
}  // namespace saelaw
