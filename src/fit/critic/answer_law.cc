// One function for each kind of law brings fit, criticism and predictions together. A prediction is
// refused where it reaches too far, with the reason among the warnings, and a refused fit is an
// answer too: it says what is missing.
#include "fit/critic/answer_law.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "fit/compare/discrepancy.h"
#include "fit/critic/answer_criticism.h"
#include "fit/critic/extrapolation.h"
#include "fit/critic/law_table.h"
#include "fit/laws/loss_laws.h"
#include "fit/points/compute_unit.h"

namespace saelaw {
namespace {

constexpr double kFlopPerWeight = 6;

// Which variables a prediction of the law takes and the place lacks. Parameters that
// the fit has make their variables necessary, even where the law's own list has them as optional.
std::vector<Variable> Lacking(const LawFit& law, const Point& at) {
  const bool all = law.info->predicted_at.empty();
  std::vector<Variable> needed = all ? law.info->variables : law.info->predicted_at;
  for (const ParameterInfo& parameter : law.info->parameters) {
    if (parameter.of && law.Find(parameter.name) != nullptr) needed.push_back(*parameter.of);
  }
  std::vector<Variable> lacking;
  for (const Variable variable : needed) {
    const bool named = std::find(lacking.begin(), lacking.end(), variable) != lacking.end();
    if (std::isnan(Get(at, variable)) && !named) lacking.push_back(variable);
  }
  return lacking;
}

// `carriers` are the runs that the law rests on, where these are not all of the question's: how far
// a prediction reaches counts from them.
Foretold Foretell(const LawFit& law, std::span<const Point> carriers, bool force, const Point& at) {
  const Extrapolation reach = JudgeExtrapolation(carriers, at);
  Foretold told;
  if (reach.needs_force && !force) {
    told.prediction.at = at;
    told.prediction.value = std::numeric_limits<double>::quiet_NaN();
    told.prediction.extrapolation = reach.factor;
    told.refusal = warning::NoPrediction{at, reach.OfSize()};
    return told;
  }
  told.prediction = law.Predict(at);
  if (reach.factor > 0) told.prediction.extrapolation = reach.factor;
  std::vector<Variable> lacking = Lacking(law, at);
  if (std::isnan(told.prediction.value) && !lacking.empty()) {
    told.refusal = warning::PlaceLacks{std::string(law.name()), std::move(lacking)};
  }
  if (reach.doubtful) told.doubt = reach.warning;
  return told;
}

void Predict(const LawQuestion& question, std::span<const Point> carriers, LawAnswer& answer) {
  if (!answer.law.ok()) return;
  for (const Point& at : question.at) {
    Foretold told = Foretell(answer.law, carriers, question.force, at);
    // One that is refused keeps its place in the list, so that places and answers still match.
    answer.predictions.push_back(std::move(told.prediction));
    if (told.refusal) answer.refused_predictions.push_back(*std::move(told.refusal));
    if (told.doubt) answer.law.warnings.push_back(*std::move(told.doubt));
  }
  for (const Point& at : question.table) {
    answer.table.push_back(Foretell(answer.law, carriers, question.force, at));
  }
  // Refusals come first among the warnings, since they explain what is absent.
  answer.law.warnings.insert(answer.law.warnings.begin(),
                             answer.refused_predictions.begin(),
                             answer.refused_predictions.end());
}

// Gives the dearest prediction asked for, in the units of FitOptions::target_cost; 0 without any.
// The weights of laws with priors are made for it.
double TargetCost(const LawQuestion& question) {
  double cost = 0;
  const auto see = [&](const Point& point) {
    const double own =
        std::isnan(point.params) ? point.tokens : kFlopPerWeight * point.params * point.tokens;
    if (own > cost) cost = own;
  };
  std::for_each(question.at.begin(), question.at.end(), see);
  std::for_each(question.table.begin(), question.table.end(), see);
  return cost;
}

// The run whose cost is the largest: where a user who asks for no place wants the best pair.
Point DearestPlace(std::span<const Point> points) {
  Point place;
  for (const Point& point : points) {
    const double cost = point.params * point.tokens;
    if (!(point.loss > 0 && cost > 0) || cost <= place.params * place.tokens) continue;
    place.params = point.params;
    place.tokens = point.tokens;
  }
  return place;
}

// Finds the best rate and batch where the places leave them open, and puts them into the places.
void AnswerBestPairs(std::span<const Point> points, std::vector<Point>& places, LawAnswer& answer) {
  for (Point& place : places) {
    if (place.lr > 0 && place.batch > 0) continue;
    std::optional<BestPair> pair = FindBestPair(answer.law, points, place);
    if (!pair) continue;
    place = pair->at;
    answer.best_pairs.push_back(std::move(*pair));
  }
  if (!places.empty()) return;
  if (auto pair = FindBestPair(answer.law, points, DearestPlace(points))) {
    answer.best_pairs.push_back(std::move(*pair));
  }
}

// Failed runs are no points of a law of loss; they are listed, so that all rows are accounted for.
void DropFailed(const LawQuestion& question, LawFit& law) {
  for (const Point& failed : question.failed) {
    law.dropped.push_back({failed.row, std::string(Name(failed.failure))});
  }
}

const Point* Target(const LawQuestion& question) {
  return question.at.empty() ? nullptr : &question.at.front();
}

// Gives the sizes that carry the law of the best rate. A size whose optimum is censored carries
// none.
std::vector<Point> Carriers(const LrLawFit& fit) {
  std::vector<Point> carriers;
  for (const LrOptimum& optimum : fit.optima) {
    if (optimum.censoring != Censoring::kNone) continue;
    Point point = FindPlace(optimum);
    point.loss = optimum.loss;
    carriers.push_back(point);
  }
  return carriers;
}

}  // namespace

LawAnswer AnswerLossLaw(const LawQuestion& question) {
  LawAnswer answer;
  FitOptions options = question.options;
  // A target that the options name goes before the places that are asked for.
  if (options.target_cost == 0) options.target_cost = TargetCost(question);
  options.dropped_before = static_cast<int>(question.failed.size() + question.dropped.size());
  const LawInfo& law = question.own != nullptr ? *question.own : RequireLossLaw(question.law);
  // Compute is what params and tokens make of it, where a table has no column of it.
  std::vector<Point> points(question.points.begin(), question.points.end());
  if (law.Needs(Variable::kCompute)) points = WithCompute(points);
  answer.law = FitLaw(law, points, options);
  DropFailed(question, answer.law);
  if (answer.law.ok() && question.criticise) {
    answer.criticism = Criticise(law, points, options, Target(question), question.labels);
  }
  if (question.discrepancy) AddDiscrepancy(points, options, answer.law);
  LawQuestion whole = question;
  AnswerBestPairs(points, whole.at, answer);
  Predict(whole, points, answer);
  return answer;
}

LawAnswer AnswerLrLaw(const LawQuestion& question) {
  LawAnswer answer;
  answer.lr = FitLrLaw(question.points, question.failed, question.options);
  answer.law = answer.lr->law;
  if (question.criticise) answer.criticism = CriticiseLrLaw(question, *answer.lr);
  Predict(question, Carriers(*answer.lr), answer);
  return answer;
}

LawAnswer AnswerLrEdge(const LawQuestion& question) {
  LawAnswer answer;
  answer.edge = FitLrEdge(question.points, question.failed, question.options);
  answer.law = answer.edge->law;
  if (question.criticise) answer.criticism = CriticiseLrEdge(question, *answer.edge);
  Predict(question, BracketedPlaces(*answer.edge), answer);
  return answer;
}

LawAnswer AnswerLrSurface(const LawQuestion& question) {
  LawAnswer answer;
  answer.surface = FitLrSurface(question.points, question.failed, question.options);
  answer.law = answer.surface->law;
  // The law beside the surface is shown with it, as the two should agree.
  answer.lr = answer.surface->stepwise;
  if (question.criticise) answer.criticism = CriticiseLrSurface(question, *answer.surface);
  Predict(question, question.points, answer);
  return answer;
}

LawAnswer AnswerComputeLaw(const LawQuestion& question) {
  LawAnswer answer;
  answer.compute = FitComputeLaw(question.points, question.options);
  answer.law = answer.compute->leading();
  DropFailed(question, answer.law);
  if (question.criticise) answer.criticism = CriticiseComputeLaw(question, *answer.compute);
  Predict(question, WithCompute(question.points), answer);
  return answer;
}

LawAnswer AnswerLaw(const LawQuestion& question) {
  LawAnswer answer =
      question.own != nullptr ? AnswerLossLaw(question) : RequireLaw(question.law).answer(question);
  LawFit& law = answer.law;
  law.dropped.insert(law.dropped.end(), question.dropped.begin(), question.dropped.end());
  answer.rows = question.points.size() + question.failed.size() + question.dropped.size();
  law.rows = answer.rows;
  return answer;
}

}  // namespace saelaw
