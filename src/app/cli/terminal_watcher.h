// Tells people at a terminal, or in a log, what a command does: every sentence of it is here.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "orchestrate/watch/watcher.h"

namespace saelaw {

// Messages on stderr: progress in place on a terminal, a line every ten seconds elsewhere.
class TerminalWatcher : public Watcher {
 public:
  void OnProgress(const Job& job, const Progress& progress) override;
  void OnResult(const Job& job, const RunResult& result) override;
  void OnMeasurement(const Job& job, const Measurement& measurement) override;
  void OnAttemptEnded(const Job& job, int exit_code, const std::string& message) override;
  void OnAskedToEnd(const Job& job, std::chrono::seconds grace) override;
  void OnSplit(const Job& job, const std::vector<Job>& parts) override;

  void Note(const std::string& text) override;
  void Warn(const std::string& text) override;
  void Complain(const std::string& text) override;
  void OnData(const std::vector<std::string>& lines) override;
  void OnPlanNotes(const std::vector<std::string>& notes) override;
  void OnPredicted(const StoredPrediction& prediction) override;
  void OnRound(const RoundBegun& round) override;
  void OnStages(const std::map<RunId, std::string>& stages) override;
  void OnJobsFailed(const std::vector<FailedJob>& failed) override;
  void OnStopped(int jobs_left) override;
  void OnWallSpent(const SpentWall& spent) override;

 private:
  void ClearLine();
  // "lr-law, d_sae 256, lr 0.008, seed 0, " of a member of the job.
  std::string DescribeSettings(const Job& job, const RunId& run) const;

  std::chrono::steady_clock::time_point last_line_{};
  std::map<RunId, std::string> stages_;
  bool line_open_ = false;  // progress stands in the terminal's last line
};

}  // namespace saelaw
