#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

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

// One thread for all blocks: what libraries keep for each thread (cuDNN's plans, handles) is made
// once. Takes the next task when the one before is done.
class Worker {
 public:
  Worker() : thread_([this] { Work(); }) {}
  ~Worker() {
    {
      const std::lock_guard lock(mutex_);
      ended_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  std::future<Computed> Do(std::function<Computed()> work) {
    std::packaged_task<Computed()> task(std::move(work));
    std::future<Computed> result = task.get_future();
    {
      const std::lock_guard lock(mutex_);
      task_ = std::move(task);
    }
    changed_.notify_one();
    return result;
  }

 private:
  void Work() {
    const c10::ParallelGuard alone(true);
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return ended_ || task_; });
      if (!task_) return;
      std::packaged_task<Computed()> task = *std::exchange(task_, std::nullopt);
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<std::packaged_task<Computed()>> task_;
  bool ended_ = false;
  std::thread thread_;  // declared last: it uses the rest
};

class AheadReader : public BlockReader {
 public:
  AheadReader(std::unique_ptr<BlockReader> reader, std::int64_t blocks, AheadOptions options)
      : reader_(std::move(reader)), blocks_(blocks), options_(std::move(options)) {}

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
    next_ = worker_.Do([this, index, before] {
      return options_.queue ? ReadInQueue(index, before) : Computed{reader_->Read(index), nullptr};
    });
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
  Worker worker_;  // declared last: its end is waited for while the rest still lives
};

}  // namespace

std::unique_ptr<BlockReader> ReadAhead(std::unique_ptr<BlockReader> reader,
                                       std::int64_t blocks,
                                       AheadOptions options) {
  return std::make_unique<AheadReader>(std::move(reader), blocks, std::move(options));
}

}  // namespace saelaw
