#include "tensors/npy.h"

#include <gtest/gtest.h>

#include "temporary_folder.h"
#include "tensors/bytes.h"

namespace saelaw {
namespace {

std::string Make(const std::string& dictionary, const std::string& data, int version = 1) {
  std::string text = std::string("\x93NUMPY") + static_cast<char>(version) + '\0';
  text += version == 1 ? Le(static_cast<std::uint16_t>(dictionary.size()))
                       : Le(static_cast<std::uint32_t>(dictionary.size()));
  return text + dictionary + data;
}

std::string Dictionary(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }   \n";
}

std::vector<std::int64_t> ReadAll(const NpyFile& file) {
  std::vector<std::int64_t> values(static_cast<std::size_t>(file.size()));
  file.Read(0, values);
  return values;
}

void ExpectNpyRefused(const std::string& bytes, const char* part) {
  const TemporaryFolder folder;
  const auto path = folder.Write("bad.npy", bytes);
  ExpectRefused([&] { NpyFile file(path); }, path.string(), part);
}

TEST(Npy, ReadsEveryTypeAndVersion) {
  const TemporaryFolder folder;
  const auto read = [&](const std::string& bytes) {
    return ReadAll(NpyFile(folder.Write("x.npy", bytes)));
  };
  using Values = std::vector<std::int64_t>;
  const std::string u2 = Le<std::uint16_t>(1) + Le<std::uint16_t>(65535);
  EXPECT_EQ(read(Make(Dictionary("<u2", "(2,)"), u2)), (Values{1, 65535}));
  EXPECT_EQ(read(Make(Dictionary("<i4", "(1,)"), Le(-5), 2)), Values{-5});
  EXPECT_EQ(read(Make(Dictionary("<u4", "(1,)"), Le(0xffffffffU), 3)), Values{0xffffffff});
  EXPECT_EQ(read(Make(Dictionary("<i8", "(1,)"), Le<std::int64_t>(-9))), Values{-9});
  EXPECT_EQ(read(Make(Dictionary("<i8", "(0,)"), "")), Values{});
}

TEST(Npy, ReadsARange) {
  const TemporaryFolder folder;
  const std::string data = Le(10) + Le(11) + Le(12) + Le(13);
  const NpyFile file(folder.Write("x.npy", Make(Dictionary("<i4", "(4,)"), data)));
  EXPECT_EQ(file.type(), NpyType::kI32);
  EXPECT_EQ(file.bytes().size(), 16U);
  std::vector<std::int64_t> middle(2);
  file.Read(1, middle);
  EXPECT_EQ(middle, (std::vector<std::int64_t>{11, 12}));
}

TEST(Npy, RefusesTruncation) {
  const std::string good = Make(Dictionary("<i4", "(1,)"), Le(7));
  for (std::size_t length = 0; length < good.size(); ++length) {
    ExpectNpyRefused(good.substr(0, length), "");
  }
}

TEST(Npy, RefusesWhatItCannotRead) {
  ExpectNpyRefused("PK\x03\x04 a zip file", "not a .npy file");
  ExpectNpyRefused(Make(Dictionary("<f4", "(1,)"), Le(1.0F)), "'<f4'");
  ExpectNpyRefused(Make(Dictionary(">i4", "(1,)"), Le(1)), "'>i4'");
  ExpectNpyRefused(Make(Dictionary("<i4", "(1, 1)"), Le(1)), "more than one dimension");
  ExpectNpyRefused(Make(Dictionary("<i4", "()"), Le(1)), "not one-dimensional");
  ExpectNpyRefused(Make(Dictionary("<i4", "(-1,)"), ""), "not one-dimensional");
  ExpectNpyRefused(Make(Dictionary("<i4", "(1,)"), Le(1), 4), "version 4");
}

TEST(Npy, RefusesWrongSizes) {
  ExpectNpyRefused(Make(Dictionary("<i4", "(2,)"), Le(1)), "do not hold 2 elements");
  ExpectNpyRefused(Make(Dictionary("<i4", "(1,)"), Le(1) + "x"), "do not hold");
  ExpectNpyRefused(Make(Dictionary("<i8", "(9223372036854775807,)"), Le(1)), "do not hold");
  ExpectNpyRefused(Make(Dictionary("<i8", "(99999999999999999999,)"), Le(1)), "one-dimensional");
}

TEST(Npy, RefusesDamagedHeaders) {
  ExpectNpyRefused(Make("{'descr': '<i4'", ""), "damaged");
  ExpectNpyRefused(Make("{'descr': '<i4', }", ""), "damaged");
  ExpectNpyRefused(Make("{'other': '<i4', }", ""), "damaged");
  ExpectNpyRefused(Make("{'descr': '<i4", ""), "damaged");
  ExpectNpyRefused(Make(Dictionary("<i4", "(1,)") + "x", Le(1)), "damaged");
}

}  // namespace
}  // namespace saelaw
