#include "tensors/safetensors.h"

#include <gtest/gtest.h>

#include "core/files.h"
#include "tensors/bytes.h"
#include "tensors/safetensors_stream.h"
#include "tensors/temporary_folder.h"

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

TEST(SealedSafetensors, AnyChangedByteIsSeen) {
  const TemporaryFolder folder;
  const std::vector<float> weights = {1, 2, 3};
  const auto give = [&](const TensorStream::Take& take) {
    take(std::as_bytes(std::span(weights)));
  };
  const TensorStream a{"a", TensorType::kF32, {3}, give};
  const auto path = folder.path() / "x.safetensors";
  StreamSealedSafetensors(path, {a}, {{"k", "v"}});
  CheckSeal(path);
  const SafetensorsFile file(path);
  EXPECT_EQ(file.metadata().at("k"), "v");
  EXPECT_EQ(file.Find("checksum")->shape, std::vector<std::int64_t>{32});

  const std::string whole = ReadFile(path);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ (1 << (i % 8)));
    const auto damaged = folder.Write("damaged", bytes);
    ExpectRefused([&] { CheckSeal(damaged); }, damaged.string(), "checksum");
    const auto cut = folder.Write("cut", whole.substr(0, i));
    ExpectRefused([&] { CheckSeal(cut); }, cut.string(), "checksum");
  }
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

TEST(Safetensors, WriterRefusesDuplicatesAndBlocks) {
  const TemporaryFolder folder;
  const std::string bytes(34, '\0');
  const TensorView a{"a", TensorType::kU8, {34}, std::as_bytes(std::span(bytes))};
  const TensorView q{"q", TensorType::kQ8_0, {32}, std::as_bytes(std::span(bytes))};
  const auto path = folder.path() / "x.safetensors";
  ExpectRefused([&] { WriteSafetensors(path, {a, a}, {}); }, path.string(), "duplicate");
  ExpectRefused([&] { WriteSafetensors(path, {q}, {}); }, path.string(), "Q8_0");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Safetensors, WriterNamesAMissingFolder) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "no" / "x.safetensors";
  ExpectRefused([&] { WriteSafetensors(path, {}, {}); }, path.string(), "No such file");
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

TEST(Safetensors, RefusesBrokenJson) {
  ExpectHeaderRefused("[]", 0, "begin with '{'");
  ExpectHeaderRefused("{\"a\":", 0, "not valid JSON");
  ExpectHeaderRefused("{}{}", 0, "not valid JSON");
  ExpectHeaderRefused("{\"a\xff\":1}", 0, "not valid JSON");
  ExpectHeaderRefused(std::string(100000, '{'), 0, "not valid JSON");
  ExpectHeaderRefused("{\"a\":" + std::string(100000, '['), 0, "unexpected an array");
  ExpectHeaderRefused(R"({"a":{"b":{"c":{}}}})", 0, "nested object");
}

// No damage: the format's own type, which is not read.
TEST(Safetensors, NamesADtypeThatItDoesNotRead) {
  const TemporaryFolder folder;
  const auto path =
      folder.Write("x", Make(R"({"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]}})", 4));
  try {
    const SafetensorsFile file(path);
    ADD_FAILURE() << "read F8_E4M3";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_NE(std::string(error.what()).find("'a' has dtype F8_E4M3"), std::string::npos);
  }
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

TEST(Safetensors, RefusesWrongStructure) {
  ExpectHeaderRefused(R"({"a":1})", 0, "unexpected a number in 'a'");
  ExpectHeaderRefused(R"({"a":{"dtype":"F32"}})", 0, "lacks");
  ExpectHeaderRefused(R"({"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}})", 4, "'F33'");
  ExpectHeaderRefused(R"({"__metadata__":{"a":1}})", 0, "unexpected a number");
  ExpectHeaderRefused("{" + Entry("a", "[-1],\"data_offsets\":[0,4]") + "}", 4, "negative");
  ExpectHeaderRefused("{" + Entry("a", "[1],\"data_offsets\":[0,4,8]") + "}", 4, "third");
  ExpectHeaderRefused(
      "{" + Entry("a", "[18446744073709551615],\"data_offsets\":[0,4]") + "}", 4, "above 2^63-1");
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
  ExpectHeaderRefused(R"({"__metadata__":{"a":"1","a":"2"}})", 0, "duplicate metadata");
}

TEST(Safetensors, KeepsMessagesOnOneLine) { ExpectHeaderRefused(R"({"a\nb":1})", 0, "'a?b'"); }

TEST(MappedFile, NamesWhatCannotBeMapped) {
  const TemporaryFolder folder;
  const auto missing = folder.path() / "missing";
  ExpectRefused([&] { MappedFile file(missing); }, missing.string(), "No such file");
  ExpectRefused([&] { MappedFile file(folder.path()); }, folder.path().string(), "not a regular");
  EXPECT_TRUE(MappedFile(folder.Write("empty", "")).bytes().empty());
}

}  // namespace
}  // namespace saelaw
