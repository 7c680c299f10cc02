// The language model's table of the CUDA library.
#include "gpu/launcher.h"
#include "llm/gpu/sequence.h"

namespace saelaw::gpu {
namespace {

struct OnStream {
  Launcher operator()(void* stream) const { return Launcher(static_cast<cudaStream_t>(stream)); }
};

const SaelawLlamaTable kTable = MakeLlamaTable<OnStream>();

}  // namespace
}  // namespace saelaw::gpu

extern "C" __attribute__((visibility("default"))) const SaelawLlamaTable* saelaw_llama_table(
    std::uint32_t version) {
  return version == kSaelawLlamaVersion ? &saelaw::gpu::kTable : nullptr;
}
