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

PlanReport ThePlan() {
  PlanReport report;
  report.sweep = "made-up";
  PlannedRun run;
  run.id = "0123456789abcdef";
  run.spec = made_up::TargetRun();
  run.why = asked::Refined{};
  run.predicted.sae_flops = 2e12;
  run.predicted.stream_flops = 3e12;
  run.predicted.seconds = 1.5;
  run.predicted.device_bytes = 1e6;
  report.plan.runs = {run, run};
  report.target = made_up::Price();
  report.target_d_sae = 1152;
  return report;
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
  report.expected_interval = ExpectedInterval{0.5, {0.49, 0.51}, ForeseenFrom{12}, "", {}};
  const Json json = Json::parse(PlanJson(report));
  EXPECT_EQ(json["expected_interval_width"], 0.51 - 0.49);
  EXPECT_EQ(
      json["expected_interval"].dump(),
      R"({"loss":0.5,"interval":[0.49,0.51],"basis":"the law of the 12 runs that carry it so far",)"
      R"("refusal":null})");
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

}  // namespace
}  // namespace saelaw
