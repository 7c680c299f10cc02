// Vectors of a language model kept on disk: the rounds of a study read the same streams again and
// again, and on a CPU the half forward pass is most of what they cost.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <ATen/core/Tensor.h>

#include "activations/block_stream.h"
#include "core/run_spec.h"

namespace saelaw {

// Files `vectors-<key>-<name>.safetensors` in one folder that several processes share; each carries
// the hash of its bytes, and a damaged one is as good as none. A cache that cannot be written, or
// is full, is no error: the vectors are then computed again.
//
// Room: all such files of the folder together stay within `limit_bytes`. For a new one those of
// other sources go, the least recently used first; those of its own source never, so that a stream
// longer than the cache keeps its beginning instead of chasing its own tail.
class VectorCache {
 public:
  // Off when the folder or the spec's identity is empty, or the limit 0. The key is made of what
  // determines the vectors' bits: the source, and this CPU's instructions.
  VectorCache(std::filesystem::path folder, double limit_bytes, const SourceSpec& spec);

  bool on() const { return !key_.empty(); }
  // On the CPU, in the type in which they were kept; nothing when they are not there.
  std::optional<at::Tensor> Find(const std::string& name) const;
  // `vectors`: [n, d_in], fp32 or bf16, contiguous, on the CPU.
  void Keep(const std::string& name, const at::Tensor& vectors) const;

 private:
  std::filesystem::path FilePath(const std::string& name) const;
  bool MakeRoom(double bytes) const;

  std::filesystem::path folder_;
  double limit_bytes_;
  std::string key_;
};

// Reads blocks from the cache where they are there, and keeps them where they are not; named after
// `stream`, which says how they were cut and in which order, and their index. `cache` must outlive
// the reader.
std::unique_ptr<BlockReader> Cached(std::unique_ptr<BlockReader> reader,
                                    const VectorCache& cache,
                                    const std::string& stream);

}  // namespace saelaw
