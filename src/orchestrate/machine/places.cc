// What depends on the machine at hand is asked for here: environment variables, cores, memory and
// the trainer beside this executable. With several GPUs each trainer sees its own alone, so that a
// job may say "cuda" wherever it runs.
#include "orchestrate/machine/places.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/machine.h"
#include "study/price/memory.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVisible = "CUDA_VISIBLE_DEVICES";

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// The names are the driver's (numbers or UUIDs). "cuda:1" of a sweep means the second of this list,
// not the second of the machine.
// Nothing where the variable is not set: then all GPUs are visible. Set to nothing, none is.
std::optional<std::vector<std::string>> VisibleGpus() {
  if (std::getenv(kVisible) == nullptr) return std::nullopt;
  std::vector<std::string> names;
  std::istringstream list(Variable(kVisible));
  for (std::string name; std::getline(list, name, ',');) names.push_back(name);
  return names;
}

}  // namespace

fs::path TrainerPath() {
  if (const std::string named = Variable("SAELAW_TRAINER"); !named.empty()) return named;
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  fs::path beside = self.parent_path() / "saelaw-trainer";
  if (!error && fs::exists(beside)) return beside;
  throw ConfigurationError(
      fmt::format("saelaw-trainer was not found at {}; build it, or name it in SAELAW_TRAINER",
                  beside.string()));
}

void ResolveThreads(Execution* execution) {
  if (execution->threads > 0) return;
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  execution->threads = std::max(1, cores / std::max(1, execution->trainers()));
}

std::vector<Environment> ListPlaces(const Execution& execution) {
  const std::optional<std::vector<std::string>> visible = VisibleGpus();
  std::vector<Environment> places;
  // Devices change fastest, so that the first trainers are spread over all devices.
  for (int worker = 0; worker < execution.workers; ++worker) {
    for (const std::string& device : execution.devices) {
      places.emplace_back();
      // A single device is named in the job itself, and the environment stays as it is.
      if (execution.devices.size() < 2) continue;
      const auto number = static_cast<std::size_t>(std::stoi(device.substr(device.find(':') + 1)));
      if (visible && number >= visible->size()) {
        throw ConfigurationError(fmt::format("execution.device names {}, but {} lists {} devices",
                                             device,
                                             kVisible,
                                             visible->size()));
      }
      places.back() = {{kVisible, visible ? (*visible)[number] : std::to_string(number)}};
    }
  }
  return places;
}

double GangBytes(const Execution& execution,
                 const Measurement& measured,
                 const std::optional<ModelShape>& model,
                 const std::vector<Job>& refused) {
  const double machine = static_cast<double>(::sysconf(_SC_PHYS_PAGES)) *
                         static_cast<double>(::sysconf(_SC_PAGE_SIZE));
  return GangRoom(execution, machine, measured, model, refused);
}

Place FindPlace(const Execution& execution) {
  if (execution.device == "cpu") return {NameMachine(execution.device), false, false};
  std::error_code none;
  const bool library =
      execution.kernels != "reference" && fs::exists(FindGpuLibrary(TrainerPath()), none);
  return {NameMachine(execution.device), true, library};
}

}  // namespace saelaw
