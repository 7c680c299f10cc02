#include "models/json_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/errors.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

TEST(ReadJsonObject, TakesObjectsAlone) {
  const TemporaryFolder folder;
  EXPECT_EQ(ReadJsonObject(folder.Write("a.json", R"({"layers": 2})")).at("layers"), 2);
  for (const char* text : {"", "{", "[1]", "3", "{} {}"}) {
    const auto [code, message] = Thrown([&] { ReadJsonObject(folder.Write("b.json", text)); });
    EXPECT_EQ(code, ExitCode::kIo) << text;
    EXPECT_THAT(message, EndsWith("b.json: not a JSON object"));
  }
  EXPECT_EQ(Thrown([&] { ReadJsonObject(folder.path() / "none.json"); }).first, ExitCode::kIo);
}

// A parser would call it malformed, and nobody would know why.
TEST(ReadJsonObject, KnowsThePointerThatACloneLeaves) {
  const TemporaryFolder folder;
  const auto path = folder.Write(
      "config.json", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n");
  const auto [code, message] = Thrown([&] { ReadJsonObject(path); });
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, HasSubstr("git lfs pull"));
}

}  // namespace
}  // namespace saelaw
