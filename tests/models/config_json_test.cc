#include "models/config_json.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

TEST(ConfigJson, ReadsTypedKeysAndTakesNullForAbsent) {
  const TemporaryFolder folder;
  folder.Write("config.json", R"({"n": 3, "x": 0.5, "flag": true, "name": "a", "none": null,
                                  "inner": {"n": 4}})");
  const ConfigJson json(folder.path());
  EXPECT_EQ(json.Integer("n"), 3);
  EXPECT_EQ(json.IntegerOr("none", 7), 7);
  EXPECT_EQ(json.Number("x"), 0.5);
  EXPECT_EQ(json.NumberOr("absent", 2), 2);
  EXPECT_TRUE(json.Flag("flag"));
  EXPECT_FALSE(json.Flag("none"));
  EXPECT_EQ(json.TextOr("name", "b"), "a");
  EXPECT_EQ(json.Object("inner").Integer("n"), 4);
  EXPECT_FALSE(json.Object("absent").Has("n"));
}

TEST(ConfigJson, RefusesOtherTypesByName) {
  const TemporaryFolder folder;
  folder.Write("config.json", R"({"n": "x"})");
  const ConfigJson json(folder.path());
  EXPECT_THROW(json.Integer("n"), Error);
  EXPECT_THROW(json.Number("n"), Error);
  EXPECT_THROW(json.Flag("n"), Error);
  EXPECT_THROW(json.Object("n"), Error);
  EXPECT_THROW(json.Integer("absent"), Error);
}

}  // namespace
}  // namespace saelaw
