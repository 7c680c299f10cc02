// Whom a command tells what it does, for people to see. What must not be lost goes into the store;
// what is told here may be dropped, shown in one line, or drawn. The terminal's is in app/cli.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dispatch/dispatcher.h"
#include "dispatch/watcher.h"
#include "jobs/job.h"
#include "store/store.h"

namespace saelaw {

// The next runs, written down and about to start.
struct RoundBegun {
  std::size_t runs = 0;
  std::size_t gangs = 0;
  std::string reason;  // of its first run
};

// Time on the clock is used up before the study is complete.
struct SpentWall {
  std::string budget;    // WallBudget::Text()
  bool of_call = false;  // the time of this call, and not that of the sweep
  std::size_t runs = 0;  // of this round, without a result
  double seconds = 0;    // that they would take, at most about
};

// As DispatchWatcher: nothing depends on what it does, and it must not throw.
class Watcher : public DispatchWatcher {
 public:
  // Whole sentences, worded by whoever tells them.
  virtual void Note(const std::string& text) = 0;
  virtual void Warn(const std::string& text) = 0;
  // Why the command will not end with kComplete, where no Error says so.
  virtual void Complain(const std::string& text) = 0;

  // What the measurement says of the data; each line by itself.
  virtual void OnData(const std::vector<std::string>& lines) = 0;
  // Why the next round is as it is.
  virtual void OnPlanNotes(const std::vector<std::string>& notes) = 0;
  // What a law says of a hold-out run, written down before the run begins.
  virtual void OnPredicted(const StoredPrediction& prediction) = 0;
  virtual void OnRound(const RoundBegun& round) = 0;
  // Which part of the study the next runs play; told before they start, also of those that go on.
  virtual void OnStages(const std::map<RunId, std::string>& stages) { static_cast<void>(stages); }
  // Jobs that were given up, together at the end of their dispatch.
  virtual void OnJobsFailed(const std::vector<FailedJob>& failed) = 0;
  // The dispatch ended in good order, as asked, before its jobs were done.
  virtual void OnStopped(int jobs_left) = 0;
  virtual void OnWallSpent(const SpentWall& spent) = 0;
};

}  // namespace saelaw
