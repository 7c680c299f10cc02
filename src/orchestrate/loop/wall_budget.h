// budget.wall: how much time on the clock a sweep has used, in all its calls together.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "store/store.h"

namespace saelaw {

class WallBudget {
 public:
  using SteadyClock = std::chrono::steady_clock;
  using Now = std::function<SteadyClock::time_point()>;

  // Counts from now on, beside what earlier calls have used. `limit` in seconds; nothing: no limit,
  // but the time is kept all the same, for a limit that is set later.
  WallBudget(Store& store,
             std::string sweep,
             std::optional<double> limit,
             Now now = SteadyClock::now);
  // Keeps what was not kept yet, if that is possible.
  ~WallBudget();
  WallBudget(const WallBudget&) = delete;
  WallBudget& operator=(const WallBudget&) = delete;

  // To be called often. Every other second it writes what has passed into the database, so that a
  // call that is killed loses no more than that. Throws IoError.
  void Keep();

  double used() const;  // seconds, of all calls
  bool IsSpent() const;
  // When it will be spent; nothing where that is never, or beyond what a clock can say.
  std::optional<SteadyClock::time_point> Deadline() const;
  // "budget.wall is 10 s, of which 10 s are used"
  std::string Text() const;

 private:
  void Write();

  Store& store_;
  std::string sweep_;
  std::optional<double> limit_;
  Now now_;
  double kept_;                    // in the database, of all calls
  SteadyClock::time_point since_;  // what has passed since then is not in it yet
};

}  // namespace saelaw
