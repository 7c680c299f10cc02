
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/json_keys.h"
#include "report/json_parts.h"

namespace saelaw {
namespace {

using report_json::CriticismObject;
using report_json::Json;

Criticism OneScale() {
  Criticism criticism;
  HeldOutScale held;
  held.tokens = 262144;
  held.points = 2;
  held.prediction.value = 0.4;
  held.inside = true;
  criticism.held_out = {held};
  criticism.with_floor.refusal = refusal::NotCompared{};
  criticism.without_floor.info = &DataLaw();
  criticism.without_floor.params = {{"exponent", 0.25, {}}};
  criticism.without_floor.rms_residual = 0.012;
  criticism.seed_noise = std::numeric_limits<double>::quiet_NaN();
  return criticism;
}

TEST(CriticismObject, IsNullWithoutAnythingToSay) { EXPECT_TRUE(CriticismObject({}).is_null()); }

// The keys that docs/json.md names, in its order.
TEST(CriticismObject, HasTheDocumentedKeys) {
  EXPECT_THAT(Keys(CriticismObject(OneScale())),
              testing::ElementsAre("held_out",
                                   "with_floor",
                                   "without_floor",
                                   "floor_worth",
                                   "seed_noise",
                                   "influence",
                                   "local_exponents",
                                   "next_runs",
                                   "would_change",
                                   "warnings"));
}

// "Inside" means nothing without an interval, and a law that was refused has nothing to compare.
TEST(CriticismObject, HasNullForWhatCannotBeSaid) {
  Criticism criticism = OneScale();
  Json json = CriticismObject(criticism);
  EXPECT_TRUE(json["held_out"][0]["inside"].is_null());
  EXPECT_TRUE(json["with_floor"].is_null());
  EXPECT_EQ(json["without_floor"].dump(), R"({"params":{"exponent":0.25},"rms_residual":0.012})");
  EXPECT_TRUE(json["seed_noise"].is_null());
  criticism.held_out[0].prediction.prediction = {0.3, 0.5};
  json = CriticismObject(criticism);
  EXPECT_EQ(json["held_out"][0]["inside"], true);
  EXPECT_EQ(json["held_out"][0]["interval"].dump(), "[0.3,0.5]");
}

// A next run names the variables of its law and no other.
TEST(CriticismObject, NamesOfARunWhatItsLawHas) {
  Criticism criticism = OneScale();
  NextRun next;
  next.at.tokens = 4096;
  next.repeats = true;
  criticism.next_runs = {next};
  EXPECT_EQ(CriticismObject(criticism)["next_runs"][0]["at"].dump(), R"({"tokens":4096.0})");
}

}  // namespace
}  // namespace saelaw
