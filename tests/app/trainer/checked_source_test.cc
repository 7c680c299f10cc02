// What is captured is checked when it is opened and when the rest of a source is loaded.
#include "app/trainer/checked_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "temporary_folder.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class OpenCheckedTest : public ::testing::Test {
 protected:
  OpenCheckedTest() {
    SourceSpec synthetic;
    synthetic.synthetic.d_in = 4;
    synthetic.synthetic.dictionary_size = 8;
    synthetic.synthetic.active_latents = 2;
    synthetic.held_out_tokens = 300;
    Capture(synthetic,
            *OpenSource(synthetic, {}),
            {folder_.path().string(), 1024, "fp32"},
            [](std::int64_t) {});
    spec_.kind = SourceKind::kShards;
    spec_.shards = folder_.path().string();
    spec_.held_out_tokens = 300;
    spec_.identity = spec_.parts.shards = HashFile(manifest_);
  }
  template <typename Action>
  static std::string RefusalOf(Action action) {
    try {
      action();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kConfiguration);
      return error.what();
    }
    return "nothing was thrown";
  }
  TemporaryFolder folder_;
  SourceSpec spec_;
  std::filesystem::path manifest_ = folder_.path() / kManifestFile;
};

TEST_F(OpenCheckedTest, IsTheSourceItself) {
  const auto source = OpenChecked(spec_, {});
  const auto plain = OpenSource(spec_, {});
  EXPECT_EQ(source->d_in(), 4);
  EXPECT_EQ(source->training_tokens(), plain->training_tokens());
  EXPECT_EQ(source->HeldOut().begins, plain->HeldOut().begins);
  EXPECT_EQ(source->Spliced(), nullptr);
}

TEST_F(OpenCheckedTest, RefusesOtherDataAtOnce) {
  spec_.identity = spec_.parts.shards = "other";
  EXPECT_THAT(RefusalOf([&] { OpenChecked(spec_, {}); }),
              HasSubstr("the captured activations behind this job changed"));
}

// The layers after the hook come last, perhaps hours later.
TEST_F(OpenCheckedTest, LooksAgainWhenTheRestIsLoaded) {
  const auto source = OpenChecked(spec_, {});
  WriteFile(manifest_, ReadFile(manifest_) + " ");
  EXPECT_THAT(RefusalOf([&] { source->Spliced(); }),
              HasSubstr("was written while this job read it"));
}

}  // namespace
}  // namespace saelaw
