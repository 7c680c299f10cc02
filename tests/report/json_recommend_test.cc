#include <string>

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
using testing::IsSupersetOf;

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
  EXPECT_EQ(json["warnings"][1], "floor is on its bound (0)");
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

// Results of version 0.1.0 do not say on what they were measured, which differs from nothing.
TEST(ReportJson, AResultThatDoesNotSayHasNull) {
  Report report = made_up::TheReport();
  report.findings.runs.front().held_out_documents = 64;
  report.findings.runs.front().held_out_tokens = 16384;
  const Json runs = Json::parse(ReportJson(report))["runs"];
  EXPECT_EQ(runs[0]["held_out"].dump(), R"({"documents":64,"tokens":16384})");
  EXPECT_TRUE(runs[1]["held_out"].is_null());
  EXPECT_TRUE(runs[0]["ce_on"].is_null());
}

}  // namespace
}  // namespace saelaw
