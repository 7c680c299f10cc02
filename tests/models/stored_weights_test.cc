#include "models/stored_weights.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/checkpoint_files.h"
#include "models/errors.h"
#include "models/gguf_bytes.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;

// The same model in both forms, of which tests/llm/data/README.md says how they were made.
TEST(OpenStoredWeights, GivesBothFormsTheSameNames) {
  const auto folder = OpenStoredWeights(Checkpoint("llama3_tied"));
  const auto gguf = OpenStoredWeights(Checkpoint("llama3_tied") / "model.gguf");
  for (const char* name : {"model.embed_tokens.weight", "model.layers.1.mlp.up_proj.weight"}) {
    EXPECT_EQ(folder->Find(name).view->shape, gguf->Find(name).view->shape) << name;
  }
  EXPECT_NE(folder->interleaved(), gguf->interleaved());
}

TEST(HasWeights, AsksForThePathAndNotForItsHealth) {
  const TemporaryFolder folder;
  EXPECT_FALSE(HasWeights(folder.path()));
  EXPECT_FALSE(HasWeights(folder.path() / "none"));
  EXPECT_TRUE(HasWeights(folder.Write("damaged.gguf", "x")));
  folder.Write("model.safetensors", "x");
  EXPECT_TRUE(HasWeights(folder.path()));
}

// What else lies in the folder is another's: an identity that hashed it would change with it.
TEST(WeightFilePaths, AreTheShardsOfTheIndexEachOnce) {
  const CheckpointCopy copy("sharded_bf16");
  copy.Write("adapter_model.safetensors", "not read");
  const std::vector<fs::path> paths = WeightFilePaths(copy.path());
  EXPECT_GT(paths.size(), 1U);
  EXPECT_TRUE(std::is_sorted(paths.begin(), paths.end()));
  EXPECT_EQ(std::adjacent_find(paths.begin(), paths.end()), paths.end());
  for (const fs::path& path : paths) {
    EXPECT_THAT(path.filename().string(), ::testing::HasSubstr("-of-"));
  }
}

// A blob of a model store has no ending.
TEST(WeightFilePaths, AreTheGgufFileWhateverItsName) {
  const TemporaryFolder folder;
  const fs::path blob = folder.path() / "sha256-0badc0de.bin";
  fs::copy_file(Checkpoint("llama3_tied") / "model.gguf", blob);
  EXPECT_THAT(WeightFilePaths(blob), ElementsAre(blob));
  EXPECT_TRUE(OpenStoredWeights(blob)->Has("model.embed_tokens.weight"));
}

TEST(WeightFilePaths, AreAllPartsOfASplitFile) {
  const TemporaryFolder folder;
  std::vector<fs::path> parts;
  for (const std::uint32_t part : {0U, 1U}) {
    parts.push_back(
        folder.Write("m-0000" + std::to_string(part + 1) + "-of-00002.gguf",
                     GgufBytes({GgufInteger("split.count", 2), GgufInteger("split.no", part)},
                               {"t" + std::to_string(part)})));
  }
  EXPECT_EQ(WeightFilePaths(parts.front()), parts);
}

}  // namespace
}  // namespace saelaw
