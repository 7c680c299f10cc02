// What a capture leaves in a folder, and what it finds there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/captured.h"
#include "activations/expect_error.h"
#include "core/files.h"
#include "temporary_folder.h"
#include "tensors/shard_manifest.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

TEST(Capture, RoundsToBf16) {
  const TemporaryFolder folder;
  CaptureInto(folder.path(), 2000, "bf16");
  const at::Tensor stored =
      OpenSource(ShardsSpec(folder.path()), {})->OpenStream(0, 2000, 0)->Next();
  const at::Tensor live = OpenSource(SyntheticSpec(), {})->OpenStream(0, 2000, 0)->Next();
  EXPECT_TRUE(at::equal(stored, live.to(at::kBFloat16).to(at::kFloat)));
  EXPECT_FALSE(at::equal(stored, live));
}

TEST(Capture, GoesOnWhereAnEarlierOneEnded) {
  const TemporaryFolder at_once;
  CaptureInto(at_once.path());
  const TemporaryFolder in_steps;
  const auto source = OpenSource(SyntheticSpec(), {});
  const CaptureSpec capture{in_steps.path().string(), kTokens, "fp32"};
  struct Interrupt {};
  EXPECT_THROW(Capture(SyntheticSpec(), *source, capture, [](std::int64_t) { throw Interrupt(); }),
               Interrupt);
  EXPECT_EQ(ReadShardManifest(in_steps.path()).training_tokens(), 65'536);
  const auto first = fs::last_write_time(in_steps.path() / "shard-00000.safetensors");
  CaptureInto(in_steps.path());
  EXPECT_EQ(fs::last_write_time(in_steps.path() / "shard-00000.safetensors"), first);
  EXPECT_EQ(ReadFile(in_steps.path() / kManifestFile), ReadFile(at_once.path() / kManifestFile));
}

TEST(Capture, ExtendsAShorterOneAndKeepsALongerOne) {
  const TemporaryFolder folder;
  CaptureInto(folder.path(), 66'000);
  CaptureInto(folder.path(), kTokens);
  CaptureInto(folder.path(), 1000);
  const auto live = OpenSource(SyntheticSpec(), {});
  const auto shards = OpenSource(ShardsSpec(folder.path()), {});
  ASSERT_EQ(shards->training_tokens(), kTokens);
  EXPECT_TRUE(at::equal(All(*shards, 0), All(*live, 0)));
}

TEST(Capture, DoesNotMixSources) {
  const TemporaryFolder folder;
  CaptureInto(folder.path(), 1000);
  EXPECT_THAT(
      MakeMessage(ExitCode::kConfiguration, [&] { CaptureInto(folder.path(), 1000, "bf16"); }),
      HasSubstr("choose another folder"));
}

TEST(Capture, RejectsMoreTokensThanTheSourceHas) {
  const TemporaryFolder from;
  CaptureInto(from.path(), 1000);
  const TemporaryFolder to;
  const auto source = OpenSource(ShardsSpec(from.path()), {});
  EXPECT_THAT(MakeMessage(ExitCode::kConfiguration,
                          [&] {
                            Capture(ShardsSpec(from.path()),
                                    *source,
                                    {to.path().string(), 2000, "fp32"},
                                    [](std::int64_t) {});
                          }),
              HasSubstr("the source has 1000"));
}

TEST(Capture, RefusesWhatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto source = OpenSource(SyntheticSpec(), {});
  const auto message = [&](ExitCode code, const CaptureSpec& capture) {
    return MakeMessage(code,
                       [&] { Capture(SyntheticSpec(), *source, capture, [](std::int64_t) {}); });
  };
  const std::string to = (folder.path() / "shards").string();
  EXPECT_EQ(message(ExitCode::kConfiguration, {to, 10, "fp16"}),
            "capture dtype is 'fp16': bf16 or fp32");
  EXPECT_EQ(message(ExitCode::kConfiguration, {to, 0, "fp32"}), "capture tokens is 0: at least 1");
  EXPECT_FALSE(fs::exists(to));
  folder.Write("shards", "a file");
  EXPECT_THAT(message(ExitCode::kIo, {to, 10, "fp32"}), HasSubstr("cannot create " + to));
}

}  // namespace
}  // namespace saelaw
