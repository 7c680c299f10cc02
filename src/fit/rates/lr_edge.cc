// Sorts the runs into trials, hands them to the posterior on a grid, and reads the law and all
// intervals off it. Sizes with a bracket fix the centre, as they are what the edge is known from.
#include "fit/rates/lr_edge.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "fit/rates/edge_posterior.h"
#include "fit/rates/rate_table.h"

namespace saelaw {
namespace {

// Rates are ascending, so everything below the first failure has survived.
LrEdgeBracket MakeBracket(const RatesAtSize& size) {
  LrEdgeBracket bracket;
  bracket.tokens = size.tokens;
  for (const TriedRate& rate : size.rates) {
    if (rate.fails()) {
      bracket.first_failure = rate.lr;
      break;
    }
    bracket.last_survivor = rate.lr;
  }
  return bracket;
}

// The posterior takes counts by rate, which is all that independent runs can tell.
std::vector<EdgeTrial> Trials(const RateTable& table, double centre) {
  std::vector<EdgeTrial> trials;
  for (const RatesAtSize& size : table.sizes) {
    for (const TriedRate& rate : size.rates) {
      trials.push_back(
          {std::log(size.tokens) - centre, std::log(rate.lr), rate.survived(), rate.failed()});
    }
  }
  return trials;
}

bool Bracketed(const LrEdgeBracket& bracket) {
  return bracket.last_survivor > 0 && bracket.first_failure > 0;
}

// The mean of ln tokens over the sizes with a bracket.
// At the centre level and slope hardly depend on each other, which keeps the grid small.
double Centre(const std::vector<LrEdgeBracket>& brackets) {
  double sum = 0;
  int count = 0;
  for (const LrEdgeBracket& bracket : brackets) {
    if (!Bracketed(bracket)) continue;
    sum += std::log(bracket.tokens);
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

// What varies among the sizes where more than one value of it stands in the data.
std::optional<Variable> WhatVaries(const RateTable& table) {
  const auto varies = [&](double RatesAtSize::*value) {
    return std::any_of(table.sizes.begin(), table.sizes.end(), [&](const RatesAtSize& size) {
      return std::abs(size.*value / (table.sizes.front().*value) - 1) > 1e-9;
    });
  };
  if (varies(&RatesAtSize::params)) return Variable::kParams;
  if (varies(&RatesAtSize::batch)) return Variable::kBatch;
  return {};
}

// A posterior without a failure, or without a survivor below one, would be the prior's.
std::optional<FitRefusal> WhyRefused(const RateTable& table,
                                     const std::vector<LrEdgeBracket>& brackets) {
  int failed = 0;
  for (const RatesAtSize& size : table.sizes) {
    for (const TriedRate& rate : size.rates) failed += rate.failed();
  }
  // Each of the two refusals says which side of the edge was not seen.
  if (failed == 0) return refusal::NothingFailed{};
  if (std::none_of(brackets.begin(), brackets.end(), Bracketed)) return refusal::NotBracketed{};
  return {};
}

// The model with its place of x = 0, shared by all that answers from it.
struct Fitted {
  EdgePosterior posterior;
  double centre = 0;

  double X(double tokens) const { return std::log(tokens) - centre; }
  Interval OfEdge(double tokens, double level) const {
    return {std::exp(posterior.Quantile(X(tokens), (1 - level) / 2)),
            std::exp(posterior.Quantile(X(tokens), (1 + level) / 2))};
  }
  Interval OfOneRun(double tokens, double level) const {
    return {std::exp(posterior.LogRateOfFailureByAll(X(tokens), (1 - level) / 2)),
            std::exp(posterior.LogRateOfFailureByAll(X(tokens), (1 + level) / 2))};
  }
};

void FillLaw(const std::shared_ptr<const Fitted>& fitted, double level, LrEdgeFit& fit) {
  const EdgePosterior& posterior = fitted->posterior;
  LawFit& law = fit.law;
  // The coefficient is the edge at one token, which is why its interval is often wide.
  law.params = {
      {"coef", std::exp(posterior.Mean(-fitted->centre)), fitted->OfEdge(1, level), false},
      {"exponent",
       posterior.ExponentMean(),
       {posterior.ExponentQuantile((1 - level) / 2), posterior.ExponentQuantile((1 + level) / 2)},
       false},
      {"width",
       posterior.WidthMean(),
       {posterior.WidthQuantile((1 - level) / 2), posterior.WidthQuantile((1 + level) / 2)},
       false}};
  // The functions share one posterior, which lives as long as any of them.
  fit.failure_probability = [fitted](double tokens, double lr) {
    return fitted->posterior.FailureProbability(fitted->X(tokens), std::log(lr));
  };
  fit.rate_of_failure = [fitted](double tokens, double probability) {
    return std::exp(fitted->posterior.LogRateOfFailure(fitted->X(tokens), probability));
  };
  law.predictor = [fitted, level](const Point& at) {
    Prediction prediction;
    prediction.at = at;
    prediction.value = std::exp(fitted->posterior.Mean(fitted->X(at.tokens)));
    prediction.confidence = fitted->OfEdge(at.tokens, level);
    prediction.prediction = fitted->OfOneRun(at.tokens, level);
    return prediction;
  };
}

// Says which parts of the answer come from the prior and not from the data.
void Warn(const RateTable& table, LrEdgeFit& fit) {
  if (const std::optional<Variable> varies = WhatVaries(table)) {
    fit.warnings.push_back(warning::EdgeTakenAsOne{*varies});
  }
  const auto bracketed = std::count_if(fit.brackets.begin(), fit.brackets.end(), Bracketed);
  if (bracketed == 1) fit.warnings.push_back(warning::EdgeFromPrior{kEdgeExponentSd});
  int most = 0;
  for (const RatesAtSize& size : table.sizes) {
    for (const TriedRate& rate : size.rates) {
      most = std::max(most, rate.survived() + rate.failed());
    }
  }
  // Without a repeated rate nothing tells a lottery from a sharp edge.
  if (most < 2) fit.warnings.push_back(warning::NoSecondSeed{});
}

}  // namespace

LrEdgeFit FitLrEdge(std::span<const Point> survived,
                    std::span<const Point> failed,
                    const FitOptions& options) {
  RateTable table = MakeRateTable(survived, failed);
  LrEdgeFit fit;
  for (const RatesAtSize& size : table.sizes) fit.brackets.push_back(MakeBracket(size));
  LawFit& law = fit.law;
  law.info = &LrEdgeLaw();
  law.estimator = "logistic edge in ln lr and ln tokens";
  law.interval_method = "none";
  law.level = options.level;
  // Failed runs count as points here: they are half of what the edge is known from.
  law.n_points = static_cast<int>(survived.size() + failed.size());
  law.refusal = WhyRefused(table, fit.brackets);
  law.dropped = std::move(table.failures);
  law.dropped.insert(law.dropped.end(), table.unusable.begin(), table.unusable.end());
  if (!law.ok()) return fit;
  law.interval_method = "posterior on a grid";
  law.converged = true;
  const double centre = Centre(fit.brackets);
  FillLaw(std::make_shared<const Fitted>(Fitted{EdgePosterior(Trials(table, centre)), centre}),
          options.level,
          fit);
  Warn(table, fit);
  law.warnings = fit.warnings;
  return fit;
}

const LawInfo& LrEdgeLaw() {
  static const LawInfo law = {
      .name = "lr-edge",
      .formula = "largest stable lr = coef * tokens^exponent",
      .source = "logistic edge in ln lr and ln tokens, from which runs survived",
      .variables = {Variable::kTokens, Variable::kLr},
      .parameters = {{"coef", Role::kCoef},
                     {"exponent", Role::kExponent, Variable::kTokens},
                     {"width"}},
      .predicted = Predicted::kLargestRate,
      .predicted_at = {Variable::kTokens},
      .reads_failures = true,
      .title = "Stability edge, lr_max = coef·tokens^exponent"};
  return law;
}

}  // namespace saelaw
