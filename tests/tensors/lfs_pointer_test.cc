#include "tensors/lfs_pointer.h"

#include <string>

#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

std::string Refusal(const std::filesystem::path& path, std::string_view content) {
  try {
    RefuseLfsPointer(path, content);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    return error.what();
  }
  return "accepted";
}

// The example of the specification, and the same under the name of before the release.
TEST(LfsPointer, SaysWhereToPull) {
  const std::string rest = "spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daa\n";
  EXPECT_EQ(Refusal("model/w.safetensors", "version https://git-lfs.github.com/" + rest),
            "model/w.safetensors: a git LFS pointer, not the file itself: run git lfs pull in "
            "model");
  EXPECT_EQ(Refusal("w.gguf", "version https://hawser.github.com/" + rest),
            "w.gguf: a git LFS pointer, not the file itself: run git lfs pull in its folder");
}

TEST(LfsPointer, AnythingElseIsNone) {
  EXPECT_EQ(Refusal("a", ""), "accepted");
  EXPECT_EQ(Refusal("a", "version https://git-lfs.github.com/"), "accepted");
  EXPECT_EQ(Refusal("a", " version https://git-lfs.github.com/spec/v1"), "accepted");
}

}  // namespace
}  // namespace saelaw
