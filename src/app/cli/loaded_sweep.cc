#include "app/cli/loaded_sweep.h"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "core/errors.h"
#include "core/files.h"
#include "core/quantities.h"

namespace saelaw {
namespace {

void Override(std::map<std::string, std::string>* overrides,
              const char* key,
              const char* variable,
              const std::string& flag) {
  const char* set = std::getenv(variable);
  const std::string value = !flag.empty() ? flag : set == nullptr ? "" : set;
  if (value.empty()) return;
  const bool several = value.find(',') != std::string::npos;
  (*overrides)[key] = several ? "[" + value + "]" : value;
}

std::string Positive(int value) { return value > 0 ? std::to_string(value) : ""; }

std::int64_t LargestRun(const Sweep& sweep) {
  std::int64_t largest = sweep.hold_out.tokens;
  for (std::int64_t tokens : sweep.loss_law.tokens) largest = std::max(largest, tokens);
  for (std::int64_t tokens : sweep.lr_law.tokens) largest = std::max(largest, tokens);
  for (const ExtraRun& extra : sweep.extra_runs) largest = std::max(largest, extra.tokens);
  return largest;
}

}  // namespace

std::map<std::string, std::string> Overrides(const std::string& device, int workers, int threads) {
  std::map<std::string, std::string> overrides;
  Override(&overrides, "execution.device", "SAELAW_DEVICE", device);
  Override(&overrides, "execution.workers", "SAELAW_WORKERS", Positive(workers));
  Override(&overrides, "execution.threads", "SAELAW_THREADS", Positive(threads));
  return overrides;
}

LoadedSweep LoadSweep(const std::string& path,
                      const std::map<std::string, std::string>& overrides) {
  const ReadSweepResult read = ReadSweep(path, overrides);
  for (const Mistake& warning : read.warnings) {
    Say("{}:{}:{}: warning: {}\n", path, warning.line, warning.column, warning.message);
  }
  if (!read.sweep) {
    Say("{}", FormatMistakes(path, read.text, read.mistakes));
    throw ConfigurationError(fmt::format(
        "{}: {} mistake{}", path, read.mistakes.size(), read.mistakes.size() == 1 ? "" : "s"));
  }
  LoadedSweep loaded{*read.sweep, false, read.effective};
  ResolveThreads(&loaded.sweep.execution);
  for (const char* key : {"activations.card", "activations.shape.layers"}) {
    const auto told = read.effective.find(key);
    loaded.shape_told |= told != read.effective.end() && !told->second.value.empty();
  }
  return loaded;
}

std::string CheckTokens(const Sweep& sweep, const DataCount& data) {
  if (data.training_tokens < 0) return "";
  const std::int64_t largest = LargestRun(sweep);
  if (data.estimated) {
    const std::int64_t needed = std::max(largest, sweep.target.tokens);
    if (needed <= data.training_tokens) return "";
    return fmt::format(
        "the text has about {} usable training tokens (estimated from its size), the largest run "
        "needs {} and the target {}; `saelaw validate` counts them",
        FormatCount(static_cast<double>(data.training_tokens)),
        FormatCount(static_cast<double>(largest)),
        FormatCount(static_cast<double>(sweep.target.tokens)));
  }
  if (largest > data.training_tokens) {
    throw ConfigurationError(fmt::format(
        "{}: the text has {} usable training tokens, and the largest run needs {}: data is never "
        "repeated; give more text or smaller runs",
        sweep.path,
        data.training_tokens,
        largest));
  }
  if (sweep.target.tokens > data.training_tokens) {
    return fmt::format(
        "the text has {} usable training tokens, the target run needs {}: give it more text",
        FormatCount(static_cast<double>(data.training_tokens)),
        FormatCount(static_cast<double>(sweep.target.tokens)));
  }
  return "";
}

}  // namespace saelaw
