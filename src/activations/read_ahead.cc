// One task at a time runs in a thread of its own: the next block is begun when the one before is
// handed out. On a GPU the two threads share the device, and the marks of the queue say what has to
// wait for what.
#include <chrono>
#include <future>
#include <memory>
#include <utility>

#include <c10/core/thread_pool.h>
#include <c10/util/ParallelGuard.h>

#include "activations/block_stream.h"

namespace saelaw {
namespace {

// How often a thread that waits looks whether it is to stop.
constexpr std::chrono::milliseconds kPatience{50};

// A block, and where the queue was when all of it had been queued.
struct Computed {
  at::Tensor block;
  DeviceQueue::Mark end;
};

class AheadReader : public BlockReader {
 public:
  AheadReader(std::unique_ptr<BlockReader> reader, std::int64_t blocks, AheadOptions options)
      : reader_(std::move(reader)), blocks_(blocks), options_(std::move(options)) {}
  // The pool would drop a task that it has not begun.
  ~AheadReader() override {
    if (next_.valid()) next_.wait();
  }

  at::Tensor Read(std::int64_t index) override {
    if (!next_.valid() || index != next_index_) Begin(index);
    while (next_.wait_for(kPatience) != std::future_status::ready) {
      StopIfAsked(options_.stop);
      if (options_.waiting) options_.waiting();
    }
    const Computed computed = next_.get();
    if (options_.queue) {
      options_.queue->AwaitOnDevice(computed.end);
      options_.queue->UsedHere(computed.block);
    }
    if (index + 1 < blocks_) Begin(index + 1);
    return computed.block;
  }

 private:
  void Begin(std::int64_t index) {
    if (next_.valid()) next_.wait();  // the reader serves one call at a time
    next_index_ = index;
    // What the user has queued may be the last use of memory that this block gets, and what the
    // block is made of.
    const DeviceQueue::Mark before = options_.queue ? options_.queue->MarkHere() : nullptr;
    const auto task = std::make_shared<std::packaged_task<Computed()>>([this, index, before] {
      const c10::ParallelGuard alone(true);
      return options_.queue ? ReadInQueue(index, before) : Computed{reader_->Read(index), nullptr};
    });
    next_ = task->get_future();
    thread_.run([task] { (*task)(); });
  }

  Computed ReadInQueue(std::int64_t index, const DeviceQueue::Mark& before) {
    Computed computed;
    options_.queue->Run([&] {
      options_.queue->AwaitOnHost(before);
      computed.block = reader_->Read(index);
      computed.end = options_.queue->MarkHere();
    });
    return computed;
  }

  std::unique_ptr<BlockReader> reader_;
  std::int64_t blocks_;
  AheadOptions options_;
  std::int64_t next_index_ = -1;
  std::future<Computed> next_;
  // One thread for all blocks: what libraries keep for each thread (cuDNN's plans, handles) is made
  // once. Declared last: it ends while the rest still lives.
  c10::ThreadPool thread_{1};
};

}  // namespace

std::unique_ptr<BlockReader> ReadAhead(std::unique_ptr<BlockReader> reader,
                                       std::int64_t blocks,
                                       AheadOptions options) {
  return std::make_unique<AheadReader>(std::move(reader), blocks, std::move(options));
}

}  // namespace saelaw
