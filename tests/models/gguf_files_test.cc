// A GGUF file's weights under the names of Hugging Face.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/errors.h"
#include "models/gguf_bytes.h"
#include "models/stored_weights_kinds.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::EndsWith;

class GgufFilesTest : public ::testing::Test {
 protected:
  std::unique_ptr<StoredWeights> Open(const std::string& architecture) {
    return OpenGgufFiles(folder_.Write(
        "m.gguf",
        GgufBytes({GgufWord("general.architecture", architecture)}, {"blk.1.ffn_up.weight"})));
  }
  static std::string Missing(StoredWeights& weights, const char* name) {
    const auto [code, message] = Thrown([&] { weights.Find(name); });
    EXPECT_EQ(code, ExitCode::kIo);
    return message;
  }
  TemporaryFolder folder_;
};

constexpr const char* kUp = "model.layers.1.mlp.up_proj.weight";

TEST_F(GgufFilesTest, AreAskedForByTheNamesOfFolders) {
  const auto weights = Open("llama");
  EXPECT_TRUE(weights->Has(kUp));
  EXPECT_EQ(weights->Find(kUp).view->name, "blk.1.ffn_up.weight");
  EXPECT_TRUE(weights->interleaved());
  // The message has the name that the file should have.
  EXPECT_THAT(Missing(*weights, "model.layers.2.mlp.up_proj.weight"),
              EndsWith("tensor blk.2.ffn_up.weight is missing"));
}

TEST_F(GgufFilesTest, OfAFamilyThatIsNotKnownHaveNoOtherNames) {
  const auto weights = Open("mamba");
  EXPECT_FALSE(weights->Has(kUp));
  EXPECT_THAT(Missing(*weights, kUp),
              EndsWith("tensor model.layers.1.mlp.up_proj.weight is missing"));
}

}  // namespace
}  // namespace saelaw
