#include "activations/vector_cache.h"

#include <fstream>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr double kRoomy = 1e9;

SourceSpec SpecOf(const std::string& identity) {
  SourceSpec spec;
  spec.kind = SourceKind::kModel;
  spec.identity = identity;
  return spec;
}

at::Tensor Vectors(std::int64_t rows, double first) {
  return (at::arange(rows * 4, at::kFloat) + first).view({rows, 4}).to(at::kBFloat16);
}

std::vector<fs::path> FilesOf(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Counts how often its blocks are computed.
class CountingReader : public BlockReader {
 public:
  explicit CountingReader(int* reads) : reads_(reads) {}
  at::Tensor Read(std::int64_t index) override {
    *reads_ += 1;
    return Vectors(3, static_cast<double>(index));
  }

 private:
  int* reads_;
};

TEST(VectorCache, GivesBackTheBitsThatWereKept) {
  const TemporaryFolder folder;
  const VectorCache cache(folder.path(), kRoomy, SpecOf("a"));
  EXPECT_FALSE(cache.Find("x").has_value());
  cache.Keep("x", Vectors(5, 1));
  const std::optional<at::Tensor> found = VectorCache(folder.path(), kRoomy, SpecOf("a")).Find("x");
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->scalar_type(), at::kBFloat16);
  EXPECT_TRUE(found->equal(Vectors(5, 1)));
  EXPECT_FALSE(VectorCache(folder.path(), kRoomy, SpecOf("b")).Find("x").has_value());
  SourceSpec spec = SpecOf("a");
  spec.model.layer = 3;
  EXPECT_FALSE(VectorCache(folder.path(), kRoomy, spec).Find("x").has_value());
  spec = SpecOf("a");
  spec.model.spliced_contexts = 2;  // measured with the vectors, and changes none
  EXPECT_TRUE(VectorCache(folder.path(), kRoomy, spec).Find("x").has_value());
}

TEST(VectorCache, IsOffWithoutFolderIdentityOrRoom) {
  const TemporaryFolder folder;
  EXPECT_FALSE(VectorCache("", kRoomy, SpecOf("a")).on());
  EXPECT_FALSE(VectorCache(folder.path(), 0, SpecOf("a")).on());
  const VectorCache unnamed(folder.path(), kRoomy, SpecOf(""));
  unnamed.Keep("x", Vectors(5, 1));
  EXPECT_TRUE(FilesOf(folder.path()).empty());
}

TEST(VectorCache, TakesADamagedFileForNone) {
  const TemporaryFolder folder;
  const VectorCache cache(folder.path(), kRoomy, SpecOf("a"));
  cache.Keep("x", Vectors(5, 1));
  const fs::path file = FilesOf(folder.path()).at(0);
  const auto size = fs::file_size(file);
  {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekp(static_cast<std::streamoff>(size) - 3);
    bytes.put('\x55');
  }
  EXPECT_FALSE(cache.Find("x").has_value());
  fs::resize_file(file, size / 2);
  EXPECT_FALSE(cache.Find("x").has_value());
  cache.Keep("x", Vectors(5, 1));
  EXPECT_TRUE(cache.Find("x").has_value());
}

TEST(VectorCache, MakesRoomFromOtherSourcesOldestFirstAndNeverFromItsOwn) {
  const TemporaryFolder folder;
  const VectorCache other(folder.path(), kRoomy, SpecOf("other"));
  other.Keep("old", Vectors(100, 0));
  const double file_bytes = static_cast<double>(fs::file_size(FilesOf(folder.path()).at(0)));
  other.Keep("new", Vectors(100, 0));
  const auto now = fs::file_time_type::clock::now();
  for (const fs::path& file : FilesOf(folder.path())) {
    const bool old = file.string().find("old") != std::string::npos;
    fs::last_write_time(file, now - std::chrono::hours(old ? 2 : 1));
  }
  const VectorCache cache(folder.path(), 2.5 * file_bytes, SpecOf("a"));
  cache.Keep("1", Vectors(100, 1));
  EXPECT_FALSE(other.Find("old").has_value());
  EXPECT_TRUE(other.Find("new").has_value());
  cache.Keep("2", Vectors(100, 2));
  EXPECT_FALSE(other.Find("new").has_value());
  cache.Keep("3", Vectors(100, 3));
  EXPECT_FALSE(cache.Find("3").has_value());
  EXPECT_TRUE(cache.Find("1").has_value() && cache.Find("2").has_value());
}

TEST(VectorCache, ReadsABlockOnceForAllStreamsOfItsSeed) {
  const TemporaryFolder folder;
  const VectorCache cache(folder.path(), kRoomy, SpecOf("a"));
  int reads = 0;
  for (int turn = 0; turn < 2; ++turn) {
    const auto reader = Cached(std::make_unique<CountingReader>(&reads), cache, "7");
    EXPECT_TRUE(reader->Read(0).equal(Vectors(3, 0)));
    EXPECT_TRUE(reader->Read(1).equal(Vectors(3, 1)));
  }
  EXPECT_EQ(reads, 2);
  Cached(std::make_unique<CountingReader>(&reads), cache, "8")->Read(0);
  EXPECT_EQ(reads, 3);
}

TEST(VectorCache, WithoutAFolderToWriteIntoNothingFails) {
  const VectorCache cache("/nonexistent/folder", kRoomy, SpecOf("a"));
  int reads = 0;
  const auto reader = Cached(std::make_unique<CountingReader>(&reads), cache, "0");
  EXPECT_TRUE(reader->Read(0).equal(Vectors(3, 0)));
  EXPECT_TRUE(reader->Read(0).equal(Vectors(3, 0)));
  EXPECT_EQ(reads, 2);
}

}  // namespace
}  // namespace saelaw
