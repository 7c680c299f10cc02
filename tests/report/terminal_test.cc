#include "report/terminal.h"

#include <cmath>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"
#include "report/text_table.h"

namespace saelaw {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(TextTable, AlignsByCharactersNotBytes) {
  TextTable table({{"name", Align::kLeft}, {"value"}});
  table.Add({"λ·‖x‖₀", "1"});
  table.Add({"a", "12345"});
  table.Add({"b"});
  EXPECT_EQ(table.Text(),
            "  name    value\n"
            "  ------  -----\n"
            "  λ·‖x‖₀      1\n"
            "  a       12345\n"
            "  b\n");
}

TEST(Wrapped, BreaksBetweenWordsAndIndents) {
  EXPECT_EQ(Wrapped("one two three four", "! ", 12), "! one two\n  three four\n");
  EXPECT_EQ(Wrapped("averyveryverylongword", "  ", 8), "  averyveryverylongword\n");
}

TEST(RecommendText, WarnsBeforeItAnswers) {
  const std::string text = RecommendText(made_up::TheRecommendation(), "c.yaml", false);
  EXPECT_THAT(text, StartsWith("! DEMONSTRATION: this sweep shows the way"));
  EXPECT_LT(text.find("! batch_tokens differs from what was swept"),
            text.find("exponent, loss against data"));
  EXPECT_THAT(text, HasSubstr("0.3 (95 % interval 0.28 to 0.32)"));
  // 0.5·4194304^-0.35 = 0.0024045, ±15 %.
  EXPECT_THAT(text, HasSubstr("0.002405 (95 % interval 0.002044 to 0.002765; optimum)"));
  EXPECT_THAT(text, HasSubstr("95 % interval at least 0.00"));
  EXPECT_THAT(text, HasSubstr("20 s at peak (lower bound), 41 s at 40 % utilisation"));
  EXPECT_THAT(text, HasSubstr("+0.40 %"));
}

TEST(RecommendText, SaysWhatIsUnknown) {
  Recommendation r = made_up::TheRecommendation();
  r.lr_basis = LrBasis::kNone;
  r.lr_interval = {};
  r.lr_exponent = {};
  r.hold_out.clear();
  const std::string text = RecommendText(r, "", false);
  EXPECT_THAT(text, HasSubstr("no law covers it: the recipe's rate, copied"));
  EXPECT_THAT(text, HasSubstr("the law has predicted nothing yet"));
  EXPECT_THAT(text, Not(HasSubstr("nan")));
}

TEST(RecommendText, WithoutAnIntervalNothingLiesOutsideIt) {
  Recommendation r = made_up::TheRecommendation();
  r.hold_out.front().inside = false;
  EXPECT_THAT(RecommendText(r, "", false), HasSubstr("+0.40 %  NO"));
  r.hold_out.front().interval = {};
  EXPECT_THAT(RecommendText(r, "", false), HasSubstr("+0.40 %  -"));
}

TEST(ReportText, ShowsLawsAndWhatWasLeftOut) {
  const std::string text = ReportText(made_up::TheReport(), false);
  EXPECT_THAT(text, HasSubstr("No law: only 2 uncensored sizes, 3 are needed"));
  EXPECT_THAT(text, HasSubstr("not fitted: cliff"));
  EXPECT_THAT(text, HasSubstr("collapsed"));
  EXPECT_THAT(text, HasSubstr("on its bound"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(ReportText, SaysWhatItsLossesWereMeasuredOn) {
  Report report = made_up::TheReport();
  EXPECT_THAT(ReportText(report, false), Not(HasSubstr("held-out tokens of")));
  for (StudyRun& run : report.findings.runs) {
    run.final.se.loss = 0.0123 * run.final.loss;
    run.held_out_documents = 64;
    run.held_out_tokens = 16384;
    run.curve_tokens = 4096;
  }
  const std::string text = ReportText(report, false);
  EXPECT_THAT(text, HasSubstr("held-out tokens of 64 documents: ± 1.2 %"));
}

TEST(ReportText, ColoursOnlyWhenAsked) {
  EXPECT_THAT(ReportText(made_up::TheReport(), true), HasSubstr("\033[33m! "));
}

TEST(ReportText, UserTextCannotDriveTheTerminal) {
  Report report = made_up::TheReport();
  report.recommendation.sweep = "evil\033[2Jname";
  report.question = "what\r\nnow";
  EXPECT_THAT(ReportText(report, false), Not(HasSubstr("\033")));
  EXPECT_THAT(ReportText(report, false), HasSubstr("Question: what  now"));
}

TEST(AnswerText, ListsParametersPredictionsAndDropped) {
  LawAnswer answer;
  answer.law = made_up::LossLaw();
  answer.law.dropped = {{12, "loss is nan"}};
  Point at;
  at.tokens = 2.1e9;
  answer.predictions = {answer.law.predictor(at)};
  const std::string text = AnswerText(answer, false);
  EXPECT_THAT(text, HasSubstr("15.5 to 26.25"));
  EXPECT_THAT(text, HasSubstr("tokens 2.1B"));
  EXPECT_THAT(text, HasSubstr("12  loss is nan"));
  EXPECT_THAT(text, HasSubstr("60 of 64 starts"));
}

TEST(AnswerText, ShowsBrackets) {
  LrEdgeFit edge = made_up::TheFindings().lr_edge;
  edge.brackets = {{262144, 0.004, 0.008}};
  LawAnswer answer;
  answer.edge = edge;
  answer.law = edge.law;
  EXPECT_THAT(AnswerText(answer, false), HasSubstr("262.1K          0.004          0.008"));
}

TEST(PlanText, SaysWhatABudgetLeavesOut) {
  PlanReport report;
  report.plan.cut = 3;
  EXPECT_THAT(PlanText(report, false), HasSubstr("the budget leaves nothing to run"));
}

TEST(PlanText, SaysWhatIsToBeExpected) {
  PlanReport report;
  report.expected_interval = ExpectedInterval{0.5, {0.49, 0.515}, "assumed: a law", ""};
  EXPECT_THAT(PlanText(report, false), HasSubstr("0.025 wide, 5 % of it"));
}

TEST(ReportText, CountsRunsThatAreElsewhereByDesign) {
  Report report = made_up::TheReport();
  const std::string text = ReportText(report, false);
  EXPECT_THAT(text, HasSubstr("and 1 runs of the lr law and the hold-out"));
  EXPECT_THAT(text, HasSubstr("before it ran"));
  EXPECT_THAT(text, HasSubstr("law of loss against data at each size's best rate, d_sae 1152"));
}

TEST(PlanText, SaysWhatCannotBeToldYet) {
  PlanReport report;
  report.sweep = "made-up";
  report.plan.complete = true;
  report.target = made_up::Price();
  report.derivation = TokenDerivation{4e9, 256000, 128000, 0.5};
  report.expected_interval = ExpectedInterval{0, {}, "", "no law"};
  const std::string text = PlanText(report, false);
  EXPECT_THAT(text, HasSubstr("nothing is left to run"));
  EXPECT_THAT(text, HasSubstr("no interval of the target's loss is to be expected: no law"));
  EXPECT_THAT(text, HasSubstr("at peak (lower bound)"));
  EXPECT_THAT(text, HasSubstr("4B · log2(256000)/log2(128000) · size ratio 0.5"));
}

TEST(StatusText, CountsStates) {
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
