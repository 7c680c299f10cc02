// `saelaw fit --json`: loss laws, the learning-rate law, the stability edge.
#include <algorithm>

#include "report/json_parts.h"

namespace saelaw {
namespace report_json {
namespace {

// The variables that the point names.
Json AtObject(const Point& at) {
  Json json = Json::object();
  const auto add = [&](const char* name, double value) {
    if (value == value) json[name] = Number(value);
  };
  add("tokens", at.tokens);
  add("params", at.params);
  add("lr", at.lr);
  add("batch", at.batch);
  return json;
}

Json PredictionsObject(std::span<const Prediction> predictions) {
  Json rows = Json::array();
  for (const Prediction& prediction : predictions) {
    rows.push_back({{"at", AtObject(prediction.at)},
                    {"value", Number(prediction.value)},
                    {"interval", Range(prediction.prediction)},
                    {"law_interval", Range(prediction.confidence)}});
  }
  return rows;
}

Json Joined(const std::vector<std::string>& first, const std::vector<std::string>& second) {
  Json texts = first;
  for (const std::string& text : second) {
    if (std::find(first.begin(), first.end(), text) == first.end()) texts.push_back(text);
  }
  return texts;
}

// A rate of 0 stands for none.
Json Rate(double lr) { return lr > 0 ? Number(lr) : Json(nullptr); }

Json OptimumObject(const LrOptimum& optimum) {
  return {{"tokens", Number(optimum.tokens)},
          {"lr", Rate(optimum.lr)},
          {"sd_ln", Number(optimum.sd_ln)},
          {"loss", Number(optimum.loss)},
          {"best_lr", Rate(optimum.best_lr)},
          {"censoring", Name(optimum.censoring)},
          {"last_survivor", Rate(optimum.last_survivor)},
          {"first_failure", Rate(optimum.first_failure)},
          {"points", optimum.points_used}};
}

}  // namespace

Json FitObject(const LawFit& fit, std::span<const Prediction> predictions) {
  return {{"law", fit.law},
          {"estimator", fit.estimator},
          {"n_points", fit.n_points},
          {"dropped", Dropped(fit.dropped)},
          {"params", Values(fit.params)},
          {"intervals", Intervals(fit.params)},
          {"interval_method", fit.interval_method},
          {"level", Number(fit.level)},
          {"objective", fit.ok() ? Number(fit.objective) : Json(nullptr)},
          {"rms_residual", fit.ok() ? Number(fit.rms_residual) : Json(nullptr)},
          {"noise_sd", Number(fit.noise_sd)},
          {"converged", fit.converged},
          {"starts", {{"tried", fit.starts_tried}, {"at_best", fit.starts_at_best}}},
          {"predictions", PredictionsObject(predictions)},
          {"warnings", fit.warnings},
          {"refusal", TextOrNull(fit.refusal)}};
}

Json LrLawObject(const LrLawFit& fit, std::span<const Prediction> predictions) {
  Json json = FitObject(fit.law, predictions);
  json["dropped"] = Dropped(fit.dropped);
  json["warnings"] = Joined(fit.warnings, fit.law.warnings);
  json["optima"] = Json::array();
  for (const LrOptimum& optimum : fit.optima) json["optima"].push_back(OptimumObject(optimum));
  return json;
}

Json LrEdgeObject(const LrEdgeFit& fit, std::span<const Prediction> predictions) {
  Json json = FitObject(fit.law, predictions);
  json["warnings"] = Joined(fit.warnings, fit.law.warnings);
  json["brackets"] = Json::array();
  for (const LrEdgeBracket& bracket : fit.brackets) {
    json["brackets"].push_back({{"tokens", Number(bracket.tokens)},
                                {"last_survivor", Rate(bracket.last_survivor)},
                                {"first_failure", Rate(bracket.first_failure)}});
  }
  return json;
}

}  // namespace report_json

std::string FitJson(const LawFit& fit, std::span<const Prediction> predictions) {
  report_json::Json json = report_json::Head("fit");
  json.update(report_json::FitObject(fit, predictions));
  return report_json::Dump(json);
}

std::string LrLawJson(const LrLawFit& fit, std::span<const Prediction> predictions) {
  report_json::Json json = report_json::Head("fit");
  json.update(report_json::LrLawObject(fit, predictions));
  return report_json::Dump(json);
}

std::string LrEdgeJson(const LrEdgeFit& fit, std::span<const Prediction> predictions) {
  report_json::Json json = report_json::Head("fit");
  json.update(report_json::LrEdgeObject(fit, predictions));
  return report_json::Dump(json);
}

}  // namespace saelaw
