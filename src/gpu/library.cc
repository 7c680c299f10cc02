// The library is opened by hand and not linked: the trainer has to start on machines without a GPU.
// A table carries a version, so that a library of another build is refused instead of called with
// other arguments.
#include "gpu/library.h"

#include <filesystem>

#include <dlfcn.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "gpu/code.h"

namespace saelaw {

std::string DefaultGpuLibrary() {
  std::error_code unreadable;
  // An executable that was moved takes its library along.
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", unreadable);
  return (self.parent_path().parent_path() / "lib" / "libsaelaw_cuda.so").string();
}

const void* GpuTable(const std::string& path, const std::string& name, std::uint32_t version) {
  // With RTLD_NOW a symbol that is missing shows here, not in the middle of a run.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    throw ConfigurationError(
        fmt::format("the CUDA library {} cannot be opened ({}); build it with the preset cuda, or "
                    "set execution.kernels: reference",
                    path,
                    ::dlerror()));
  }
  using TableOfVersion = const void* (*)(std::uint32_t version);
  const auto table_of = reinterpret_cast<TableOfVersion>(::dlsym(library, name.c_str()));
  const void* table = table_of == nullptr ? nullptr : table_of(version);
  if (table == nullptr) {
    throw ConfigurationError(
        fmt::format("the CUDA library {} is not of this version of saelaw; build both anew", path));
  }
  return table;
}

void CheckGpu(std::int32_t code, const char* said, const char* doing) {
  if (code == kSaelawGpuOk) return;
  // What the device cannot do is a matter of the configuration; anything else is a failure.
  const ExitCode exit =
      code == kSaelawGpuUnsupported ? ExitCode::kConfiguration : ExitCode::kFailure;
  throw Error(exit, fmt::format("GPU, {}: {}", doing, said));
}

}  // namespace saelaw
