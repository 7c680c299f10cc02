// The CUDA library of ours (libsaelaw_cuda.so), opened only when a job asks for a GPU: the trainer
// is linked without it and starts on machines that lack it. Each room that has device code hands
// out a table of C functions there, under a name of its own.
#pragma once

#include <cstdint>
#include <string>

namespace saelaw {

// Where the library is expected: ../lib beside the executable's folder.
std::string DefaultGpuLibrary();

// A table of the library at `path`, which stays open until the process ends. cuBLASLt must be open,
// which LibTorch's CUDA part sees to. Throws ConfigurationError when the library cannot be opened
// or does not have the table in this version.
const void* GpuTable(const std::string& path, const std::string& name, std::uint32_t version);

// Throws what a function of a table returned, unless all went well: `said` is the table's
// last_error, `doing` what was asked. ConfigurationError for what the device cannot do.
void CheckGpu(std::int32_t code, const char* said, const char* doing);

}  // namespace saelaw
