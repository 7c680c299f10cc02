// The CUDA library of ours (libsaelaw_cuda.so), opened only when a job asks for a GPU: the trainer
// is linked without it and starts on machines that lack it.
#pragma once

#include <string>

#include "sae/gpu/table.h"

namespace saelaw {

// Where the library is expected: ../lib beside the executable's folder.
std::string DefaultGpuLibrary();

// Opens the library, once; does nothing when it is open. cuBLASLt must be open, which LibTorch's
// CUDA part sees to. Throws ConfigurationError naming what is missing.
void OpenGpuLibrary(const std::string& path = DefaultGpuLibrary());

// Whether it is open, or a test has put a table in its place.
bool HasGpuLibrary();

// Its functions; HasGpuLibrary() holds.
const SaelawGpuTable& GpuLibrary();

// Takes another table's place until called with the former one, which it returns. Null: none.
const SaelawGpuTable* SetGpuTableForTest(const SaelawGpuTable* table);

}  // namespace saelaw
