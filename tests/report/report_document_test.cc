// `saelaw recommend` and `saelaw report`, as the terminal shows them.
#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/made_up.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string RecommendText(const Recommendation& r, const std::string& config_path, bool colour) {
  return RenderText(RecommendDocument(r, config_path), {colour});
}

std::string ReportText(const Report& report, bool colour) {
  return RenderText(ReportDocument(report), {colour});
}

TEST(RecommendDocument, WarnsBeforeItAnswers) {
  const std::string text = RecommendText(made_up::TheRecommendation(), "c.yaml", false);
  EXPECT_THAT(text, StartsWith("! DEMONSTRATION: this sweep shows the way"));
  EXPECT_LT(text.find("! batch_tokens: swept 512"), text.find("exponent, loss against data"));
  EXPECT_THAT(text, HasSubstr("0.3 (95 % interval 0.28 to 0.32)"));
  // 0.5·4194304^-0.35 = 0.0024045, ±15 %.
  EXPECT_THAT(text, HasSubstr("0.002405 (95 % interval 0.002044 to 0.002765; optimum)"));
  EXPECT_THAT(text, HasSubstr("95 % interval at least 0.00"));
  EXPECT_THAT(text, HasSubstr("20 s at peak (lower bound), 41 s at 40 % utilisation"));
  EXPECT_THAT(text, HasSubstr("+0.40 %"));
}

// The verdict comes first, and the whole fits on a screen.
TEST(BriefRecommendDocument, FitsOnAScreen) {
  Recommendation r = made_up::TheRecommendation();
  r.verdict.answers = true;
  r.risk.failure_probability = 0.03;
  r.risk.cost = 0.004;
  for (const double lr : {1e-3, 1.5e-3, 2e-3, 2.4e-3}) {
    r.risk.rates.push_back({lr, 10 * lr, 0.4, 0.41, true});
  }
  const std::string text = RenderText(BriefRecommendDocument(r, "c.yaml"), {false});
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), 24) << text;
  EXPECT_LT(text.find("Confidence: low"), text.find("learning rate:"));
  EXPECT_THAT(text, HasSubstr("2 warnings, other budgets"));
}

// `run` ends with the first lines of `recommend`, word for word.
TEST(VerdictDocument, BeginsAsRecommendDoes) {
  Recommendation r = made_up::TheRecommendation();
  r.verdict.answers = true;
  const std::string text = RenderText(VerdictDocument(r, "the rest: elsewhere"), {false});
  const std::string rest = "  the rest: elsewhere\n";
  ASSERT_THAT(text, EndsWith(rest));
  EXPECT_THAT(RenderText(BriefRecommendDocument(r, "c.yaml"), {false}),
              StartsWith(text.substr(0, text.size() - rest.size())));
}

// Of a sweep that cannot answer, the first warning says what to change; the others may be many.
TEST(VerdictDocument, HasOneWarningOfASweepThatCannotAnswer) {
  Recommendation r = made_up::TheRecommendation();
  r.demonstration = false;
  r.verdict.answers = false;
  const NoneSurvived failures = {{Outcome::kDiverged, 2, "", "a lower rate"}};
  r.warnings = {warning::NothingSurvived{failures}, warning::NoHoldOut{}};
  const std::string text = RenderText(VerdictDocument(r, ""), {false});
  EXPECT_THAT(text, StartsWith("! no run survived: 2 diverged. Try a lower rate\nRecommended by"));
  EXPECT_THAT(text, HasSubstr("This sweep cannot answer yet"));
}

TEST(RecommendDocument, SaysWhatIsUnknown) {
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

TEST(RecommendDocument, WithoutAnIntervalNothingLiesOutsideIt) {
  Recommendation r = made_up::TheRecommendation();
  r.hold_out.front().inside = false;
  EXPECT_THAT(RecommendText(r, "", false), HasSubstr("+0.40 %  NO"));
  r.hold_out.front().interval = {};
  EXPECT_THAT(RecommendText(r, "", false), HasSubstr("+0.40 %  -"));
}

TEST(ReportDocument, ShowsLawsAndWhatWasLeftOut) {
  const std::string text = ReportText(made_up::TheReport(), false);
  EXPECT_THAT(text, HasSubstr("No law: the lr law needs at least 3 sizes whose optimum"));
  EXPECT_THAT(text, HasSubstr("not fitted: cliff"));
  EXPECT_THAT(text, HasSubstr("collapsed"));
  EXPECT_THAT(text, HasSubstr("on its bound"));
  EXPECT_THAT(text, Not(HasSubstr("\033")));
}

TEST(ReportDocument, SaysWhatItsLossesWereMeasuredOn) {
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

TEST(ReportDocument, ColoursOnlyWhenAsked) {
  EXPECT_THAT(ReportText(made_up::TheReport(), true), HasSubstr("\033[33m! "));
}

TEST(ReportDocument, UserTextCannotDriveTheTerminal) {
  Report report = made_up::TheReport();
  report.recommendation.sweep = "evil\033[2Jname";
  report.question = "what\r\nnow";
  EXPECT_THAT(ReportText(report, false), Not(HasSubstr("\033")));
  EXPECT_THAT(ReportText(report, false), HasSubstr("Question: what  now"));
}

TEST(ReportDocument, CountsRunsThatAreElsewhereByDesign) {
  Report report = made_up::TheReport();
  const std::string text = ReportText(report, false);
  EXPECT_THAT(text, HasSubstr("and 1 run of the lr law and the hold-out"));
  EXPECT_THAT(text, HasSubstr("before it ran"));
  EXPECT_THAT(text, HasSubstr("law of loss against data at each size's best rate, d_sae 1152"));
}

}  // namespace
}  // namespace saelaw
