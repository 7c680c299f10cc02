#include "tensors/safetensors_stream.h"

#include <gtest/gtest.h>

#include "tensors/safetensors.h"
#include "tensors/temporary_folder.h"

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

}  // namespace
}  // namespace saelaw
