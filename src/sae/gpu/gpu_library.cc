// The library is opened once and stays open until the process ends, since any stepper may still
// call it. The table is checked against the version that this code was built for.
#include "sae/gpu/gpu_library.h"

#include <utility>

namespace saelaw {
namespace {

// This is set before training begins and only read afterwards, so no lock guards it.
const SaelawGpuTable* open_table = nullptr;

}  // namespace

// A second call changes nothing, so every part of the program may ask for the library.
void OpenGpuLibrary(const std::string& path) {
  if (open_table != nullptr) return;
  open_table =
      static_cast<const SaelawGpuTable*>(GpuTable(path, "saelaw_gpu_table", kSaelawGpuVersion));
}

bool HasGpuLibrary() { return open_table != nullptr; }

const SaelawGpuTable& GpuLibrary() { return *open_table; }

const SaelawGpuTable* SetGpuTableForTest(const SaelawGpuTable* table) {
  return std::exchange(open_table, table);
}

}  // namespace saelaw
