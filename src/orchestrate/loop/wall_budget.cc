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

WallBudget::WallBudget(Store& store,
                       std::string sweep,
                       std::optional<double> limit,
                       std::optional<CallEnd> end,
                       Now now)
    : store_(store),
      sweep_(std::move(sweep)),
      limit_(limit),
      end_(std::move(end)),
      now_(std::move(now)),
      kept_(store.SumWallSeconds(sweep_)),
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

bool WallBudget::IsSpent() const {
  return given_up_ || (limit_ && used() >= *limit_) || (end_ && now_() >= end_->at);
}

std::optional<WallBudget::SteadyClock::time_point> WallBudget::Deadline() const {
  std::optional<SteadyClock::time_point> deadline;
  if (end_) deadline = end_->at;
  if (!limit_ || *limit_ - kept_ > kForever) return deadline;
  // This is counted from since_, because kept_ holds all that had passed until then.
  const Seconds left(std::max(0.0, *limit_ - kept_));
  const SteadyClock::time_point spent = since_ + std::chrono::ceil<SteadyClock::duration>(left);
  return deadline ? std::min(*deadline, spent) : spent;
}

bool WallBudget::HasTimeFor(double seconds) const {
  const std::optional<SteadyClock::time_point> deadline = Deadline();
  return !deadline || Seconds(*deadline - now_()).count() >= seconds;
}

bool WallBudget::CallEndsFirst() const { return end_ && Deadline() == end_->at; }

std::string WallBudget::Text() const {
  if (CallEndsFirst()) return end_->text;
  return fmt::format("budget.wall is {}, of which {} are used",
                     FormatSeconds(limit_.value_or(0)),
                     FormatSeconds(used()));
}

}  // namespace saelaw
