#include "tensors/mapped_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_folder.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

TEST(MappedFile, NamesWhatCannotBeMapped) {
  const TemporaryFolder folder;
  const auto missing = folder.path() / "missing";
  ExpectRefused([&] { MappedFile file(missing); }, missing.string(), "No such file");
  ExpectRefused([&] { MappedFile file(folder.path()); }, folder.path().string(), "not a regular");
  EXPECT_TRUE(MappedFile(folder.Write("empty", "")).bytes().empty());
}

// A pipe would keep whoever opens it waiting for a writer.
TEST(MappedFile, RefusesAPipeAtOnce) {
  const TemporaryFolder folder;
  const auto pipe = folder.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  ExpectRefused([&] { MappedFile file(pipe); }, pipe.string(), "not a regular file");
}

TEST(MappedFile, TakesItsBytesAlongWhenMoved) {
  const TemporaryFolder folder;
  MappedFile first(folder.Write("a", "first"));
  MappedFile second(folder.Write("b", "the second"));
  EXPECT_EQ(first.text(), "first");
  first = std::move(second);
  EXPECT_EQ(first.text(), "the second");
  EXPECT_EQ(first.path(), folder.path() / "b");
  const MappedFile third(std::move(first));
  EXPECT_EQ(third.text(), "the second");
}

}  // namespace
}  // namespace saelaw
