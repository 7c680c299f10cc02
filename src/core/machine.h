// Which machine this is, as far as the speed of its steps goes: told without opening any GPU
// library, so that the planner knows in a millisecond whether what was measured still holds.
#pragma once

#include <filesystem>
#include <string>

namespace saelaw {

// Of "cpu": the processor's name and which of the instructions that kernels are chosen by it has.
// Of a GPU: the models of all that the machine has, and the driver's version; without its folder
// under /proc, the machine's name. Never empty. `proc` is for tests.
std::string NameMachine(const std::string& device, const std::filesystem::path& proc = "/proc");

// The CUDA library of the trainer at this path: ../lib/libsaelaw_cuda.so beside its folder, or in
// its own; the former where neither is.
std::filesystem::path FindGpuLibrary(const std::filesystem::path& trainer);

}  // namespace saelaw
