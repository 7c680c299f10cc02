#include "report/json_parts.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

using namespace report_json;  // NOLINT: the pieces under test

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(JsonNumber, IsNullWhereItIsNoNumberOfJson) {
  EXPECT_EQ(Number(0.1).dump(), "0.1");
  for (const double value : {std::nan(""), kInfinity, -kInfinity}) {
    EXPECT_TRUE(Number(value).is_null());
  }
}

// An open end says something; no end says nothing.
TEST(JsonRange, KeepsAnOpenEnd) {
  EXPECT_EQ(Range({1, kInfinity}).dump(), "[1.0,null]");
  EXPECT_EQ(Range({-kInfinity, 2}).dump(), "[null,2.0]");
  EXPECT_TRUE(Range({-kInfinity, kInfinity}).is_null());
  EXPECT_TRUE(Range({}).is_null());
}

TEST(JsonParameter, WithoutANameIsNone) {
  EXPECT_TRUE(OneParameter({}).is_null());
  EXPECT_EQ(OneParameter({"exponent", 0.3, {0.28, 0.32}, true}).dump(),
            R"({"name":"exponent","value":0.3,"interval":[0.28,0.32],"on_bound":true})");
}

// A metric with a standard error has it behind all values; one that 0.1.0 did not know is left out
// where a result does not have it, which is not null: nobody tried to measure it.
TEST(AddMetrics, PutsErrorsBehindAndLeavesOutWhatWasNotMeasured) {
  RunMeasures run;
  run.final.loss = 0.5;
  run.final.se.loss = 0.01;
  Json json = Json::object();
  AddMetrics(MetricGroup::kHeldOut, run, json);
  EXPECT_EQ(json["loss"], 0.5);
  EXPECT_EQ(json["loss_se"], 0.01);
  EXPECT_EQ(json.begin().key(), "loss");
  EXPECT_GT(std::distance(json.begin(), json.find("loss_se")),
            std::distance(json.begin(), json.find("l0")));
  for (const Metric& metric : AllMetrics()) {
    if (metric.group != MetricGroup::kWeights) continue;
    Json weights = Json::object();
    AddMetrics(MetricGroup::kWeights, run, weights);
    EXPECT_FALSE(weights.contains(std::string(metric.name))) << metric.name;
    SetMetric(metric, 0.25, run);
    AddMetrics(MetricGroup::kWeights, run, weights);
    EXPECT_EQ(weights[std::string(metric.name)], 0.25);
  }
}

// A report must not fail over a user's name.
TEST(JsonDump, MendsTextThatIsNotUtf8) {
  EXPECT_EQ(Dump(Json("caf\xe9")), "\"caf\xef\xbf\xbd\"\n");
}

}  // namespace
}  // namespace saelaw
