// `saelaw fit`, as the terminal shows it.
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/documents.h"
#include "report/json.h"
#include "report/made_up.h"
#include "report/render/text.h"
#include "report/tables/fitted_tables.h"

namespace saelaw {
namespace {

using testing::HasSubstr;

std::string AnswerText(const LawAnswer& answer, bool colour) {
  return RenderText(AnswerDocument(answer), {colour});
}

TEST(AnswerDocument, ListsParametersPredictionsAndDropped) {
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

TEST(AnswerDocument, ShowsTheBestPairWithWhatTheNearestCosts) {
  BestPair pair;
  pair.at.tokens = 1e9;
  pair.at.lr = 0.001;
  pair.at.batch = 4096;
  pair.value = 2.5;
  pair.batch_at_end = true;
  pair.nearest = pair.at;
  pair.nearest.lr = 0.002;
  pair.nearest_value = 2.55;
  pair.regret = 0.02;
  LawAnswer answer;
  answer.law = made_up::LossLaw();
  answer.best_pairs = {pair};
  const std::string text = AnswerText(answer, false);
  EXPECT_THAT(text, HasSubstr("Best learning rate and batch"));
  EXPECT_THAT(text, HasSubstr("lr 0.002, batch 4.096K"));
  EXPECT_THAT(text, HasSubstr("batch at the end of what was measured"));
}

TEST(AnswerDocument, ShowsBrackets) {
  LrEdgeFit edge = made_up::TheFindings().rates.edge;
  edge.brackets = {{262144, 0.004, 0.008}};
  LawAnswer answer;
  answer.edge = edge;
  answer.law = edge.law;
  EXPECT_THAT(AnswerText(answer, false), HasSubstr("262.1K          0.004          0.008"));
}

// The page says what the terminal does, with the figures and the JSON that its numbers point into.
TEST(AnswerPage, HasFiguresAndTheJsonOfTheAnswer) {
  const auto fitted = fitted_tables::Loss({});
  const document::Document page = AnswerPage(fitted.answer, fitted.table());
  EXPECT_EQ(page.data, AnswerJson(fitted.answer));
  EXPECT_EQ(document::FiguresIn(page).size(), 2U);
  EXPECT_THAT(RenderText(page, {false}), HasSubstr("0.4"));
  EXPECT_TRUE(document::FiguresIn(AnswerDocument(fitted.answer)).empty());
}

}  // namespace
}  // namespace saelaw
