// The objects that other programs read: keys in their documented order, unknown numbers null.
#include "report/json.h"

#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/made_up.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::IsSupersetOf;

std::vector<std::string> Keys(const Json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

PlanReport ThePlan() {
  PlanReport report;
  report.sweep = "made-up";
  PlannedRun run;
  run.id = "0123456789abcdef";
  run.spec = made_up::TargetRun();
  run.reason = "grid around 0.004";
  run.predicted.sae_flops = 2e12;
  run.predicted.stream_flops = 3e12;
  run.predicted.seconds = 1.5;
  run.predicted.device_bytes = 1e6;
  report.plan.runs = {run, run};
  report.target = made_up::Price();
  report.target_d_sae = 1152;
  return report;
}

TEST(FitJson, HasTheDocumentedKeys) {
  Point at;
  at.tokens = 1e6;
  const LawFit fit = made_up::LossLaw();
  const std::vector<Prediction> predictions = {fit.predictor(at)};
  const Json json = Json::parse(FitJson(fit, predictions));
  EXPECT_THAT(Keys(json),
              ElementsAre("version",
                          "command",
                          "law",
                          "estimator",
                          "n_points",
                          "dropped",
                          "params",
                          "intervals",
                          "interval_method",
                          "interval_assumption",
                          "centres",
                          "level",
                          "objective",
                          "rms_residual",
                          "noise_sd",
                          "converged",
                          "starts",
                          "predictions",
                          "warnings",
                          "refusal"));
  EXPECT_EQ(json["version"], 1);
  EXPECT_EQ(json["params"].dump(), R"({"floor":0.35,"coef":20.0,"exponent":0.3})");
  EXPECT_EQ(json["intervals"]["coef"].dump(), "[15.5,26.25]");
  EXPECT_THAT(Keys(json["starts"]), ElementsAre("tried", "at_best"));
  EXPECT_EQ(json["predictions"][0]["at"].dump(), R"({"tokens":1000000.0})");
  EXPECT_EQ(json["predictions"][0]["value"], made_up::Loss(1e6));
  EXPECT_EQ(json["predictions"][0]["interval"][0], predictions[0].prediction.lo);
  EXPECT_TRUE(json["refusal"].is_null());
}

TEST(FitJson, SaysWhyThereIsNoLaw) {
  LawFit fit = made_up::Refused("data");
  fit.dropped = {{7, "loss is nan"}};
  const Json json = Json::parse(FitJson(fit, {}));
  EXPECT_EQ(json["refusal"], "only 2 uncensored sizes, 3 are needed");
  EXPECT_TRUE(json["objective"].is_null());
  EXPECT_EQ(json["params"].dump(), "{}");
  EXPECT_EQ(json["dropped"].dump(), R"([{"row":7,"reason":"loss is nan"}])");
}

TEST(FitJson, UnknownIsNullAndBrokenTextIsMended) {
  LawFit fit = made_up::LossLaw();
  fit.noise_sd = std::nan("");
  fit.params[0].interval = {};
  fit.params[1].interval.hi = INFINITY;
  fit.warnings = {"caf\xe9"};
  const Json json = Json::parse(FitJson(fit, {}));
  EXPECT_TRUE(json["noise_sd"].is_null());
  EXPECT_TRUE(json["intervals"]["floor"].is_null());
  EXPECT_EQ(json["intervals"]["coef"].dump(), "[15.5,null]");
  EXPECT_EQ(json["warnings"][0], "caf\xef\xbf\xbd");
}

TEST(AnswerJson, AddsTheOptimumOfEachSize) {
  LawAnswer answer;
  answer.lr = made_up::TheFindings().rates.best;
  answer.law = answer.lr->law;
  const Json json = Json::parse(AnswerJson(answer));
  EXPECT_EQ(json["law"], "lr");
  EXPECT_EQ(json["params"]["exponent"], -0.35);
  ASSERT_EQ(json["optima"].size(), 4);
  EXPECT_EQ(json["optima"][3]["censoring"], "cliff");
  EXPECT_EQ(json["optima"][0]["last_survivor"], 0.016);
}

TEST(AnswerJson, AddsTheBrackets) {
  LrEdgeFit edge = made_up::TheFindings().rates.edge;
  edge.brackets = {{32768, 0.008, 0}};
  LawAnswer answer;
  answer.edge = edge;
  answer.law = edge.law;
  const Json json = Json::parse(AnswerJson(answer));
  EXPECT_EQ(json["law"], "lr-edge");
  EXPECT_EQ(json["brackets"].dump(),
            R"([{"tokens":32768.0,"last_survivor":0.008,"first_failure":null}])");
}

TEST(PlanJson, HasTheDocumentedKeys) {
  const Json json = Json::parse(PlanJson(ThePlan()));
  EXPECT_THAT(Keys(json),
              ElementsAre("version",
                          "command",
                          "sweep",
                          "demonstration",
                          "complete",
                          "runs",
                          "total",
                          "expected_interval_width",
                          "expected_interval",
                          "target",
                          "notes"));
  EXPECT_THAT(Keys(json["runs"][0]),
              ElementsAre("id", "stage", "tokens", "d_sae", "lr", "seed", "reason", "predicted"));
  EXPECT_THAT(Keys(json["runs"][0]["predicted"]), ElementsAre("seconds", "device_bytes", "flops"));
  EXPECT_TRUE(json["expected_interval_width"].is_null());
  EXPECT_EQ(json["total"]["seconds"], 3.0);
  EXPECT_EQ(json["total"]["flops"], 1e13);
  EXPECT_EQ(json["total"]["device_bytes"], 1e6);
}

TEST(PlanJson, PricesTheTargetTwiceAndSaysWhereItsTokensComeFrom) {
  PlanReport report = ThePlan();
  report.derivation = TokenDerivation{4e9, 256000, 128000, 0.5};
  report.expected_interval = ExpectedInterval{0.5, {0.49, 0.51}, "assumed", ""};
  const Json json = Json::parse(PlanJson(report));
  EXPECT_EQ(json["expected_interval_width"], 0.51 - 0.49);
  EXPECT_EQ(json["expected_interval"].dump(),
            R"({"loss":0.5,"interval":[0.49,0.51],"basis":"assumed","refusal":null})");
  EXPECT_EQ(json["target"]["at_peak"]["label"], "at peak (lower bound)");
  EXPECT_EQ(json["target"]["at_peak"]["hours"], 4.2e-3 + 1.4e-3);
  EXPECT_EQ(json["target"]["exact"]["hours"], 8.4e-3 + 3.0e-3);
  EXPECT_EQ(json["target"]["derivation"]["vocabulary"], 128000.0);
}

TEST(StatusJson, HasTheDocumentedKeys) {
  Status status;
  status.sweep = "made-up";
  StatusRow waiting;
  waiting.id = "w";
  waiting.state = "waiting";
  StatusRow done;
  done.id = "d";
  done.state = "done";
  done.progress = 1;
  done.result = StatusResult{Outcome::kDiverged, {}, 2.5};
  status.runs = {waiting, done, done};
  const Json json = Json::parse(StatusJson(status));
  EXPECT_THAT(Keys(json),
              ElementsAre("version", "command", "sweep", "runs", "counts", "eta_seconds"));
  EXPECT_THAT(Keys(json["runs"][0]),
              IsSupersetOf({"id", "state", "attempts", "progress", "eta_seconds", "result"}));
  EXPECT_TRUE(json["runs"][0]["result"].is_null());
  EXPECT_TRUE(json["runs"][0]["eta_seconds"].is_null());
  EXPECT_EQ(json["runs"][1]["result"]["outcome"], "diverged");
  EXPECT_EQ(json["counts"].dump(), R"({"done":2,"waiting":1})");
}

TEST(RecommendationJson, HasTheDocumentedKeys) {
  const Json json = Json::parse(RecommendationJson(made_up::TheRecommendation(), "x.yaml"));
  EXPECT_THAT(Keys(json),
              IsSupersetOf({"version",
                            "command",
                            "lr",
                            "lr_interval",
                            "lr_basis",
                            "lr_max",
                            "lr_max_interval",
                            "loss_predicted",
                            "loss_interval",
                            "mse_predicted",
                            "mse_interval",
                            "fvu_predicted",
                            "fvu_interval",
                            "l0_predicted",
                            "l0_interval",
                            "exponents",
                            "tokens",
                            "d_sae",
                            "batch_tokens",
                            "schedule",
                            "sparsity",
                            "threshold_lr",
                            "flops",
                            "hours",
                            "alternatives",
                            "holdout",
                            "transfer",
                            "extrapolation_factor",
                            "evidence",
                            "warnings",
                            "config_path"}));
  EXPECT_EQ(json["lr"], made_up::Rate(4194304));
  EXPECT_EQ(json["lr_basis"], "optimum");
  EXPECT_TRUE(json["lr_max_interval"][1].is_null());
  EXPECT_TRUE(json["mse_interval"].is_null());
  EXPECT_TRUE(json["l0_predicted"].is_null());
  EXPECT_EQ(json["exponents"]["loss"]["value"], 0.3);
  EXPECT_EQ(json["hours"]["rtx4090"], 8.4e-3 + 3.0e-3);
  EXPECT_THAT(
      Keys(json["holdout"][0]),
      IsSupersetOf(
          {"run", "tokens", "predicted", "interval", "measured", "inside", "stored", "today"}));
  EXPECT_THAT(Keys(json["transfer"][0]),
              ElementsAre("field", "swept", "target", "rule", "supported"));
  EXPECT_THAT(Keys(json["alternatives"][0]), ElementsAre("tokens", "loss", "interval", "hours"));
  EXPECT_THAT(Keys(json["sparsity"]), ElementsAre("kind", "value", "basis"));
  EXPECT_EQ(json["config_path"], "x.yaml");
}

TEST(RecommendationJson, InsideIsUnknownWithoutAnInterval) {
  Recommendation r = made_up::TheRecommendation();
  EXPECT_EQ(Json::parse(RecommendationJson(r, ""))["holdout"][0]["inside"], true);
  r.hold_out.front().interval = {};
  EXPECT_TRUE(Json::parse(RecommendationJson(r, ""))["holdout"][0]["inside"].is_null());
}

TEST(RecommendationJson, NamesAnUnsupportedDifferenceFirst) {
  const Json json = Json::parse(RecommendationJson(made_up::TheRecommendation(), ""));
  EXPECT_THAT(json["warnings"][0].get<std::string>(), testing::StartsWith("batch_tokens: swept"));
  EXPECT_EQ(json["warnings"][1], "the floor sits on its bound");
  EXPECT_TRUE(json["config_path"].is_null());
}

TEST(ReportJson, HoldsLawsRunsAndRecommendation) {
  const Json json = Json::parse(ReportJson(made_up::TheReport()));
  EXPECT_EQ(json["command"], "report");
  EXPECT_EQ(json["laws"]["loss"]["params"]["floor"], 0.35);
  EXPECT_EQ(json["laws"]["predicts_with"], "loss");
  EXPECT_EQ(json["runs"].size(), 41);
  EXPECT_EQ(json["runs"][8]["left_out"], "collapsed");
  EXPECT_EQ(json["recommendation"]["tokens"], 4194304.0);
  EXPECT_EQ(json["warnings"].size(), 3);
}

}  // namespace
}  // namespace saelaw
