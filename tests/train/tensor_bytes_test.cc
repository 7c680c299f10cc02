#include "train/tensor_bytes.h"

#include <cstring>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

// What the stream gives, put together, and how much of it came at once at most.
struct Taken {
  std::string bytes;
  std::size_t largest = 0;
};
Taken EstimateBytes(const at::Tensor& tensor) {
  Taken taken;
  MakeStream("t", tensor).give([&](std::span<const std::byte> piece) {
    taken.bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    taken.largest = std::max(taken.largest, piece.size());
  });
  return taken;
}

TensorView MakeTensorView(const at::Tensor& tensor, const std::string& bytes) {
  return {"t", TensorType::kF32, tensor.sizes().vec(), std::as_bytes(std::span(bytes))};
}

// Rows by row, however the tensor lies: w_enc is stored by latent, and a checkpoint is not.
TEST(MakeStream, GivesRowsOfFp32HoweverTheyLie) {
  const at::Tensor rows = at::arange(6, at::kFloat).view({2, 3});
  for (const at::Tensor& tensor : {rows, rows.t().contiguous().t(), rows.to(at::kDouble)}) {
    const Taken taken = EstimateBytes(tensor);
    EXPECT_TRUE(at::equal(FromView(MakeTensorView(tensor, taken.bytes), at::kCPU), rows));
  }
  EXPECT_EQ(EstimateBytes(at::scalar_tensor(3.0F)).bytes.size(), sizeof(float));
}

// Of a large one there is never a whole copy: pieces of a MiB, or a row where one is larger.
TEST(MakeStream, BringsALargeTensorOverInPieces) {
  const Taken taken = EstimateBytes(at::ones({1000, 1000}));
  EXPECT_EQ(taken.bytes.size(), 4'000'000U);
  EXPECT_LE(taken.largest, std::size_t{1} << 20);
  EXPECT_EQ(EstimateBytes(at::ones({2, 1 << 19})).largest, std::size_t{1} << 21);
}

// The bytes of a view lie in a file that is closed soon, at any address.
TEST(FromView, CopiesFromWhereverTheBytesLie) {
  std::string bytes(1 + sizeof(float), '\0');
  const float value = 1.5;
  std::memcpy(bytes.data() + 1, &value, sizeof value);
  const at::Tensor tensor =
      FromView({"t", TensorType::kF32, {1}, std::as_bytes(std::span(bytes)).subspan(1)}, at::kCPU);
  bytes.assign(bytes.size(), 'x');
  EXPECT_EQ(tensor.item<float>(), 1.5);
}

TEST(FromView, RefusesAnotherType) {
  try {
    FromView({"moment", TensorType::kBF16, {1}, {}}, at::kCPU);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kIo);
    EXPECT_STREQ(error.what(), "tensor moment is not F32");
  }
}

}  // namespace
}  // namespace saelaw
