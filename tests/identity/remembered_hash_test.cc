#include "identity/remembered_hash.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/files.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::string Compute(const fs::path& file, const fs::path& cache, int* computed) {
  return Remembered(file, "kind", cache, [computed] {
    *computed += 1;
    return std::string("hash");
  });
}

TEST(ReadStamp, ATimeThatWasSetBackIsNoticed) {
  const TemporaryFolder folder;
  const fs::path file = folder.Write("x", "aa");
  const std::string before = ReadStamp(file);
  const auto time = fs::last_write_time(file);
  folder.Write("x", "bb");
  fs::last_write_time(file, time);
  EXPECT_NE(ReadStamp(file), before);
}

TEST(Remembered, RefusesAFileThatIsBeingWritten) {
  const TemporaryFolder folder;
  const fs::path file = folder.Write("x", "aa");
  EXPECT_THROW(Remembered(file,
                          "kind",
                          folder.path(),
                          [&] {
                            folder.Write("x", "aaa");
                            return std::string("hash");
                          }),
               Error);
  EXPECT_FALSE(RememberedAlready(file, "kind", folder.path()).has_value());
}

TEST(ReadStamp, NamesAFileThatIsNotThere) {
  try {
    ReadStamp("/no/such/file");
    FAIL() << "stamped";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    EXPECT_THAT(error.what(), HasSubstr("cannot read /no/such/file"));
  }
}

TEST(Remembered, ComputesOnceAsLongAsTheFileStays) {
  const TemporaryFolder folder;
  const fs::path file = folder.Write("x", "aa");
  int computed = 0;
  EXPECT_EQ(Compute(file, folder.path(), &computed), "hash");
  EXPECT_EQ(Compute(file, folder.path(), &computed), "hash");
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(RememberedAlready(file, "kind", folder.path()), "hash");
  EXPECT_EQ(RememberedAlready(file, "another", folder.path()), std::nullopt);
  folder.Write("x", "aaa");
  EXPECT_EQ(RememberedAlready(file, "kind", folder.path()), std::nullopt);
  Compute(file, folder.path(), &computed);
  EXPECT_EQ(computed, 2);
}

TEST(Remembered, WithoutACacheComputesEveryTime) {
  const TemporaryFolder folder;
  const fs::path file = folder.Write("x", "aa");
  int computed = 0;
  Compute(file, "", &computed);
  Compute(file, "", &computed);
  EXPECT_EQ(computed, 2);
  EXPECT_EQ(RememberedAlready(file, "kind", ""), std::nullopt);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(KeepIfPossible, AFolderThatIsNotThereIsNoError) {
  const TemporaryFolder folder;
  EXPECT_NO_THROW(KeepIfPossible(folder.path() / "no" / "x", "found"));
  EXPECT_NO_THROW(KeepIfPossible("", "found"));
  KeepIfPossible(folder.path() / "x", "found");
  EXPECT_EQ(ReadFile(folder.path() / "x"), "found");
}

}  // namespace
}  // namespace saelaw
