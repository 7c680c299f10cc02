// A steady clock counts within a call, and the database adds the calls up. What has passed is
// written as a difference, so that two writes never count the same second.
#include "orchestrate/loop/wall_budget.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/quantities.h"

namespace saelaw {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr Seconds kKeepEvery{2};
// A hundred years mean that there is no deadline, and still fit into the clock's own unit.
constexpr double kForever = 3.2e9;

}  // namespace

WallBudget::WallBudget(Store& store, std::string sweep, std::optional<double> limit, Now now)
    : store_(store),
      sweep_(std::move(sweep)),
      limit_(limit),
      now_(std::move(now)),
      kept_(store.WallSecondsOf(sweep_)),
      since_(now_()) {}

WallBudget::~WallBudget() {
  try {
    Write();
  } catch (const Error&) {
    // At most kKeepEvery is lost.
  }
}

void WallBudget::Keep() {
  if (now_() - since_ >= kKeepEvery) Write();
}

void WallBudget::Write() {
  const SteadyClock::time_point now = now_();
  const double passed = Seconds(now - since_).count();
  store_.AddWallSeconds(sweep_, passed);
  kept_ += passed;
  since_ = now;
}

double WallBudget::used() const { return kept_ + Seconds(now_() - since_).count(); }

bool WallBudget::IsSpent() const { return limit_ && used() >= *limit_; }

std::optional<WallBudget::SteadyClock::time_point> WallBudget::Deadline() const {
  if (!limit_ || *limit_ - kept_ > kForever) return std::nullopt;
  // This is counted from since_, because kept_ holds all that had passed until then.
  const Seconds left(std::max(0.0, *limit_ - kept_));
  return since_ + std::chrono::ceil<SteadyClock::duration>(left);
}

std::string WallBudget::Text() const {
  return fmt::format("budget.wall is {}, of which {} are used",
                     FormatSeconds(limit_.value_or(0)),
                     FormatSeconds(used()));
}

}  // namespace saelaw
