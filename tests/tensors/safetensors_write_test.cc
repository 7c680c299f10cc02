// The writers: whole tensors, tensors in pieces, and files that end in their own checksum.
#include <gtest/gtest.h>

#include "core/files.h"
#include "temporary_folder.h"
#include "tensors/bytes.h"
#include "tensors/safetensors.h"
#include "tensors/safetensors_stream.h"

namespace saelaw {
namespace {

TEST(StreamSafetensors, WritesPiecesInTheirOrder) {
  const TemporaryFolder folder;
  const std::vector<float> weights = {1, 2, 3, 4, 5, 6};
  const auto bytes = std::as_bytes(std::span(weights));
  const auto give = [&](const TensorStream::Take& take) {
    take(bytes.first(8));
    take(bytes.subspan(8));
  };
  const auto path = folder.path() / "x.safetensors";
  StreamSafetensors(
      path, {{"a", TensorType::kF32, {2, 3}, give}, {"b", TensorType::kF32, {6}, give}}, {});
  const SafetensorsFile file(path);
  for (const char* name : {"a", "b"}) {
    std::vector<float> read(6);
    CopyAsFloat(*file.Find(name), read);
    EXPECT_EQ(read, weights);
  }
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

TEST(WriteSafetensors, RefusesDuplicatesAndBlocks) {
  const TemporaryFolder folder;
  const std::string bytes(34, '\0');
  const TensorView a{"a", TensorType::kU8, {34}, std::as_bytes(std::span(bytes))};
  const TensorView q{"q", TensorType::kQ8_0, {32}, std::as_bytes(std::span(bytes))};
  const auto path = folder.path() / "x.safetensors";
  ExpectRefused([&] { WriteSafetensors(path, {a, a}, {}); }, path.string(), "duplicate");
  ExpectRefused([&] { WriteSafetensors(path, {q}, {}); }, path.string(), "Q8_0");
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(WriteSafetensors, NamesAMissingFolder) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "no" / "x.safetensors";
  ExpectRefused([&] { WriteSafetensors(path, {}, {}); }, path.string(), "No such file");
}

// The data begin at a multiple of 8, which readers of wide types rely on; metadata that is not
// UTF-8 (a path, say) must not lose what was computed.
TEST(WriteSafetensors, PadsTheHeaderAndReplacesWhatIsNotUtf8) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "x.safetensors";
  for (const char* value : {"", "1", "12", "123", "1234", "\xFF"}) {
    WriteSafetensors(path, {}, {{"path", value}});
    EXPECT_EQ(std::filesystem::file_size(path) % 8, 0u) << value;
  }
  EXPECT_EQ(SafetensorsFile(path).metadata().at("path"), "\xEF\xBF\xBD");
}

// A writer that fails leaves what stood there before, and no part of its own.
TEST(StreamSafetensors, LeavesNothingOfAWriteThatFailed) {
  const TemporaryFolder folder;
  const auto path = folder.Write("x.safetensors", "before");
  struct Interrupted {};
  const auto give = [](const TensorStream::Take&) { throw Interrupted(); };
  EXPECT_THROW(StreamSafetensors(path, {{"a", TensorType::kF32, {1}, give}}, {}), Interrupted);
  EXPECT_EQ(ReadFile(path), "before");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

}  // namespace
}  // namespace saelaw
