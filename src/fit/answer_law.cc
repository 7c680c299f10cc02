#include "fit/answer_law.h"

#include <limits>

#include <fmt/format.h>

#include "fit/laws.h"
#include "run/quantities.h"

namespace saelaw {
namespace {

void Predict(const LawQuestion& question, LawAnswer& answer) {
  if (!answer.law.ok()) return;
  for (const Point& at : question.at) {
    const Extrapolation reach = JudgeExtrapolation(question.points, at);
    if (reach.needs_force && !question.force) {
      Prediction refused;
      refused.at = at;
      refused.value = std::numeric_limits<double>::quiet_NaN();
      answer.predictions.push_back(refused);
      answer.refused_predictions.push_back(fmt::format(
          "no prediction at {} tokens without --force: {}", FormatCount(at.tokens), reach.message));
      continue;
    }
    answer.predictions.push_back(answer.law.Predict(at));
    if (reach.doubtful) answer.law.warnings.push_back(reach.message);
  }
  answer.law.warnings.insert(answer.law.warnings.begin(),
                             answer.refused_predictions.begin(),
                             answer.refused_predictions.end());
}

void DropFailed(const LawQuestion& question, LawFit& law) {
  for (const Point& failed : question.failed) {
    law.dropped.push_back({failed.row, "diverged or collapsed"});
  }
}

}  // namespace

LawAnswer AnswerLossLaw(const LawQuestion& question) {
  LawAnswer answer;
  answer.law = FitLaw(question.law, question.points, question.options);
  DropFailed(question, answer.law);
  if (answer.law.ok()) {
    const Point* target = question.at.empty() ? nullptr : &question.at.front();
    answer.criticism = Criticise(question.law, question.points, question.options, target);
  }
  Predict(question, answer);
  return answer;
}

LawAnswer AnswerLrLaw(const LawQuestion& question) {
  LawAnswer answer;
  answer.lr = FitLrLaw(question.points, question.failed, question.options);
  answer.law = answer.lr->law;
  Predict(question, answer);
  return answer;
}

LawAnswer AnswerLrEdge(const LawQuestion& question) {
  LawAnswer answer;
  answer.edge = FitLrEdge(question.points, question.failed, question.options);
  answer.law = answer.edge->law;
  Predict(question, answer);
  return answer;
}

LawAnswer AnswerLrSurface(const LawQuestion& question) {
  LawAnswer answer;
  answer.surface = FitLrSurface(question.points, question.failed, question.options);
  answer.law = answer.surface->law;
  answer.lr = answer.surface->stepwise;
  Predict(question, answer);
  return answer;
}

LawAnswer AnswerComputeLaw(const LawQuestion& question) {
  LawAnswer answer;
  answer.compute = FitComputeLaw(question.points, question.options);
  answer.law = answer.compute->law;
  DropFailed(question, answer.law);
  Predict(question, answer);
  return answer;
}

LawAnswer AnswerLaw(const LawQuestion& question) {
  return RequireLaw(question.law).answer(question);
}

}  // namespace saelaw
