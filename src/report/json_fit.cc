// All laws share one object, so that a program needs not know which law was fitted to find what it
// reads; what only one kind of law has is added under keys of its own.
#include "report/json_parts.h"
#include "report/tables/fit_words.h"
#include "report/tables/refusal_words.h"

namespace saelaw {
namespace report_json {

Json AtObject(const Point& at) {
  Json json = Json::object();
  const auto add = [&](const char* name, double value) {
    // NaN is not equal to itself: a quantity that was not given is left out.
    if (value == value) json[name] = Number(value);
  };
  add("tokens", at.tokens);
  add("params", at.params);
  add("lr", at.lr);
  add("batch", at.batch);
  add("compute", at.compute);
  add("l0", at.l0);
  return json;
}

namespace {

// `interval` is that of one further run, `law_interval` that of the law itself, which is narrower.
Json PredictionsObject(const LawFit& fit, std::span<const Prediction> predictions) {
  Json rows = Json::array();
  for (const Prediction& prediction : predictions) {
    rows.push_back({{"at", AtObject(prediction.at)},
                    {"value", Number(prediction.value)},
                    {"interval", Range(prediction.prediction)},
                    {"law_interval", Range(prediction.confidence)},
                    {"extrapolation_factor", Number(prediction.extrapolation)},
                    {"discrepancy", DiscrepancyObject(prediction.discrepancy, fit.discrepancy)}});
  }
  return rows;
}

// A rate of 0 stands for none.
Json Rate(double lr) { return lr > 0 ? Number(lr) : Json(nullptr); }

Json OptimumObject(const LrOptimum& optimum) {
  return {{"tokens", Number(optimum.tokens)},
          {"params", Number(optimum.params)},
          {"batch", Number(optimum.batch)},
          {"lr", Rate(optimum.lr)},
          {"sd_ln", Number(optimum.sd_ln)},
          {"held_out_sd_ln", Number(optimum.held_out_sd_ln)},
          {"lr_interval", Range(optimum.interval)},
          {"loss", Number(optimum.loss)},
          {"curvature", Number(optimum.curvature)},
          {"best_lr", Rate(optimum.best_lr)},
          {"censoring", Name(optimum.censoring)},
          {"last_survivor", Rate(optimum.last_survivor)},
          {"first_failure", Rate(optimum.first_failure)},
          {"points", optimum.points_used}};
}

// Gives what the variables of a law's formula are divided by; null where they stand for themselves.
Json Centres(const LawFit& fit) {
  if (fit.centres.empty()) return nullptr;
  Json json = Json::object();
  for (const auto& [name, value] : fit.centres) json[name] = Number(value);
  return json;
}

// Rows of numbers with the parameters' names and scales, so that no reader need know their order.
Json CovarianceObject(const ParameterCovariance& covariance) {
  if (!covariance.known()) return nullptr;
  Json scales = Json::array();
  for (const bool of_log : covariance.of_log) scales.push_back(of_log ? "log" : "natural");
  const std::size_t n = covariance.names.size();
  Json rows = Json::array();
  for (std::size_t i = 0; i < n; ++i) {
    Json row = Json::array();
    for (std::size_t j = 0; j < n; ++j) row.push_back(Number(covariance.matrix[i * n + j]));
    rows.push_back(std::move(row));
  }
  return {{"names", covariance.names}, {"scales", std::move(scales)}, {"matrix", std::move(rows)}};
}

}  // namespace

Json FitObject(const LawFit& fit, std::span<const Prediction> predictions) {
  return {{"law", fit.name()},
          {"estimator", fit.estimator},
          {"n_points", fit.n_points},
          {"dropped", Dropped(fit.dropped)},
          {"params", Values(fit.params)},
          {"intervals", Intervals(fit.params)},
          {"covariance", CovarianceObject(fit.covariance)},
          {"interval_method", fit.interval_method},
          {"interval_assumption", TextOrNull(AssumptionText(fit.assumption))},
          {"centres", Centres(fit)},
          {"level", Number(fit.level)},
          {"objective", fit.ok() ? Number(fit.objective) : Json(nullptr)},
          {"rms_residual", fit.ok() ? Number(fit.rms_residual) : Json(nullptr)},
          {"noise_sd", Number(fit.noise_sd)},
          {"converged", fit.converged},
          {"starts", {{"tried", fit.starts_tried}, {"at_best", fit.starts_at_best}}},
          {"predictions", PredictionsObject(fit, predictions)},
          {"warnings", WarningTexts(fit.warnings)},
          {"refusal", TextOrNull(RefusalText(fit))}};
}

Json OptimaObject(const std::vector<LrOptimum>& optima) {
  Json rows = Json::array();
  for (const LrOptimum& optimum : optima) rows.push_back(OptimumObject(optimum));
  return rows;
}

Json BracketsObject(const std::vector<LrEdgeBracket>& brackets) {
  Json rows = Json::array();
  for (const LrEdgeBracket& bracket : brackets) {
    rows.push_back({{"tokens", Number(bracket.tokens)},
                    {"last_survivor", Rate(bracket.last_survivor)},
                    {"first_failure", Rate(bracket.first_failure)}});
  }
  return rows;
}

namespace {

Json Budgets(const ComputeLawFit& fit) {
  Json rows = Json::array();
  for (const ComputeOptimum& optimum : fit.optima) {
    rows.push_back({{"compute", Number(optimum.compute)},
                    {"params", Number(optimum.params)},
                    {"tokens", Number(optimum.tokens)},
                    {"sd_ln", Number(optimum.sd_ln)},
                    {"loss", Number(optimum.loss)},
                    {"censoring", Name(optimum.censoring)},
                    {"points", optimum.points_used}});
  }
  return rows;
}

Json Residuals(const LawFit& fit) {
  Json rows = Json::array();
  for (const RowResidual& residual : fit.residuals) {
    rows.push_back({{"row", residual.row}, {"ln_loss", Number(residual.value)}});
  }
  return rows;
}

Json BestPairs(const std::vector<BestPair>& pairs) {
  Json rows = Json::array();
  for (const BestPair& pair : pairs) {
    rows.push_back({{"at", AtObject(pair.at)},
                    {"value", Number(pair.value)},
                    {"lr_at_end", pair.lr_at_end},
                    {"batch_at_end", pair.batch_at_end},
                    {"nearest", AtObject(pair.nearest)},
                    {"nearest_value", Number(pair.nearest_value)},
                    {"regret", Number(pair.regret)}});
  }
  return rows;
}

// A key of these is absent, and not null, for a law of another kind.
void AddGrounds(const LawAnswer& answer, Json& json) {
  if (!answer.law.residuals.empty()) json["residuals"] = Residuals(answer.law);
  if (answer.lr) json["optima"] = OptimaObject(answer.lr->optima);
  if (!answer.best_pairs.empty()) json["best_pairs"] = BestPairs(answer.best_pairs);
  if (answer.edge) json["brackets"] = BracketsObject(answer.edge->brackets);
  if (answer.surface) json["stepwise"] = FitObject(answer.surface->stepwise.law, {});
  if (answer.compute) {
    json["budgets"] = Budgets(*answer.compute);
    json["valleys"] = FitObject(answer.compute->law, {});
    json["surface"] = FitObject(answer.compute->surface, {});
    json["loss_surface"] = FitObject(answer.compute->loss_surface, {});
  }
  if (!answer.criticism.empty()) json["criticism"] = CriticismObject(answer.criticism);
}

}  // namespace

}  // namespace report_json

std::string FitJson(const LawFit& fit, std::span<const Prediction> predictions) {
  report_json::Json json = report_json::Head("fit");
  json.update(report_json::FitObject(fit, predictions));
  return report_json::Dump(json);
}

std::string AnswerJson(const LawAnswer& answer) {
  report_json::Json json = report_json::Head("fit");
  json.update(report_json::FitObject(answer.law, answer.predictions));
  report_json::AddGrounds(answer, json);
  return report_json::Dump(json);
}

}  // namespace saelaw
