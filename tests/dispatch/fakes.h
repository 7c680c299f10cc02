// What the tests of the dispatcher play with: a ledger and a watcher that write down what they are
// given, and a runner that plays a script by a clock of its own.
#pragma once

#include <csignal>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "dispatch/dispatcher.h"
#include "jobs/jobs.h"

namespace saelaw {

// Writes down what it is asked to keep, one line each, jobs by the seed of their first run. A
// result that it has is not accepted again.
class FakeLedger : public Ledger {
 public:
  std::string BeginAttempt(const Job& job) override {
    std::string attempt_id = fmt::format("t{}", ++attempts_);
    jobs[job.id] = job;
    Note("begin {} {}", SeedIn(job), attempt_id);
    return attempt_id;
  }
  void SaveProgress(const std::string& attempt_id, const Progress&) override {
    Note("progress {}", attempt_id);
  }
  bool AcceptResult(const std::string& attempt_id,
                    const RunResult& result,
                    const std::filesystem::path&) override {
    Note("result {}", attempt_id);
    return results_.insert(result.id).second;
  }
  void SaveMeasurement(const Measurement&) override { Note("measured"); }
  void EndAttempt(const std::string& attempt_id,
                  int exit_code,
                  const std::string& message) override {
    Note("end {} {} {}", attempt_id, exit_code, message);
  }
  void SplitJob(const Job& job, const std::vector<Job>& parts) override {
    std::string sizes;
    for (const Job& part : parts) sizes += fmt::format(" {}", part.runs.size());
    Note("split {} into{}", SeedIn(job), sizes);
  }
  void FailJob(const Job& job, const std::string& message) override {
    Note("failed {} {}", SeedIn(job), message);
  }
  bool HasResult(const RunId& run) override { return results_.contains(run); }
  bool HasAllResults(const std::string& job_id) override {
    for (const RunSpec& run : jobs.at(job_id).runs) {
      if (!HasResult(ComputeId(run))) return false;
    }
    return true;
  }
  bool IsCaptured(const Job& job) override { return captured.contains(job.id); }

  static std::uint64_t SeedIn(const Job& job) {
    return job.runs.empty() ? 0 : job.runs.front().seed;
  }

  std::vector<std::string> lines;
  std::set<std::string> captured;   // job ids
  std::map<std::string, Job> jobs;  // that were begun, by id

 private:
  template <typename... Values>
  void Note(const char* format, const Values&... values) {
    lines.push_back(fmt::format(fmt::runtime(format), values...));
  }

  int attempts_ = 0;
  std::set<RunId> results_;
};

// Writes down what it is told, and how much the ledger had written when it was.
class FakeWatcher : public DispatchWatcher {
 public:
  explicit FakeWatcher(const FakeLedger& ledger) : ledger_(ledger) {}

  void OnProgress(const Job& job, const Progress&) override { Note("progress {}", job); }
  void OnResult(const Job& job, const RunResult&) override { Note("result {}", job); }
  void OnMeasurement(const Job& job, const Measurement&) override { Note("measured {}", job); }
  void OnAttemptEnded(const Job& job, int exit_code, const std::string&) override {
    Note("end {} {}", job, exit_code);
  }
  void OnAskedToEnd(const Job& job, std::chrono::seconds grace) override {
    Note("asked {} {}", job, grace.count());
  }
  void OnSplit(const Job& job, const std::vector<Job>& parts) override {
    Note("split {} into {}", job, parts.size());
  }

  std::vector<std::string> lines;
  std::vector<std::string> written_last;  // the ledger's last line at each of them

 private:
  template <typename... Rest>
  void Note(const char* format, const Job& job, const Rest&... rest) {
    lines.push_back(fmt::format(fmt::runtime(format), FakeLedger::SeedIn(job), rest...));
    written_last.push_back(ledger_.lines.empty() ? "" : ledger_.lines.back());
  }

  const FakeLedger& ledger_;
};

// Plays a script: what each attempt does at each Wait after its start. Its clock moves one second
// at each Wait.
class FakeRunner : public Runner {
 public:
  using Step = std::vector<decltype(JobEvent::what)>;
  using Script = std::deque<Step>;

  int Capacity() const override { return capacity; }
  std::vector<JobEvent> Collect(const Job& job) override {
    std::vector<JobEvent> events;
    for (const auto& what : earlier[job.id]) events.push_back({job.id, "earlier", what});
    return events;
  }
  void Start(const Job& job, const std::string& attempt_id) override {
    EXPECT_FALSE(running_.contains(job.id));
    std::deque<Script>& left = scripts[job.id];
    running_[job.id] = {attempt_id, left.empty() ? Script{} : left.front()};
    if (!queued) begun_.push_back({job.id, attempt_id, AttemptBegun{}});
    if (!left.empty()) left.pop_front();
    most_at_once = std::max(most_at_once, running_.size());
  }
  std::vector<JobEvent> Wait(std::chrono::milliseconds) override {
    now += std::chrono::seconds(1);
    EXPECT_LT(now.time_since_epoch(), std::chrono::hours(10)) << "the dispatch does not end";
    std::vector<JobEvent> events = std::exchange(begun_, {});
    for (auto entry = running_.begin(); entry != running_.end();) {
      auto& [attempt_id, script] = entry->second;
      bool ended = false;
      for (const auto& what : script.empty() ? Step{} : script.front()) {
        events.push_back({entry->first, attempt_id, what});
        ended = ended || std::holds_alternative<AttemptEnd>(what);
      }
      if (!script.empty()) script.pop_front();
      entry = ended ? running_.erase(entry) : std::next(entry);
    }
    return events;
  }
  void Stop(const std::string& job_id, bool force) override {
    stops.push_back(force ? "force" : "ask");
    const auto found = running_.find(job_id);
    if (found == running_.end() || (deaf && !force)) return;
    found->second.second.assign(force ? waits_to_die : 0, Step{});
    found->second.second.push_back({AttemptEnd{force ? -SIGKILL : 75, ""}});
  }

  void RemoveCheckpoints(const std::string& job_id) override {
    EXPECT_FALSE(running_.contains(job_id));
    removed.push_back(job_id);
  }

  int capacity = 1;
  bool queued = false;                                // attempts wait, until their script says so
  bool deaf = false;                                  // trainers do not end when asked
  std::size_t waits_to_die = 0;                       // after force, as in a full write to a disk
  std::map<std::string, std::deque<Script>> scripts;  // by job id, one for each attempt
  std::map<std::string, Step> earlier;                // what Collect finds
  std::vector<std::string> stops;
  std::vector<std::string> removed;  // jobs whose checkpoints went
  std::size_t most_at_once = 0;
  DispatchOptions::Clock::time_point now{};

 private:
  std::map<std::string, std::pair<std::string, Script>> running_;  // attempt's id, and script
  std::vector<JobEvent> begun_;                                    // that nobody was told of yet
};

inline AttemptEnd Ends(int code, const std::string& message = "") { return {code, message}; }
inline FinishedRun Finishes(std::uint64_t seed) { return {ResultOfSeed(seed), ""}; }

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    options_.now = [this] { return runner_.now; };
  }
  void Script(const Job& job, const FakeRunner::Script& script) {
    runner_.scripts[job.id].push_back(script);
  }
  // One attempt that finishes every run of the job and ends well.
  void Succeeds(const Job& job) {
    FakeRunner::Step step;
    for (const RunSpec& run : job.runs) step.push_back(Finishes(run.seed));
    step.push_back(Ends(0));
    Script(job, {step});
  }
  DispatchOutcome Run(const std::vector<Job>& jobs) {
    return Dispatch(jobs, runner_, ledger_, watcher_, options_);
  }

  FakeRunner runner_;
  FakeLedger ledger_;
  FakeWatcher watcher_{ledger_};
  DispatchOptions options_;
};

}  // namespace saelaw
