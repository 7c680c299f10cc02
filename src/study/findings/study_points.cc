// Each run is sorted once, by the first part that it plays. A run that says nothing of its rate, as
// one that ran out of memory, is no failure and no survivor.
#include "study/findings/study_points.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "study/design/family.h"
#include "study/design/roles.h"
#include "study/findings/metric.h"

namespace saelaw {
namespace {

// Adam's second moment averages over about 1/(1 - beta2) steps: before five of these a run's
// numbers still depend on its start.
constexpr double kSettlingTimes = 5;

// Worse than the mean where a higher rate of the same size completed: it learned too slowly, which
// is no sign of instability.
bool IsTooSlow(const KnownRun& run, const std::vector<const KnownRun*>& runs) {
  if (run.outcome != Outcome::kWorseThanMean) return false;
  return std::any_of(runs.begin(), runs.end(), [&](const KnownRun* other) {
    return other->outcome == Outcome::kCompleted && other->spec.tokens == run.spec.tokens &&
           other->spec.sae.d_sae == run.spec.sae.d_sae &&
           other->spec.training.lr > run.spec.training.lr;
  });
}

// Memory that did not suffice and a stop from outside say nothing of the rate.
bool SaysNothing(const KnownRun& run, const std::vector<const KnownRun*>& runs) {
  return run.outcome == Outcome::kOutOfMemory || run.outcome == Outcome::kStopped ||
         IsTooSlow(run, runs);
}

// A run that plays several parts is named by the first of them.
std::optional<Stage> FirstPart(const Roles& roles, const RunSpec& spec) {
  if (roles.InLossLaw(spec)) return Stage::kLossLaw;
  if (roles.InLrLaw(spec)) return Stage::kLrLaw;
  if (roles.InHoldOut(spec)) return Stage::kHoldOut;
  return roles.IsExtra(spec) ? std::optional(Stage::kExtra) : std::nullopt;
}

}  // namespace

StudyPoints SortRuns(const Sweep& sweep, const Knowledge& knowledge) {
  const Family family(sweep, knowledge);
  const Roles roles(sweep, family);
  StudyPoints points;
  points.members = family.members();
  for (const KnownRun* run : points.members) {
    const std::optional<Stage> stage = FirstPart(roles, run->spec);
    if (stage) points.played.push_back({run, *stage, roles.WhyNoPoint(run->spec)});
  }
  points.at_one_rate = roles.Select([&](const RunSpec& spec) {
    const bool part = roles.InLossLaw(spec) || roles.InLrLaw(spec) || roles.IsExtra(spec);
    return part && !roles.WhyNoPoint(spec);
  });
  points.rates =
      SplitRateRuns(roles.Select([&](const RunSpec& spec) { return roles.InLrLaw(spec); }));
  points.hold_out = roles.Select([&](const RunSpec& spec) { return roles.InHoldOut(spec); });
  return points;
}

RateRuns SplitRateRuns(std::vector<const KnownRun*> runs) {
  RateRuns split;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const KnownRun& run = *runs[i];
    const bool completed = run.outcome == Outcome::kCompleted;
    std::vector<Point>& kind = SaysNothing(run, runs) ? split.silent
                               : completed            ? split.survived
                                                      : split.failed;
    kind.push_back(MakePoint(run, kLossMetric, static_cast<std::int64_t>(i)));
  }
  split.all = std::move(runs);
  return split;
}

bool IsShort(const RunSpec& spec) {
  return static_cast<double>(spec.steps()) < kSettlingTimes / (1 - spec.training.adam_beta2);
}

bool AllShort(const std::vector<const KnownRun*>& runs) {
  return !runs.empty() && std::all_of(runs.begin(), runs.end(), [](const KnownRun* run) {
    return IsShort(run->spec);
  });
}

}  // namespace saelaw
