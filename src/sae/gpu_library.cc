#include "sae/gpu_library.h"

#include <filesystem>
#include <utility>

#include <dlfcn.h>
#include <fmt/format.h>

#include "run/errors.h"

namespace saelaw {
namespace {

const SaelawGpuTable* open_table = nullptr;

using TableOfVersion = const SaelawGpuTable* (*)(std::uint32_t version);

}  // namespace

std::string DefaultGpuLibrary() {
  std::error_code unreadable;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unreadable);
  return (self.parent_path().parent_path() / "lib" / "libsaelaw_cuda.so").string();
}

void OpenGpuLibrary(const std::string& path) {
  if (open_table != nullptr) return;
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);  // until the process ends
  if (library == nullptr) {
    throw ConfigurationError(
        fmt::format("the CUDA library {} cannot be opened ({}); build it with the preset cuda, or "
                    "set execution.kernels: reference",
                    path,
                    ::dlerror()));
  }
  const auto table_of = reinterpret_cast<TableOfVersion>(::dlsym(library, "saelaw_gpu_table"));
  open_table = table_of == nullptr ? nullptr : table_of(kSaelawGpuVersion);
  if (open_table == nullptr) {
    throw ConfigurationError(
        fmt::format("the CUDA library {} is not of this version of saelaw; build both anew", path));
  }
}

bool HasGpuLibrary() { return open_table != nullptr; }

const SaelawGpuTable& GpuLibrary() { return *open_table; }

const SaelawGpuTable* SetGpuTableForTest(const SaelawGpuTable* table) {
  return std::exchange(open_table, table);
}

}  // namespace saelaw
