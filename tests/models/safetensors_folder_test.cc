#include "models/safetensors_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/errors.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kIndex = "model.safetensors.index.json";

// As transformers does it: an index may be left over from a model that was there before.
TEST(FindFolderWeights, PassesOverAnIndexBesideTheWhole) {
  const TemporaryFolder folder;
  EXPECT_FALSE(HasFolderWeights(folder.path()));
  folder.Write(kIndex, R"({"weight_map": {"a": "model-00001-of-00002.safetensors"}})");
  EXPECT_TRUE(HasFolderWeights(folder.path()));
  EXPECT_EQ(FindFolderWeights(folder.path()).shard_of.at("a"), "model-00001-of-00002.safetensors");
  folder.Write("model.safetensors", "");
  EXPECT_EQ(FindFolderWeights(folder.path()).single, "model.safetensors");
  EXPECT_THAT(FindFolderWeights(folder.path()).shard_of, IsEmpty());
}

// What it names is opened: it must not lead out of its folder.
TEST(FindFolderWeights, RefusesAnIndexOfOtherThanFilesBesideIt) {
  const TemporaryFolder folder;
  const auto refusal = [&](const char* index) {
    folder.Write(kIndex, index);
    const auto [code, message] = Thrown([&] { FindFolderWeights(folder.path()); });
    EXPECT_EQ(code, ExitCode::kIo) << index;
    return message;
  };
  for (const char* shard : {R"("../secret")", R"("/etc/passwd")", R"(".hidden")", R"("")", "3"}) {
    EXPECT_THAT(refusal((R"({"weight_map": {"a": )" + std::string(shard) + "}}").c_str()),
                HasSubstr("weight_map holds something other than file names"))
        << shard;
  }
  for (const char* index : {"{}", R"({"weight_map": {}})", R"({"weight_map": ["a"]})"}) {
    EXPECT_THAT(refusal(index), HasSubstr("weight_map is missing")) << index;
  }
}

TEST(FindFolderWeights, SaysWhatIsThereInstead) {
  const auto message = [](const std::string& file) {
    const TemporaryFolder folder;
    folder.Write(file, "");
    const auto [code, text] = Thrown([&] { FindFolderWeights(folder.path()); });
    EXPECT_EQ(code, ExitCode::kConfiguration) << text;
    EXPECT_FALSE(HasFolderWeights(folder.path()));
    return text;
  };
  EXPECT_THAT(message("model-00001-of-00001.safetensors"),
              HasSubstr("model-00001-of-00001.safetensors is a shard"));
  EXPECT_THAT(message("adapter_model.safetensors"), HasSubstr("merge_and_unload"));
  EXPECT_THAT(message("adapter_model.bin"), HasSubstr("is an adapter"));
  EXPECT_THAT(message("consolidated.safetensors"), HasSubstr("its maker's own names"));
  EXPECT_THAT(message("pytorch_model.bin.index.json"), HasSubstr("lists pickles"));
  EXPECT_THAT(message("pytorch_model.bin"), HasSubstr("convert it to safetensors"));
  EXPECT_THAT(message("pytorch_model-00001-of-00002.bin"), HasSubstr("is a pickle"));
  EXPECT_THAT(message("model.gguf"), HasSubstr("name the file itself"));
  EXPECT_THAT(message("model.fp16.safetensors"), HasSubstr("name it model.safetensors"));
  EXPECT_THAT(message("weights.xyz"), HasSubstr("neither model.safetensors nor"));
}

}  // namespace
}  // namespace saelaw
