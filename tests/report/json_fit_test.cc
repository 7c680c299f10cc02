// One object for every law: keys in their documented order, unknown numbers null.
#include <cmath>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/json.h"
#include "report/json_keys.h"
#include "report/made_up.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;

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
                          "covariance",
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
  EXPECT_EQ(json["refusal"],
            "the lr law needs at least 3 sizes whose optimum lies inside the swept rates, got 2 of "
            "5");
  EXPECT_TRUE(json["objective"].is_null());
  EXPECT_EQ(json["params"].dump(), "{}");
  EXPECT_EQ(json["dropped"].dump(), R"([{"row":7,"reason":"loss is nan"}])");
}

TEST(FitJson, SaysOfWhichScaleEachErrorIs) {
  LawFit fit = made_up::LossLaw();
  EXPECT_TRUE(Json::parse(FitJson(fit, {}))["covariance"].is_null());
  fit.covariance = {{"floor", "coef"}, {false, true}, {1, 0.5, 0.5, 4}};
  EXPECT_EQ(Json::parse(FitJson(fit, {}))["covariance"].dump(),
            R"({"names":["floor","coef"],"scales":["natural","log"],)"
            R"("matrix":[[1.0,0.5],[0.5,4.0]]})");
}

TEST(FitJson, UnknownIsNullAndBrokenTextIsMended) {
  LawFit fit = made_up::LossLaw();
  fit.noise_sd = std::nan("");
  fit.params[0].interval = {};
  fit.params[1].interval.hi = INFINITY;
  fit.warnings = {warning::OnBound{"caf\xe9", 0}};
  const Json json = Json::parse(FitJson(fit, {}));
  EXPECT_TRUE(json["noise_sd"].is_null());
  EXPECT_TRUE(json["intervals"]["floor"].is_null());
  EXPECT_EQ(json["intervals"]["coef"].dump(), "[15.5,null]");
  EXPECT_EQ(json["warnings"][0], "caf\xef\xbf\xbd is on its bound (0)");
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

BestPair Pair() {
  BestPair pair;
  pair.at.tokens = 1e9;
  pair.at.params = 1e8;
  pair.at.lr = 0.001;
  pair.at.batch = 4096;
  pair.value = 2.5;
  pair.batch_at_end = true;
  pair.nearest = pair.at;
  pair.nearest.lr = 0.002;
  pair.nearest_value = 2.55;
  pair.regret = 0.02;
  return pair;
}

TEST(AnswerJson, AddsTheBestPairs) {
  LawAnswer answer;
  answer.law = made_up::LossLaw();
  answer.best_pairs = {Pair()};
  const Json json = Json::parse(AnswerJson(answer));
  // In the order of docs/json.md.
  EXPECT_EQ(json["best_pairs"].dump(),
            R"([{"at":{"tokens":1000000000.0,"params":100000000.0,"lr":0.001,"batch":4096.0},)"
            R"("value":2.5,"lr_at_end":false,"batch_at_end":true,)"
            R"("nearest":{"tokens":1000000000.0,"params":100000000.0,"lr":0.002,"batch":4096.0},)"
            R"("nearest_value":2.55,"regret":0.02}])");
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

}  // namespace
}  // namespace saelaw
