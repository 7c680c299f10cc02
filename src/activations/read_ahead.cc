#include <chrono>
#include <future>
#include <utility>

#include <c10/util/ParallelGuard.h>

#include "activations/block_stream.h"

namespace saelaw {
namespace {

// How often a thread that waits looks whether it is to stop.
constexpr std::chrono::milliseconds kPatience{50};

class AheadReader : public BlockReader {
 public:
  AheadReader(std::unique_ptr<BlockReader> reader, std::int64_t blocks, StopCheck stop)
      : reader_(std::move(reader)), blocks_(blocks), stop_(std::move(stop)) {}

  at::Tensor Read(std::int64_t index) override {
    if (!next_.valid() || index != next_index_) Begin(index);
    while (next_.wait_for(kPatience) != std::future_status::ready) StopIfAsked(stop_);
    const at::Tensor block = next_.get();
    if (index + 1 < blocks_) Begin(index + 1);
    return block;
  }

 private:
  void Begin(std::int64_t index) {
    if (next_.valid()) next_.wait();  // the reader serves one call at a time
    next_index_ = index;
    next_ = std::async(std::launch::async, [this, index] {
      const c10::ParallelGuard alone(true);
      return reader_->Read(index);
    });
  }

  std::unique_ptr<BlockReader> reader_;
  std::int64_t blocks_;
  StopCheck stop_;
  std::int64_t next_index_ = -1;
  std::future<at::Tensor> next_;  // declared last: its end is waited for while the rest still lives
};

}  // namespace

std::unique_ptr<BlockReader> ReadAhead(std::unique_ptr<BlockReader> reader,
                                       std::int64_t blocks,
                                       StopCheck stop) {
  return std::make_unique<AheadReader>(std::move(reader), blocks, std::move(stop));
}

}  // namespace saelaw
