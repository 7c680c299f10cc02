// Flags and environment variables become overrides of the sweep's own keys, checked as those of the
// file would, so that they pass the same checks and show up among the values in effect.
#include "app/cli/loaded_sweep.h"

#include <cstdlib>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "app/cli/messages.h"
#include "core/errors.h"
#include "orchestrate/machine/places.h"

namespace saelaw {
namespace {

// A flag is stronger than the environment, which may be set for a whole machine.
void Override(std::map<std::string, std::string>* overrides,
              const char* key,
              const char* variable,
              const std::string& flag) {
  const char* set = std::getenv(variable);
  const std::string value = !flag.empty() ? flag : set == nullptr ? "" : set;
  if (value.empty()) return;
  // Several devices are a list, and YAML wants brackets around one.
  const bool several = value.find(',') != std::string::npos;
  (*overrides)[key] = several ? "[" + value + "]" : value;
}

// Flags of numbers begin as 0, which stands for "not given". A negative one is passed on, to be
// refused as it would be in the file.
std::string Given(int value) { return value != 0 ? std::to_string(value) : ""; }

}  // namespace

std::map<std::string, std::string> Overrides(const std::string& device, int workers, int threads) {
  std::map<std::string, std::string> overrides;
  Override(&overrides, "execution.device", "SAELAW_DEVICE", device);
  Override(&overrides, "execution.workers", "SAELAW_WORKERS", Given(workers));
  Override(&overrides, "execution.threads", "SAELAW_THREADS", Given(threads));
  return overrides;
}

Arms OnlyArm(const Arms& arms, const std::string& label) {
  std::vector<std::string> labels;
  for (const Arm& arm : arms.list) {
    if (arms.compares() && MakeLabel(arm) == label) return arm.sweep;
    if (arms.compares()) labels.push_back(MakeLabel(arm));
  }
  throw ConfigurationError(fmt::format("no arm '{}' in {}; {}",
                                       label,
                                       arms.name,
                                       labels.empty()
                                           ? "it compares nothing (study.compare, study.sparsity)"
                                           : fmt::format("there are {}", fmt::join(labels, ", "))));
}

LoadedSweep LoadSweep(const std::string& path,
                      const std::map<std::string, std::string>& overrides) {
  const ReadSweepResult read = ReadSweep(path, overrides);
  for (const Mistake& warning : read.warnings) {
    Say("{}:{}:{}: warning: {}\n", path, warning.line, warning.column, warning.message);
  }
  if (!read.sweep) {
    // All mistakes are printed at once; the error itself stays one line.
    Say("{}", FormatMistakes(path, read.text, read.mistakes));
    throw ConfigurationError(fmt::format(
        "{}: {} mistake{}", path, read.mistakes.size(), read.mistakes.size() == 1 ? "" : "s"));
  }
  // How many threads there are depends on this machine, so it is settled after the reading.
  LoadedSweep loaded{*read.sweep, read.arms, false, read.effective};
  ResolveThreads(&loaded.sweep.execution);
  for (Arm& arm : loaded.arms.list) arm.sweep.execution = loaded.sweep.execution;
  // Either key tells the shape; a value that is empty tells nothing.
  for (const char* key : {"activations.card", "activations.shape.layers"}) {
    const auto told = read.effective.find(key);
    loaded.shape_told |= told != read.effective.end() && !told->second.value.empty();
  }
  return loaded;
}

}  // namespace saelaw
