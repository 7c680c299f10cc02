// The text tells machines apart on which other paths are fastest: the processor's model with the
// instructions that kernels ask for, or the GPUs with their driver. It is read from /proc, so that
// the planner needs neither LibTorch nor CUDA.
#include "core/machine.h"

#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace saelaw {
namespace {

namespace fs = std::filesystem;

std::string HostName() {
  std::array<char, 256> name{};
  ::gethostname(name.data(), name.size() - 1);
  return name.data();
}

// What stands after the colon of the first line that begins with `key`; empty when there is none.
std::string Field(const fs::path& file, std::string_view key) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(key)) continue;
    const std::size_t begin = line.find_first_not_of(" \t", line.find(':') + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

std::string Cpu(const fs::path& proc) {
  const fs::path file = proc / "cpuinfo";
  std::set<std::string> has;
  std::istringstream flags(Field(file, "flags"));
  for (std::string flag; flags >> flag;) has.insert(flag);
  std::string text = Field(file, "model name");
  if (text.empty()) text = "CPU of " + HostName();
  for (const char* flag : {"avx2", "avx512f", "avx512_bf16", "amx_bf16"}) {
    if (has.count(flag) > 0) text += fmt::format(" {}", flag);
  }
  return text;
}

// "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul ..."
std::string DriverVersion(const fs::path& folder) {
  std::istringstream words(Field(folder / "version", "NVRM version"));
  for (std::string word; words >> word;) {
    if (word.find_first_not_of("0123456789.") == std::string::npos) return word;
  }
  return "";
}

std::string Gpus(const fs::path& folder) {
  std::multiset<std::string> models;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder / "gpus", none)) {
    models.insert(Field(entry.path() / "information", "Model"));
  }
  if (models.empty()) return "GPU of " + HostName();
  return fmt::format("{}, driver {}", fmt::join(models, " + "), DriverVersion(folder));
}

}  // namespace

std::string NameMachine(const std::string& device, const fs::path& proc) {
  return device == "cpu" ? Cpu(proc) : Gpus(proc / "driver/nvidia");
}

fs::path FindGpuLibrary(const fs::path& trainer) {
  constexpr const char* kFile = "libsaelaw_cuda.so";
  const fs::path folder = trainer.parent_path();
  fs::path usual = folder.parent_path() / "lib" / kFile;
  std::error_code none;
  return !fs::exists(usual, none) && fs::exists(folder / kFile, none) ? folder / kFile : usual;
}

}  // namespace saelaw
