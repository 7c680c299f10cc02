#include "tensors/gguf.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

using U32 = std::uint32_t;
using U64 = std::uint64_t;

// The numbers of the specification's value and tensor types.
constexpr U32 kU8 = 0, kU32 = 4, kF32 = 6, kBool = 7, kString = 8, kArray = 9, kU64 = 10;
constexpr U32 kTensorF32 = 0, kTensorQ8 = 8, kTensorQ6K = 14;

std::string Key(const std::string& name, U32 type, const std::string& value) {
  return GgufText(name) + Le(type) + value;
}

std::string Tensor(const std::string& name, std::vector<U64> extents, U32 type, U64 offset) {
  std::string text = GgufText(name) + Le(static_cast<U32>(extents.size()));
  for (const U64 extent : extents) text += Le(extent);
  return text + Le(type) + Le(offset);
}

struct Parts {
  std::vector<std::string> keys = {};
  std::vector<std::string> tensors = {};
  std::size_t data_bytes = 0;
  U32 version = 3;
};

std::string Make(const Parts& parts) {
  std::string text =
      "GGUF" + Le(parts.version) + Le<U64>(parts.tensors.size()) + Le<U64>(parts.keys.size());
  for (const std::string& key : parts.keys) text += key;
  for (const std::string& tensor : parts.tensors) text += tensor;
  text.resize((text.size() + 31) / 32 * 32);
  for (std::size_t i = 0; i < parts.data_bytes; ++i) text += static_cast<char>(i % 100);
  return text;
}

void ExpectBytesRefused(const std::string& bytes, const char* part) {
  const TemporaryFolder folder;
  const auto path = folder.Write("bad.gguf", bytes);
  ExpectRefused([&] { GgufFile file(path); }, path.string(), part);
}

Parts Good() {
  return {.keys = {Key("n", kU32, Le<U32>(7)),
                   Key("x", kF32, Le(0.5F)),
                   Key("yes", kBool, "\x01"),
                   Key("name", kString, GgufText("llama")),
                   Key("list", kArray, Le(kU8) + Le<U64>(2) + "\x01\x02"),
                   Key("reals", kArray, Le(kF32) + Le<U64>(1) + Le(2.5F)),
                   Key("words", kArray, Le(kString) + Le<U64>(2) + GgufText("a") + GgufText(""))},
          .tensors = {Tensor("w", {3, 2}, kTensorF32, 0), Tensor("q", {32}, kTensorQ8, 32)},
          .data_bytes = 66};
}

TEST(Gguf, ReadsMetadata) {
  const TemporaryFolder folder;
  const GgufFile file(folder.Write("x.gguf", Make(Good())));
  EXPECT_EQ(file.Integer("n"), 7);
  EXPECT_EQ(file.Number("n"), 7.0);
  EXPECT_EQ(file.Number("x"), 0.5);
  EXPECT_EQ(file.Boolean("yes"), true);
  EXPECT_EQ(*file.String("name"), "llama");
  EXPECT_EQ(*file.Integers("list"), (std::vector<std::int64_t>{1, 2}));
  EXPECT_EQ(*file.Numbers("reals"), std::vector<double>{2.5});
  EXPECT_EQ(*file.Strings("words"), (std::vector<std::string>{"a", ""}));
  EXPECT_EQ(file.Integer("absent"), std::nullopt);
  EXPECT_EQ(file.String("absent"), nullptr);
  ExpectRefused([&] { file.Integer("name"); }, file.path().string(), "not an integer");
  ExpectRefused([&] { file.Number("name"); }, file.path().string(), "not a number");
}

TEST(Gguf, ReadsTensorsOutermostFirst) {
  const TemporaryFolder folder;
  const GgufFile file(folder.Write("x.gguf", Make(Good())));
  ASSERT_NE(file.Find("w"), nullptr);
  EXPECT_EQ(file.Find("w")->shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(static_cast<int>(file.Find("w")->bytes[1]), 1);
  EXPECT_EQ(file.Find("q")->bytes.size(), 34U);
  EXPECT_EQ(static_cast<int>(file.Find("q")->bytes[0]), 32);
  EXPECT_EQ(file.Find("v"), nullptr);
  EXPECT_EQ(file.TensorNames(), (std::vector<std::string>{"q", "w"}));
}

TEST(Gguf, RefusesUnknownTensorTypesOnlyWhenAskedFor) {
  const TemporaryFolder folder;
  Parts parts = Good();
  parts.tensors.push_back(Tensor("k", {256}, kTensorQ6K, 0));
  const GgufFile file(folder.Write("x.gguf", Make(parts)));
  EXPECT_NE(file.Find("w"), nullptr);
  EXPECT_TRUE(file.Has("k"));
  try {
    file.Find("k");
    ADD_FAILURE() << "found a tensor that cannot be read";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_NE(std::string(error.what()).find("'k' has GGML type Q6_K"), std::string::npos);
  }
}

TEST(Gguf, IsKnownByItsFirstBytes) {
  const TemporaryFolder folder;
  EXPECT_TRUE(LooksLikeGguf(folder.Write("sha256-0badc0de", Make(Good()))));
  EXPECT_FALSE(LooksLikeGguf(folder.Write("x.gguf", "GGU")));
  EXPECT_FALSE(LooksLikeGguf(folder.Write("y.gguf", "text")));
  EXPECT_FALSE(LooksLikeGguf(folder.path()));
  EXPECT_FALSE(LooksLikeGguf(folder.path() / "absent"));
}

TEST(Gguf, RefusesTruncation) {
  const std::string good = Make(Good());
  for (std::size_t length = 0; length < good.size(); ++length) {
    ExpectBytesRefused(good.substr(0, length), "");
  }
}

TEST(Gguf, RefusesOtherFormatsAndVersions) {
  ExpectBytesRefused(std::string(64, 'x'), "not a GGUF file");
  Parts parts;
  parts.version = 1;
  ExpectBytesRefused(Make(parts), "version 1");
  parts.version = 0x03000000;  // big-endian 3
  ExpectBytesRefused(Make(parts), "little-endian");
}

TEST(Gguf, RefusesAbsurdCounts) {
  const std::string preamble = "GGUF" + Le<U32>(3);
  ExpectBytesRefused(preamble + Le<U64>(~0ULL) + Le<U64>(0), "tensors do not fit");
  ExpectBytesRefused(preamble + Le<U64>(0) + Le<U64>(1ULL << 60), "metadata keys do not fit");
  const auto array = [](U32 type) {
    return Make({.keys = {Key("a", kArray, Le(type) + Le<U64>(1ULL << 61))}});
  };
  ExpectBytesRefused(array(kU8), "array elements do not fit");
  ExpectBytesRefused(array(kU64), "array elements do not fit");
  ExpectBytesRefused(Make({.keys = {Le<U64>(~0ULL) + Le<U32>(0)}}), "truncated at byte");
}

TEST(Gguf, RefusesBadAlignments) {
  const std::string alignment = Key("general.alignment", kU32, Le<U32>(24));
  ExpectBytesRefused(Make({.keys = {alignment}}), "general.alignment is 24");
  ExpectBytesRefused(Make({.keys = {Key("general.alignment", kU32, Le<U32>(0))}}), "is 0");
}

TEST(Gguf, RefusesBadTensors) {
  const auto with = [](std::vector<std::string> tensors) {
    return Make({.tensors = std::move(tensors), .data_bytes = 64});
  };
  const std::string w = Tensor("w", {4}, kTensorF32, 0);
  ExpectBytesRefused(with({w, w}), "duplicate tensor 'w'");
  ExpectBytesRefused(with({w, Tensor("v", {4}, kTensorF32, 0)}), "share bytes");
  ExpectBytesRefused(with({Tensor("w", {4}, kTensorF32, 8)}), "not aligned");
  ExpectBytesRefused(with({Tensor("w", {4}, kTensorF32, 64)}), "beyond the file");
  ExpectBytesRefused(with({Tensor("w", {17}, kTensorF32, 0)}), "beyond the file");
  ExpectBytesRefused(with({Tensor("w", {4}, kTensorF32, ~31ULL)}), "beyond the file");
  ExpectBytesRefused(with({Tensor("w", {0}, kTensorF32, 0)}), "dimension 0");
  ExpectBytesRefused(with({Tensor("w", {~0ULL}, kTensorF32, 0)}), "dimension -1");
  ExpectBytesRefused(with({Tensor("w", {1, 1, 1, 1, 1}, kTensorF32, 0)}), "5 dimensions");
  ExpectBytesRefused(with({Tensor("w", {33}, kTensorQ8, 0)}), "impossible size");
  ExpectBytesRefused(with({Tensor("w", {1ULL << 40, 1ULL << 40}, kTensorF32, 0)}), "impossible");
}

}  // namespace
}  // namespace saelaw
