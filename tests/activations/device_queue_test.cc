// The order in which a device does what two threads queue, on a device that is a list of closures.
#include <array>
#include <functional>
#include <mutex>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "activations/block_stream.h"

namespace saelaw {
namespace {

constexpr std::int64_t kBlocks = 6;

// Does what is queued as early or as late as the marks allow. The thread's own queue is number 0.
class FakeDevice {
 public:
  explicit FakeDevice(bool own_queue_is_eager) : eager_(own_queue_is_eager) {}

  void Queue(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    queues_[here_].push_back(std::move(work));
    if (here_ == 1 && eager_) DoUpTo(1, queues_[1].size());
  }
  std::size_t Queued() {
    const std::lock_guard lock(mutex_);
    return queues_[here_].size();
  }
  void Do(std::size_t queue, std::size_t end) {
    const std::lock_guard lock(mutex_);
    DoUpTo(queue, end);
  }
  static std::size_t Here() { return here_; }
  static void Enter(std::size_t queue) { here_ = queue; }

 private:
  // Work may do the other queue's: what it waits for. Hence recursive.
  void DoUpTo(std::size_t queue, std::size_t end) {
    while (done_[queue] < end) queues_[queue][done_[queue]++]();
  }

  static thread_local std::size_t here_;
  std::recursive_mutex mutex_;
  bool eager_;
  std::array<std::vector<std::function<void()>>, 2> queues_;
  std::array<std::size_t, 2> done_{};
};
thread_local std::size_t FakeDevice::here_ = 0;

class FakeQueue : public DeviceQueue {
 public:
  FakeQueue(FakeDevice& device, std::vector<std::int64_t>& used) : device_(device), used_(used) {}

  void Run(const std::function<void()>& work) override {
    FakeDevice::Enter(1);
    work();
    FakeDevice::Enter(0);
  }
  Mark MarkHere() override {
    return std::make_shared<Place>(Place{FakeDevice::Here(), device_.Queued()});
  }
  void AwaitOnHost(const Mark& mark) override {
    const Place place = *static_cast<Place*>(mark.get());
    device_.Do(place.queue, place.end);
  }
  void AwaitOnDevice(const Mark& mark) override {
    // Done, it may be, when this queue is no more.
    device_.Queue([&device = device_, place = *static_cast<Place*>(mark.get())] {
      device.Do(place.queue, place.end);
    });
  }
  void UsedHere(const at::Tensor& tensor) override {
    EXPECT_EQ(FakeDevice::Here(), 0U);
    used_.push_back(tensor.item<std::int64_t>());
  }

 private:
  struct Place {
    std::size_t queue = 0, end = 0;
  };

  FakeDevice& device_;
  std::vector<std::int64_t>& used_;
};

// The device's memory has room for two blocks.
using Memory = std::array<std::int64_t, 2>;

// Block i is the number i, which the device writes into the place of block i - 2.
class Writer : public BlockReader {
 public:
  Writer(FakeDevice& device, Memory& memory, const std::int64_t& weights)
      : device_(device), memory_(memory), weights_(weights) {}
  at::Tensor Read(std::int64_t index) override {
    EXPECT_EQ(FakeDevice::Here(), 1U);
    device_.Queue([this, index] {
      memory_[static_cast<std::size_t>(index) % 2] = weights_ == 1 ? index : -1;
    });
    return at::scalar_tensor(index, at::kLong);
  }

 private:
  FakeDevice& device_;
  Memory& memory_;
  const std::int64_t& weights_;
};

class Ahead : public ::testing::TestWithParam<bool> {};

// Late, the blocks are not there when they are used; early, they are written over what is still in
// use, and made of weights that have not come yet.
TEST_P(Ahead, EachBlockIsWrittenBeforeItIsUsedAndUsedBeforeItIsOverwritten) {
  FakeDevice device(GetParam());
  Memory memory{-7, -7};
  std::int64_t weights = 0;
  std::vector<std::int64_t> used, seen;
  AheadOptions options;
  options.queue = std::make_unique<FakeQueue>(device, used);
  device.Queue([&] { weights = 1; });
  {
    const auto reader =
        ReadAhead(std::make_unique<Writer>(device, memory, weights), kBlocks, std::move(options));
    for (std::int64_t block = 0; block < kBlocks; ++block) {
      reader->Read(block);
      for (int batch = 0; batch < 3; ++batch) {
        device.Queue([&, block] { seen.push_back(memory[static_cast<std::size_t>(block) % 2]); });
      }
    }
  }
  device.Do(0, device.Queued());
  std::vector<std::int64_t> expected, blocks;
  for (std::int64_t block = 0; block < kBlocks; ++block) {
    expected.insert(expected.end(), 3, block);
    blocks.push_back(block);
  }
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(used, blocks);
}
INSTANTIATE_TEST_SUITE_P(LateAndEarly, Ahead, ::testing::Bool());

}  // namespace
}  // namespace saelaw
