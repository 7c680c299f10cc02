// One stream for all sources: blocks of vectors, each a function of (stream_seed, index) alone, cut
// into batches that may straddle blocks. To begin anywhere costs one block.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "activations/device_queue.h"
#include "activations/source.h"

namespace saelaw {

// The blocks of one stream_seed.
class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // Block `index`: [n, d_in], fp32 or the narrower type in which the source has its vectors, on any
  // device; n is as the layout says.
  virtual at::Tensor Read(std::int64_t index) = 0;
};

struct BlockLayout {
  std::int64_t block_tokens = 0;      // of every block but the last; 0: as `begins` says
  std::int64_t training_tokens = -1;  // -1: endless
  std::string name;                   // of the source, for messages
  at::Device device = at::kCPU;       // of the batches
  // Of blocks of unequal sizes: where each begins, and the end; blocks + 1 values from 0 on.
  std::vector<std::int64_t> begins = {};
};

// A stream of [batch_tokens, d_in] from batch `first_batch` on. Throws ConfigurationError when
// batch_tokens or first_batch is out of range.
std::unique_ptr<ActivationStream> OpenBlockStream(std::unique_ptr<BlockReader> reader,
                                                  BlockLayout layout,
                                                  std::int64_t batch_tokens,
                                                  std::int64_t first_batch);

struct AheadOptions {
  StopCheck stop{};
  // Called, by the thread that waits for a block, about twenty times a second.
  std::function<void()> waiting{};
  // Where blocks are computed on a GPU; null: they are not.
  std::unique_ptr<DeviceQueue> queue{};
};

// Reads blocks in a thread of their own, each while the one before is used; two are then in memory
// at once. The thread computes alone, so that it takes no more than one core. What it throws, Read
// throws. There are `blocks` blocks. With a queue, what the thread lets the device do goes there,
// and neither thread waits for the other's work but where its own needs it: a block is begun when
// all is done that the user had queued by then, and so with the memory of the block before the
// last.
std::unique_ptr<BlockReader> ReadAhead(std::unique_ptr<BlockReader> reader,
                                       std::int64_t blocks,
                                       AheadOptions options);

}  // namespace saelaw
