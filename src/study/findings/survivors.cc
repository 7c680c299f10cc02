#include "study/findings/survivors.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace saelaw {
namespace {

// Runs that ended alike: how many, what was said of the first, and what to change.
struct Failures {
  int count = 0;
  std::string reason;
  std::string advice;
};

}  // namespace

std::string WhyNoneSurvived(const std::vector<const KnownRun*>& runs) {
  std::map<Outcome, Failures> failures;
  for (const KnownRun* run : runs) {
    if (run->outcome == Outcome::kCompleted) return "";
    Failures& alike = failures[run->outcome];
    if (++alike.count > 1) continue;
    alike.reason = run->reason;
    alike.advice = run->advice;
  }
  std::vector<std::string> ends, changes;
  for (const auto& [outcome, alike] : failures) {
    ends.push_back(fmt::format("{} {}{}{}{}",
                               alike.count,
                               Name(outcome),
                               alike.reason.empty() ? "" : " (",
                               alike.reason,
                               alike.reason.empty() ? "" : ")"));
    const bool said = std::find(changes.begin(), changes.end(), alike.advice) != changes.end();
    if (!alike.advice.empty() && !said) changes.push_back(alike.advice);
  }
  if (ends.empty()) return "";
  return fmt::format("no run survived: {}{}{}",
                     fmt::join(ends, "; "),
                     changes.empty() ? "" : ". Try ",
                     fmt::join(changes, "; or "));
}

}  // namespace saelaw
