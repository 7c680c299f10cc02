#include "identity/model_identity.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "temporary_folder.h"
#include "tensors/safetensors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr const char* kConfig =
    R"({"model_type": "llama", "hidden_size": 64, "rope_theta": 10000, "use_cache": true})";

struct NamedVector {
  std::string name;
  std::vector<float> values;
};

void WriteTensors(const fs::path& path, const std::vector<NamedVector>& named) {
  std::vector<TensorView> views;
  for (const NamedVector& one : named) {
    views.push_back({one.name,
                     TensorType::kF32,
                     {static_cast<std::int64_t>(one.values.size())},
                     std::as_bytes(std::span(one.values))});
  }
  WriteSafetensors(path, views, {{"format", "pt"}});
}

class ModelIdentity : public ::testing::Test {
 protected:
  ModelIdentity() {
    fs::create_directories(model());
    WriteTensors(model() / "model.safetensors", {{"a", {1, 2}}, {"b", {3}}});
    Config(kConfig);
  }

  fs::path model() const { return folder_.path() / "model"; }
  fs::path cache() const { return folder_.path(); }
  void Config(const std::string& text) const { folder_.Write("model/config.json", text); }
  std::string Weights() const { return *WeightsHash(model(), "", MayRead::kAll); }

  TemporaryFolder folder_;
};

TEST_F(ModelIdentity, FilesThatAreNotLoadedChangeNothing) {
  const std::string before = Weights();
  WriteTensors(model() / "adapter_model.safetensors", {{"lora", {1}}});
  WriteTensors(model() / "consolidated.safetensors", {{"a", {7, 8}}});
  folder_.Write("model/adapter_config.json", "{}");
  EXPECT_EQ(Weights(), before);
}

TEST_F(ModelIdentity, EveryValueNameAndShapeCounts) {
  const std::string before = Weights();
  WriteTensors(model() / "model.safetensors", {{"a", {1, 2}}, {"b", {4}}});
  const std::string other_value = Weights();
  WriteTensors(model() / "model.safetensors", {{"a", {1, 2}}, {"c", {3}}});
  const std::string other_name = Weights();
  WriteTensors(model() / "model.safetensors", {{"a", {1, 2}}});
  const std::string fewer = Weights();
  EXPECT_NE(other_value, before);
  EXPECT_NE(other_name, before);
  EXPECT_NE(fewer, before);
  EXPECT_NE(other_name, other_value);
}

TEST_F(ModelIdentity, SpreadingTensorsOverShardsChangesNothing) {
  const std::string before = Weights();
  fs::remove(model() / "model.safetensors");
  WriteTensors(model() / "model-2.safetensors", {{"a", {1, 2}}});
  WriteTensors(model() / "model-1.safetensors", {{"b", {3}}});
  folder_.Write("model/model.safetensors.index.json",
                R"({"weight_map": {"a": "model-2.safetensors", "b": "model-1.safetensors"}})");
  EXPECT_EQ(Weights(), before);
}

TEST_F(ModelIdentity, WithoutWeightsThereIsNoHash) {
  fs::remove(model() / "model.safetensors");
  EXPECT_TRUE(WeightFiles(model()).empty());
  EXPECT_THROW(Weights(), Error);
}

TEST_F(ModelIdentity, IsRememberedUntilTheFileIsWritten) {
  EXPECT_FALSE(WeightsHash(model(), cache(), MayRead::kRememberedAlone).has_value());
  const auto read = WeightsHash(model(), cache(), MayRead::kAll);
  EXPECT_EQ(WeightsHash(model(), cache(), MayRead::kRememberedAlone), read);
  WriteTensors(model() / "model.safetensors", {{"a", {5, 2}}, {"b", {3}}});
  EXPECT_FALSE(WeightsHash(model(), cache(), MayRead::kRememberedAlone).has_value());
}

TEST_F(ModelIdentity, ACacheThatCannotBeWrittenIsDoneWithout) {
  EXPECT_EQ(WeightsHash(model(), "/no/such/folder", MayRead::kAll), Weights());
}

TEST_F(ModelIdentity, TheConfigurationsMeaningCountsAndItsLayoutDoesNot) {
  const std::string before = ConfigurationHash(model());
  Config(
      "{\"transformers_version\": \"5.0\", \"rope_theta\": 1e4,\n\"rope_scaling\": null,"
      "\"hidden_size\": 64, \"model_type\": \"llama\"}\n");
  EXPECT_EQ(ConfigurationHash(model()), before);
  Config(R"({"model_type": "llama", "hidden_size": 64, "rope_theta": 20000})");
  EXPECT_NE(ConfigurationHash(model()), before);
}

TEST_F(ModelIdentity, TheTokenizersFilesAreThoseItIsReadFrom) {
  folder_.Write("model/tokenizer.json", "{}");
  const std::string before = TokenizerFilesHash(model());
  Config(std::string(kConfig) + "\n");
  EXPECT_EQ(TokenizerFilesHash(model()), before);
  folder_.Write("model/tokenizer.json", "{ }");
  EXPECT_NE(TokenizerFilesHash(model()), before);
}

}  // namespace
}  // namespace saelaw
