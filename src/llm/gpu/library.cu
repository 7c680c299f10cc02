// The language model's table of the CUDA library.
#include "gpu/cuda_check.h"
#include "llm/gpu/kernels.cuh"

namespace saelaw::gpu {
namespace {

cudaStream_t Stream(void* stream) { return static_cast<cudaStream_t>(stream); }

void CheckStarted() { Check(cudaGetLastError(), "starting a kernel"); }

const SaelawLlamaTable kTable = {
    kSaelawLlamaVersion,
    [] { return LastFailure().c_str(); },
    [](Bf16* x,
       const Bf16* delta,
       const Bf16* weight,
       float epsilon,
       std::int64_t rows,
       std::int64_t width,
       Bf16* normed,
       void* stream) {
      return Guarded([&] {
        AddNorm<<<static_cast<unsigned>(rows),
                  ThreadsFor(width / kEight),
                  kAddNormSharedBytes,
                  Stream(stream)>>>(x, delta, weight, epsilon, static_cast<int>(width), normed);
        CheckStarted();
      });
    },
    [](const SaelawLlamaHeads* heads, void* stream) {
      return Guarded([&] {
        const std::int64_t units = heads->rotated * heads->head_dim / (2 * kEight);
        Rotate<<<static_cast<unsigned>(heads->rows), ThreadsFor(units), 0, Stream(stream)>>>(
            *heads);
        CheckStarted();
      });
    },
    [](const Bf16* gate_up, std::int64_t rows, std::int64_t width, Bf16* act, void* stream) {
      return Guarded([&] {
        Gate<<<static_cast<unsigned>(rows), ThreadsFor(width / kEight), 0, Stream(stream)>>>(
            gate_up, static_cast<int>(width), act);
        CheckStarted();
      });
    }};

}  // namespace
}  // namespace saelaw::gpu

extern "C" __attribute__((visibility("default"))) const SaelawLlamaTable* saelaw_llama_table(
    std::uint32_t version) {
  return version == kSaelawLlamaVersion ? &saelaw::gpu::kTable : nullptr;
}
