#include <atomic>
#include <set>
#include <stdexcept>
#include <thread>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "activations/block_stream.h"

namespace saelaw {
namespace {

constexpr std::int64_t kBlock = 10, kBlocks = 4;

// Vector i of the stream is [i]; counts what is read, and fails at one block.
class CountingReader : public BlockReader {
 public:
  CountingReader(std::atomic<int>& reads, std::int64_t damaged)
      : reads_(reads), damaged_(damaged) {}

  at::Tensor Read(std::int64_t index) override {
    reads_ += 1;
    if (index == damaged_) throw std::runtime_error("a damaged block");
    return at::arange(index * kBlock, (index + 1) * kBlock, at::kBFloat16).unsqueeze(1);
  }

 private:
  std::atomic<int>& reads_;
  std::int64_t damaged_;
};

std::unique_ptr<ActivationStream> Open(std::atomic<int>& reads,
                                       std::int64_t first_batch = 0,
                                       std::int64_t damaged = -1,
                                       StopCheck stop = {}) {
  return OpenBlockStream(
      ReadAhead(std::make_unique<CountingReader>(reads, damaged), kBlocks, {std::move(stop)}),
      {kBlock, kBlock * kBlocks, "the test", at::kCPU},
      4,
      first_batch);
}

TEST(ReadAhead, GivesTheSameBatchesFromAnyStart) {
  std::atomic<int> reads = 0;
  for (const std::int64_t first : {0, 2, 3, 9}) {
    const auto stream = Open(reads, first);
    for (std::int64_t batch = first; batch < 10; ++batch) {
      const at::Tensor expected = at::arange(batch * 4, batch * 4 + 4, at::kFloat).unsqueeze(1);
      EXPECT_TRUE(at::equal(stream->Next(), expected)) << batch;
    }
  }
}

TEST(ReadAhead, ReadsEachBlockOnceAndNoneBeyondTheLast) {
  std::atomic<int> reads = 0;
  {
    const auto stream = Open(reads);
    stream->Next();
  }  // its end waits for the block that is read ahead
  EXPECT_EQ(reads, 2);
  const auto stream = Open(reads);
  for (int i = 0; i < 10; ++i) stream->Next();
  EXPECT_EQ(reads, 2 + kBlocks);
}

TEST(ReadAhead, WhatTheThreadThrowsSurfacesWhereItsBlockIsNeeded) {
  std::atomic<int> reads = 0;
  const auto stream = Open(reads, 0, /*damaged=*/1);
  stream->Next();
  stream->Next();  // vectors 4 to 7
  EXPECT_THROW(stream->Next(), std::runtime_error);
}

// Notes which threads read.
class ThreadsReader : public BlockReader {
 public:
  explicit ThreadsReader(std::set<std::thread::id>& seen) : seen_(seen) {}
  at::Tensor Read(std::int64_t) override {
    seen_.insert(std::this_thread::get_id());
    return at::zeros({kBlock, 1});
  }

 private:
  std::set<std::thread::id>& seen_;
};

// Libraries keep plans and handles for each thread: a new one for each block would make them anew.
TEST(ReadAhead, OneOtherThreadReadsAllBlocks) {
  std::set<std::thread::id> seen;
  {
    const auto reader = ReadAhead(std::make_unique<ThreadsReader>(seen), kBlocks, {});
    for (std::int64_t i = 0; i < kBlocks; ++i) reader->Read(i);
  }
  EXPECT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen.count(std::this_thread::get_id()), 0U);
}

// Waits until it is told to go on: a block that takes long.
class BlockedReader : public BlockReader {
 public:
  explicit BlockedReader(std::atomic<bool>& go_on) : go_on_(go_on) {}
  at::Tensor Read(std::int64_t) override {
    go_on_.wait(false);
    return at::zeros({kBlock, 1});
  }

 private:
  std::atomic<bool>& go_on_;
};

TEST(ReadAhead, TellsWhoeverWaitsThatItWaits) {
  std::atomic<bool> go_on = false;
  AheadOptions options;
  int told = 0;
  options.waiting = [&] {
    if (++told < 3) return;
    go_on = true;
    go_on.notify_all();
  };
  ReadAhead(std::make_unique<BlockedReader>(go_on), kBlocks, std::move(options))->Read(0);
  EXPECT_GE(told, 3);
}

TEST(ReadAhead, StopsWhileABlockIsBeingRead) {
  std::atomic<bool> go_on = false;
  const auto reader =
      ReadAhead(std::make_unique<BlockedReader>(go_on), kBlocks, {[] { return true; }});
  EXPECT_THROW(reader->Read(0), Stopped);
  go_on = true;
  go_on.notify_all();
}

}  // namespace
}  // namespace saelaw
