#include "llm/weight_source.h"

#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "models/checkpoint_files.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

constexpr const char* kQuery = "model.layers.0.self_attn.q_proj.weight";
constexpr const char* kKey = "model.layers.0.self_attn.k_proj.weight";
constexpr const char* kUp = "model.layers.0.mlp.up_proj.weight";

class WeightSourceTest : public ::testing::Test {
 protected:
  static at::Tensor Load(const std::filesystem::path& path,
                         const std::string& name,
                         std::int64_t rows) {
    const LlamaConfig config = ReadLlamaConfig(path);
    return WeightSource(path, config).Load(name, {rows, config.hidden_size});
  }
};

// One checkpoint in both formats: GGUF has the rows of queries and keys in another order, and comes
// back in that of Hugging Face.
TEST_F(WeightSourceTest, BothFormatsGiveTheSameNumbers) {
  const auto folder = Checkpoint("llama3_tied");
  const LlamaConfig config = ReadLlamaConfig(folder);
  const struct {
    const char* name;
    std::int64_t rows;
  } weights[] = {{kQuery, config.heads * config.head_dim},
                 {kKey, config.kv_heads * config.head_dim},
                 {kUp, config.intermediate_size}};
  for (const auto& [name, rows] : weights) {
    const at::Tensor from_folder = Load(folder, name, rows);
    EXPECT_EQ(from_folder.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(Load(folder / "model.gguf", name, rows), from_folder)) << name;
  }
}

TEST_F(WeightSourceTest, NamesWhatIsMissingOrHasAnotherShape) {
  const auto folder = Checkpoint("untied");
  ExpectRefused([&] { Load(folder, "model.layers.9.mlp.up_proj.weight", 48); },
                folder.string(),
                "model.layers.9.mlp.up_proj.weight is missing");
  ExpectRefused([&] { Load(folder, kUp, 40); }, folder.string(), "not [40, 32]");
}

}  // namespace
}  // namespace saelaw
