#include "models/gguf_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "models/errors.h"
#include "models/gguf_bytes.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Three parts with a tensor each, as llama.cpp's gguf-split names them.
class SplitGguf : public ::testing::Test {
 protected:
  SplitGguf() {
    for (std::uint32_t part = 0; part < 3; ++part) paths_.push_back(Write(part, 3, 3));
  }
  std::filesystem::path Write(std::uint32_t part, std::uint32_t count, std::uint32_t tensors) {
    return folder_.Write("m-0000" + std::to_string(part + 1) + "-of-00003.gguf",
                         GgufBytes({GgufInteger("split.no", part),
                                    GgufInteger("split.count", count),
                                    GgufInteger("split.tensors.count", tensors)},
                                   {"t" + std::to_string(part)}));
  }
  std::pair<ExitCode, std::string> Opened(const std::filesystem::path& path) {
    return Thrown([&] { GgufParts parts(path); });
  }
  TemporaryFolder folder_;
  std::vector<std::filesystem::path> paths_;
};

TEST_F(SplitGguf, IsFoundByItsFirstPart) {
  const GgufParts parts(paths_[0]);
  EXPECT_EQ(parts.files().size(), 3U);
  EXPECT_EQ(parts.first().path(), paths_[0]);
  for (int part = 0; part < 3; ++part) {
    const GgufParts::Found found = parts.Find("t" + std::to_string(part));
    ASSERT_NE(found.view, nullptr);
    EXPECT_EQ(found.file->path(), paths_[static_cast<std::size_t>(part)]);
  }
  EXPECT_TRUE(parts.Has("t2"));
  EXPECT_FALSE(parts.Has("t3"));
  EXPECT_EQ(parts.Find("t3").view, nullptr);
}

// Only the first has the model's metadata.
TEST_F(SplitGguf, RefusesAnotherPartAndNamesTheFirst) {
  const auto [code, message] = Opened(paths_[1]);
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, HasSubstr("part 2 of 3 files: give the first, ...-00001-of-00003.gguf"));
}

TEST_F(SplitGguf, NamesAPartThatIsNotThere) {
  std::filesystem::remove(paths_[2]);
  const auto [code, message] = Opened(paths_[0]);
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, HasSubstr("but m-00003-of-00003.gguf is not beside it"));
}

// The others are found by their names.
TEST_F(SplitGguf, SaysHowPartsAreToBeNamed) {
  const auto renamed = folder_.path() / "first.gguf";
  std::filesystem::rename(paths_[0], renamed);
  const auto [code, message] = Opened(renamed);
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message, AllOf(HasSubstr("-00001-of-00003.gguf"), HasSubstr("--merge")));
}

// A part of another split may have the right name.
TEST_F(SplitGguf, RefusesPartsThatDoNotHoldWhatTheFirstSays) {
  Write(0, 3, 4);
  const auto [code, message] = Opened(paths_[0]);
  EXPECT_EQ(code, ExitCode::kIo);
  EXPECT_THAT(message, HasSubstr("its 3 parts hold 3 tensors, split.tensors.count says 4"));
}

// A damaged count must not make a million look-ups.
TEST_F(SplitGguf, RefusesMorePartsThanNamesCanCount) {
  const auto path = folder_.Write("x.gguf", GgufBytes({GgufInteger("split.count", 100'000)}, {}));
  EXPECT_EQ(Opened(path).first, ExitCode::kIo);
}

}  // namespace
}  // namespace saelaw
