// `saelaw plan` and `saelaw status`, as the terminal shows them.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/made_up.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using testing::HasSubstr;

std::string PlanText(const PlanReport& report, bool colour) {
  return RenderText(PlanDocument(report), {colour});
}

std::string StatusText(const Status& status, bool colour) {
  return RenderText(StatusDocument(status), {colour});
}

TEST(PlanDocument, SaysWhatABudgetLeavesOut) {
  PlanReport report;
  report.plan.cut = {"a", "b", "c"};
  EXPECT_THAT(PlanText(report, false), HasSubstr("the budget leaves nothing to run"));
}

TEST(PlanDocument, SaysWhatIsToBeExpected) {
  PlanReport report;
  report.expected_interval = ExpectedInterval{0.5, {0.49, 0.515}, ForeseenFrom{12}, "", {}};
  EXPECT_THAT(PlanText(report, false), HasSubstr("0.025 wide, 5 % of it"));
}

TEST(PlanDocument, SaysWhatCannotBeToldYet) {
  PlanReport report;
  report.sweep = "made-up";
  report.plan.complete = true;
  report.target = made_up::Price();
  report.derivation = TokenDerivation{4e9, 256000, 128000, 0.5};
  report.expected_interval = ExpectedInterval{0, {}, {}, "", unforeseen::BatchNotSwept{}};
  const std::string text = PlanText(report, false);
  EXPECT_THAT(text, HasSubstr("nothing is left to run"));
  EXPECT_THAT(text,
              HasSubstr("no interval of the target's loss is to be expected: the target's "
                        "batch"));
  EXPECT_THAT(text, HasSubstr("at peak (lower bound)"));
  EXPECT_THAT(text, HasSubstr("4B · log2(256000)/log2(128000) · size ratio 0.5"));
}

TEST(StatusDocument, CountsStates) {
  Status status;
  status.sweep = "made-up";
  StatusRow row;
  row.id = "r";
  row.state = "running";
  row.progress = 0.25;
  row.eta_seconds = 90;
  status.runs = {row, row};
  const std::string text = StatusText(status, false);
  EXPECT_THAT(text, HasSubstr("25 %"));
  EXPECT_THAT(text, HasSubstr("2 running; time left: -"));
}

}  // namespace
}  // namespace saelaw
