#include "app/cli/places.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "run/errors.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr double kMemoryShare = 0.7;

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

fs::path CacheRoot() {
  if (const std::string own = Environment("SAELAW_CACHE"); !own.empty()) return own;
  if (const std::string shared = Environment("XDG_CACHE_HOME"); !shared.empty()) {
    return fs::path(shared) / "saelaw";
  }
  const std::string home = Environment("HOME");
  return (home.empty() ? fs::temp_directory_path() : fs::path(home) / ".cache") / "saelaw";
}

}  // namespace

fs::path JobsFolder(const fs::path& database) {
  fs::path folder = database;
  folder.replace_extension(".runs");
  return fs::absolute(folder / "jobs");
}

fs::path CacheFolder() {
  const fs::path folder = CacheRoot() / "corpora";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw IoError(fmt::format("cannot make {}: {}", folder.string(), error.message()));
  return folder;
}

fs::path TrainerPath() {
  if (const std::string named = Environment("SAELAW_TRAINER"); !named.empty()) return named;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path() / "saelaw-trainer";
  if (!error && fs::exists(beside)) return beside;
  throw ConfigurationError(
      fmt::format("saelaw-trainer was not found at {}; build it, or name it in SAELAW_TRAINER",
                  beside.string()));
}

void ResolveThreads(Execution* execution) {
  if (execution->threads > 0) return;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  execution->threads = std::max(1, cores / std::max(1, execution->workers));
}

double GangBytes(const Execution& execution) {
  if (execution.device != "cpu") return std::numeric_limits<double>::infinity();
  const double machine = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
                         static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  return kMemoryShare * machine / std::max(1, execution.workers);
}

}  // namespace saelaw
