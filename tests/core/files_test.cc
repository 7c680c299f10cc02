#include "core/files.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <unistd.h>

#include "core/errors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

class Files : public testing::Test {
 protected:
  Files() : folder_(fs::temp_directory_path() / ("saelaw-files-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Files() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST_F(Files, WriteReplacesWhole) {
  WriteFile(folder_ / "a", "one");
  WriteFile(folder_ / "a", "two", Durability::kSynced);
  EXPECT_EQ(ReadFile(folder_ / "a"), "two");
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()), 1);
}

TEST_F(Files, ErrorsNameThePath) {
  try {
    ReadFile(folder_ / "absent");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    EXPECT_NE(std::string(error.what()).find("absent"), std::string::npos);
  }
  EXPECT_THROW(WriteFile(folder_ / "no" / "such", "x"), Error);
}

// The digest of the empty input that xxHash's own documentation of XXH3-128 gives (seed 0).
TEST_F(Files, HashIsXxh3) {
  EXPECT_EQ(HashBytes(""), "99aa06d3014798d86001c324468d497f");
  WriteFile(folder_ / "a", "content");
  EXPECT_EQ(HashFile(folder_ / "a"), HashBytes("content"));
}

}  // namespace
}  // namespace saelaw
