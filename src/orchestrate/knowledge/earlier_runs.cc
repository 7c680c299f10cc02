// A run is found by the hash of its data, so a changed file makes finished runs disappear without a
// word. Here they are searched for by the name of the sweep, and the parts of their data are
// compared with those of now.
#include "orchestrate/knowledge/earlier_runs.h"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "identity/data_identity.h"

namespace saelaw {
namespace {

constexpr std::size_t kMostNamed = 4;

// Without the identity the key covers the settings alone.
std::string KeyOfSettings(SourceSpec source) {
  source.identity = "";
  return SourceKey(source);
}

std::vector<RunRecord> FinishedRuns(const Store& store, const Sweep& sweep) {
  std::vector<RunRecord> finished;
  for (RunRecord& run : store.FindRuns(sweep.name)) {
    if (run.state == RunState::kDone) finished.push_back(std::move(run));
  }
  return finished;
}

// The words for what is not the same now are meant for the user.
std::vector<std::string> Changes(const SourceSpec& before, const SourceSpec& now) {
  if (KeyOfSettings(before) != KeyOfSettings(now)) return {"the sweep's activations section"};
  std::vector<std::string> changed = ChangedParts(before.parts, now.parts);
  if (!changed.empty()) return changed;
  // The identities differ, but at least one side does not say in which part.
  if (!now.identity.empty()) return {"the data"};
  const bool counted = !now.parts.text.empty();
  return {counted ? "the weights' file (its content was not looked at: `saelaw run` does)"
                  : "the text's files (their content was not looked at: `saelaw run` does)"};
}

std::string JoinNames(const std::vector<RunId>& runs) {
  const std::size_t shown = std::min(runs.size(), kMostNamed);
  const std::vector<RunId> first(runs.begin(), runs.begin() + static_cast<std::ptrdiff_t>(shown));
  const std::string more =
      runs.size() > shown ? fmt::format(" and {} more", runs.size() - shown) : "";
  return fmt::format("{}{}", fmt::join(first, ", "), more);
}

}  // namespace

bool HasFinishedRuns(const Store& store, const Arms& arms) {
  return std::any_of(arms.list.begin(), arms.list.end(), [&](const Arm& arm) {
    return !FinishedRuns(store, arm.sweep).empty();
  });
}

std::string EarlierRuns(const Store& store, const Sweep& sweep) {
  const std::string now = SourceKey(sweep.source);
  std::vector<RunId> earlier;
  std::set<std::string> changed;
  for (const RunRecord& run : FinishedRuns(store, sweep)) {
    const SourceSpec& source = run.asked.spec.source;
    if (SourceKey(source) == now) continue;
    earlier.push_back(run.id);
    for (std::string& change : Changes(source, sweep.source)) changed.insert(std::move(change));
  }
  if (earlier.empty()) return "";
  return fmt::format(
      "{} finished run{} of this sweep {} there that {} not of its data as it is now "
      "({}): {} changed since; put the earlier back, and they count again",
      earlier.size(),
      earlier.size() == 1 ? "" : "s",
      earlier.size() == 1 ? "is" : "are",
      earlier.size() == 1 ? "is" : "are",
      JoinNames(earlier),
      fmt::join(changed, ", "));
}

}  // namespace saelaw
