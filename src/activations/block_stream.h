// One stream for all sources: blocks of vectors, each a function of (stream_seed, index) alone, cut
// into batches that may straddle blocks. To begin anywhere costs one block.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

#include "activations/source.h"

namespace saelaw {

// The blocks of one stream_seed.
class BlockReader {
 public:
  virtual ~BlockReader() = default;
  // Block `index`: [n, d_in], fp32, on the source's device; n is block_tokens, save for the last.
  virtual at::Tensor Read(std::int64_t index) = 0;
};

struct BlockLayout {
  std::int64_t block_tokens = 0;
  std::int64_t training_tokens = -1;  // -1: endless
  std::string name;                   // of the source, for messages
};

// A stream of [batch_tokens, d_in] from batch `first_batch` on. Throws ConfigurationError when
// batch_tokens or first_batch is out of range.
std::unique_ptr<ActivationStream> OpenBlockStream(std::unique_ptr<BlockReader> reader,
                                                  BlockLayout layout,
                                                  std::int64_t batch_tokens,
                                                  std::int64_t first_batch);

}  // namespace saelaw
