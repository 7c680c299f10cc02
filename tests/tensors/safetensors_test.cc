#include "tensors/safetensors.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

std::string Make(const std::string& header, std::size_t data_bytes) {
  return Le<std::uint64_t>(header.size()) + header + std::string(data_bytes, '\0');
}

void ExpectHeaderRefused(const std::string& header, std::size_t data_bytes, const char* part) {
  const TemporaryFolder folder;
  const auto path = folder.Write("bad.safetensors", Make(header, data_bytes));
  SCOPED_TRACE(header);
  ExpectRefused([&] { SafetensorsFile file(path); }, path.string(), part);
}

std::string Entry(const char* name, const char* rest) {
  return std::string("\"") + name + R"(":{"dtype":"F32","shape":)" + rest + "}";
}

TEST(Safetensors, ReadsWhatItWrote) {
  const TemporaryFolder folder;
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6};
  const std::vector<std::uint16_t> halves = {0x3c00};
  const TensorView a{"a", TensorType::kF32, {2, 3}, std::as_bytes(std::span(weights))};
  const TensorView b{"b", TensorType::kF16, {}, std::as_bytes(std::span(halves))};
  const TensorView c{"c", TensorType::kI64, {0, 4}, {}};
  const auto path = folder.path() / "x.safetensors";
  WriteSafetensors(path, {a, b, c}, {{"format", "pt"}});

  const SafetensorsFile file(path);
  EXPECT_EQ(file.metadata().at("format"), "pt");
  ASSERT_EQ(file.tensors().size(), 3U);
  ASSERT_NE(file.Find("a"), nullptr);
  EXPECT_EQ(file.Find("a")->shape, (std::vector<std::int64_t>{2, 3}));
  std::vector<float> read(6);
  CopyAsFloat(*file.Find("a"), read);
  EXPECT_EQ(read, weights);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.Find("a")->bytes.data()) % 8, 0U);
  EXPECT_EQ(file.Find("b")->size(), 1);
  EXPECT_EQ(file.Find("c")->size(), 0);
  EXPECT_EQ(file.Find("d"), nullptr);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Safetensors, RefusesTruncation) {
  const TemporaryFolder folder;
  const std::string good = Make("{" + Entry("a", "[2],\"data_offsets\":[0,8]") + "}", 8);
  SafetensorsFile(folder.Write("good", good));
  for (std::size_t length = 0; length < good.size(); ++length) {
    const auto path = folder.Write("cut", std::string_view(good).substr(0, length));
    ExpectRefused([&] { SafetensorsFile file(path); }, path.string(), "");
  }
}

TEST(Safetensors, RefusesAbsurdHeaderLengths) {
  const TemporaryFolder folder;
  const auto path = folder.Write("x", Le<std::uint64_t>(~0ULL) + "{}");
  ExpectRefused([&] { SafetensorsFile file(path); }, path.string(), "at most 100 MB");
}

TEST(Safetensors, NamesAGitLfsPointer) {
  const TemporaryFolder folder;
  const auto path =
      folder.Write("x", "version https://git-lfs.github.com/spec/v1\noid sha256:5a\nsize 9\n");
  try {
    const SafetensorsFile file(path);
    ADD_FAILURE() << "read a pointer";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_NE(std::string(error.what()).find("git lfs pull"), std::string::npos);
  }
}

TEST(Safetensors, RefusesWrongSizes) {
  ExpectHeaderRefused("{" + Entry("a", "[2],\"data_offsets\":[0,4]") + "}", 4, "imply");
  ExpectHeaderRefused("{" + Entry("a", "[2],\"data_offsets\":[0,8]") + "}", 4, "truncated");
  ExpectHeaderRefused("{" + Entry("a", "[1],\"data_offsets\":[8,4]") + "}", 8, "damaged");
  // 2^62 * 4 elements of 4 bytes would wrap round to zero bytes.
  ExpectHeaderRefused(
      "{" + Entry("a", "[4611686018427387904,4],\"data_offsets\":[0,0]") + "}", 0, "imply");
}

TEST(Safetensors, RefusesDuplicatesOverlapsAndHoles) {
  const std::string a = Entry("a", "[1],\"data_offsets\":[0,4]");
  ExpectHeaderRefused("{" + a + "," + a + "}", 4, "duplicate tensor 'a'");
  ExpectHeaderRefused(
      "{" + a + "," + Entry("b", "[1],\"data_offsets\":[2,6]") + "}", 6, "share bytes");
  ExpectHeaderRefused(
      "{" + a + "," + Entry("b", "[1],\"data_offsets\":[5,9]") + "}", 9, "1 unused bytes before");
  ExpectHeaderRefused("{" + a + "}", 6, "2 unused bytes after");
}

}  // namespace
}  // namespace saelaw
