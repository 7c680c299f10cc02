// A run never sees a token twice, so the largest run decides how much text is needed. An estimate
// from the size of the files is too rough to refuse anything by, so it only warns.
#include "orchestrate/data/check_tokens.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/quantities.h"

namespace saelaw {
namespace {

std::int64_t LargestRun(const Sweep& sweep) {
  std::int64_t largest = sweep.hold_out.tokens;
  for (std::int64_t tokens : sweep.loss_law.tokens) largest = std::max(largest, tokens);
  for (std::int64_t tokens : sweep.lr_law.tokens) largest = std::max(largest, tokens);
  for (const ExtraRun& extra : sweep.extra_runs) largest = std::max(largest, extra.tokens);
  return largest;
}

}  // namespace

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
  // The target is trained later, perhaps elsewhere; a text that is too short for it is no mistake
  // of this sweep.
  if (sweep.target.tokens > data.training_tokens) {
    return fmt::format(
        "the text has {} usable training tokens, the target run needs {}: give it more text",
        FormatCount(static_cast<double>(data.training_tokens)),
        FormatCount(static_cast<double>(sweep.target.tokens)));
  }
  return "";
}

}  // namespace saelaw
