// How much time on the clock a sweep has: budget.wall, which all its calls use up together, and the
// end that one call was given.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "orchestrate/machine/boot_clock.h"
#include "store/store.h"

namespace saelaw {

// When a call is to end, by BootNow(), and how its user said so.
struct CallEnd {
  std::chrono::steady_clock::time_point at;
  std::string text;  // "--until is Sun 2026-03-01 08:00:00 +0100"
};

class WallBudget {
 public:
  using SteadyClock = std::chrono::steady_clock;
  using Now = std::function<SteadyClock::time_point()>;

  // Counts from now on, beside what earlier calls have used. `limit` in seconds; nothing: no limit,
  // but the time is kept all the same, for a limit that is set later. `end`: of this call.
  WallBudget(Store& store,
             std::string sweep,
             std::optional<double> limit,
             std::optional<CallEnd> end = std::nullopt,
             Now now = BootNow);
  // Keeps what was not kept yet, if that is possible.
  ~WallBudget();
  WallBudget(const WallBudget&) = delete;
  WallBudget& operator=(const WallBudget&) = delete;

  // To be called often. Every other second it writes what has passed into the database, so that a
  // call that is killed loses no more than that. Throws IoError.
  void Keep();

  // What is left is too little for anything: from now on the budget counts as spent.
  void GiveUpRest() { given_up_ = true; }

  double used() const;  // seconds, of all calls
  bool IsSpent() const;
  // When it will be spent; nothing where that is never, or beyond what a clock can say.
  std::optional<SteadyClock::time_point> Deadline() const;
  // Whether the call's own end comes before that of the sweep's budget.
  bool CallEndsFirst() const;
  // Whether something that takes so many seconds would be done before that.
  bool HasTimeFor(double seconds) const;
  // "budget.wall is 10 s, of which 10 s are used"; of a call's own end: "--until is 08:00".
  std::string Text() const;

 private:
  void Write();

  Store& store_;
  std::string sweep_;
  std::optional<double> limit_;
  std::optional<CallEnd> end_;
  Now now_;
  bool given_up_ = false;
  double kept_;                    // in the database, of all calls
  SteadyClock::time_point since_;  // what has passed since then is not in it yet
};

}  // namespace saelaw
