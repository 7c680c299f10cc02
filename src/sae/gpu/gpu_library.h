// The steps of the CUDA library.
#pragma once

#include <string>

#include "gpu/library.h"
#include "sae/gpu/table.h"

namespace saelaw {

// Opens the library's steps, once; does nothing when they are open. Throws as GpuTable.
void OpenGpuLibrary(const std::string& path = DefaultGpuLibrary());

// Whether they are open, or a test has put a table in their place.
bool HasGpuLibrary();

// Its functions; HasGpuLibrary() holds.
const SaelawGpuTable& GpuLibrary();

// Takes another table's place until called with the former one, which it returns. Null: none.
const SaelawGpuTable* SetGpuTableForTest(const SaelawGpuTable* table);

}  // namespace saelaw
