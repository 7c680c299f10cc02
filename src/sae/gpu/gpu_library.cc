#include "sae/gpu/gpu_library.h"

#include <utility>

namespace saelaw {
namespace {

const SaelawGpuTable* open_table = nullptr;

}  // namespace

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
