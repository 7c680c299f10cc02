#include "llm/weight_source.h"

#include <limits>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "models/checkpoint_files.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

// One checkpoint in both formats: GGUF has the rows of queries and keys in another order, and comes
// back in that of Hugging Face.
TEST(WeightSource, BothFormatsGiveTheSameNumbers) {
  const auto folder = Checkpoint("llama3_tied");
  const ModelConfig config = ReadModelConfig(folder);
  const ModelConfig of_file = ReadModelConfig(folder / "model.gguf");
  const WeightSource from_folder(folder, config);
  const WeightSource from_file(folder / "model.gguf", of_file);
  for (const Weight weight : {Weight::kQuery, Weight::kKey, Weight::kUp}) {
    const at::Tensor expected = from_folder.Load(weight);
    EXPECT_EQ(expected.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(from_file.Load(weight), expected)) << static_cast<int>(weight);
  }
}

TEST(WeightSource, NamesWhatIsMissingOrHasAnotherShape) {
  const auto folder = Checkpoint("untied");
  ModelConfig config = ReadModelConfig(folder);
  const WeightSource source(folder, config);
  ExpectRefused([&] { source.Load(Weight::kUp, 9); },
                folder.string(),
                "model.layers.9.mlp.up_proj.weight is missing");
  config.intermediate_size = 40;
  ExpectRefused([&] { source.Load(Weight::kUp); }, folder.string(), "not [40, 32]");
}

}  // namespace
}  // namespace saelaw
