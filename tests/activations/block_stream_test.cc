// Batches cut out of blocks. That sources' streams begin anywhere is tested with each source.
#include "activations/block_stream.h"

#include <utility>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::int64_t kBlock = 5, kBlocks = 3;

// Row r of the stream is {r, r}. Keeps a handle of the last block, to see who else has one.
class Reader : public BlockReader {
 public:
  at::Tensor Read(std::int64_t index) override {
    EXPECT_TRUE(index == 0 || last_.storage().use_count() == 1) << "before block " << index;
    last_ =
        at::arange(index * kBlock, (index + 1) * kBlock, at::kFloat).unsqueeze(1).repeat({1, 2});
    return last_.alias();
  }

 private:
  at::Tensor last_;
};

TEST(BlockStream, LetsABlockGoBeforeItReadsTheNext) {
  const auto stream = OpenBlockStream(
      std::make_unique<Reader>(), {kBlock, kBlocks * kBlock, "the test"}, /*batch_tokens=*/7, 0);
  for (std::int64_t first = 0; first < 14; first += 7) {
    const at::Tensor batch = stream->Next();
    const at::Tensor rows = at::arange(first, first + 7, at::kFloat);
    EXPECT_TRUE(at::equal(batch, at::stack({rows, rows}, 1))) << batch;
  }
}

}  // namespace
}  // namespace saelaw
