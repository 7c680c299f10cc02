// Weights of a Hugging Face folder, under the names that are asked for.
#include <span>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/errors.h"
#include "models/stored_weights_kinds.h"
#include "temporary_folder.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

constexpr const char* kEmbedding = "model.embed_tokens.weight";
constexpr const char* kNorm = "model.norm.weight";

// A file with tensors of one number each: their places in the list.
void Write(const TemporaryFolder& folder,
           const std::string& file,
           const std::vector<std::string>& names) {
  std::vector<float> numbers(names.size());
  std::vector<TensorView> views;
  for (std::size_t i = 0; i < names.size(); ++i) {
    numbers[i] = static_cast<float>(i);
    views.push_back(
        {names[i], TensorType::kF32, {1}, std::as_bytes(std::span<const float>(&numbers[i], 1))});
  }
  WriteSafetensors(folder.path() / file, views, {});
}

TEST(SafetensorsFiles, FindBaseModelsThatWereSavedWithoutTheirHead) {
  const TemporaryFolder folder;
  Write(folder, "model.safetensors", {"embed_tokens.weight", "norm.weight"});
  const auto weights = OpenSafetensorsFolder(folder.path());
  EXPECT_TRUE(weights->Has(kEmbedding));
  EXPECT_EQ(weights->Find(kNorm).view->name, "norm.weight");
  EXPECT_FALSE(weights->Has("lm_head.weight"));
  EXPECT_FALSE(weights->interleaved());
}

TEST(SafetensorsFiles, NameAnEmbeddingUnderAnotherName) {
  const TemporaryFolder folder;
  Write(folder, "model.safetensors", {"language_model.model.embed_tokens.weight"});
  const auto [code, message] = Thrown([&] { OpenSafetensorsFolder(folder.path()); });
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message,
              HasSubstr("the embedding is called 'language_model.model.embed_tokens.weight', not "
                        "model.embed_tokens.weight: save the language model alone"));
}

class Shards : public ::testing::Test {
 protected:
  Shards() {
    folder_.Write("model.safetensors.index.json",
                  R"({"weight_map": {"model.embed_tokens.weight": "a.safetensors",
                                     "model.norm.weight": "b.safetensors"}})");
    Write(folder_, "a.safetensors", {kEmbedding});
  }
  std::pair<ExitCode, std::string> NormThrows() {
    return Thrown([&] { OpenSafetensorsFolder(folder_.path())->Find(kNorm); });
  }
  TemporaryFolder folder_;
};

// The first blocks of a large model need no more than its first shards.
TEST_F(Shards, AreOpenedWhenTheyAreNeeded) {
  const auto weights = OpenSafetensorsFolder(folder_.path());
  const StoredWeights::Found first = weights->Find(kEmbedding);
  EXPECT_TRUE(weights->Has(kNorm));
  Write(folder_, "b.safetensors", {kNorm});
  EXPECT_THAT(weights->Find(kNorm).path->string(), EndsWith("b.safetensors"));
  EXPECT_EQ(first.view->name, kEmbedding);  // still valid
}

TEST_F(Shards, ThatAreNotThereAreAnIncompleteDownload) {
  const auto [code, message] = NormThrows();
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(message,
              HasSubstr("the index names b.safetensors, which is not in the folder: the download "
                        "is not complete, or the index is another model's"));
}

TEST_F(Shards, MayLackWhatTheIndexPromises) {
  Write(folder_, "b.safetensors", {"model.other.weight"});
  const auto [code, message] = NormThrows();
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(message, HasSubstr("b.safetensors: tensor model.norm.weight is missing"));
}

}  // namespace
}  // namespace saelaw
