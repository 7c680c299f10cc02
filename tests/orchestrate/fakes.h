// What the tests of orchestrate play with: a watcher that writes down what it is told, and a runner
// that trains at once in a world whose law is known. No process is started; what is on disk is the
// database alone.
#pragma once

#include <cmath>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "core/machine.h"
#include "orchestrate/loop/workplace.h"
#include "orchestrate/machine/jobs_lock.h"
#include "temporary_folder.h"

namespace saelaw {

// One line for each thing that it is told.
class FakeWatcher : public Watcher {
 public:
  void OnProgress(const Job&, const Progress&) override { Say("progress"); }
  void OnResult(const Job&, const RunResult&) override { Say("result"); }
  void OnMeasurement(const Job&, const Measurement&) override { Say("measured"); }
  void OnAttemptEnded(const Job&, int code, const std::string&) override {
    if (code != 0) Say("ended with {}", code);
  }
  void OnAskedToEnd(const Job&, std::chrono::seconds) override { Say("asked to end"); }
  void OnSplit(const Job&, const std::vector<Job>& parts) override {
    Say("split into {}", parts.size());
  }
  void Note(const std::string& text) override { Say("note: {}", text); }
  void Warn(const std::string& text) override { Say("warning: {}", text); }
  void Complain(const std::string& text) override { Say("complaint: {}", text); }
  void OnData(const std::vector<std::string>& data) override {
    if (!data.empty()) Say("data: {}", fmt::join(data, "; "));
  }
  void OnPlanNotes(const std::vector<std::string>& notes) override {
    if (!notes.empty()) Say("plan: {}", fmt::join(notes, "; "));
  }
  void OnPredicted(const StoredPrediction& prediction) override {
    predictions.push_back(prediction);
    Say("predicted");
  }
  void OnRound(const RoundBegun& round) override {
    Say("round of {} in {}", round.runs, round.gangs);
  }
  void OnJobsFailed(const std::vector<FailedJob>& failed) override {
    for (const FailedJob& one : failed) Say("failed: {}", one.message);
  }
  void OnStopped(int jobs_left) override { Say("stopped with {} left", jobs_left); }
  void OnWallSpent(const SpentWall& spent) override { Say("wall spent, {} left", spent.runs); }

  std::vector<std::string> lines;
  std::vector<StoredPrediction> predictions;

 private:
  template <typename... Values>
  void Say(fmt::format_string<Values...> format, Values&&... values) {
    lines.push_back(fmt::format(format, std::forward<Values>(values)...));
  }
};

// L = 0.1 + 30·D^-0.5, the same at every rate.
inline double WorldLoss(const RunSpec& run) {
  return 0.1 + 30 / std::sqrt(static_cast<double>(run.tokens));
}

inline RunResult WorldResult(const RunSpec& run) {
  RunResult result;
  result.id = ComputeId(run);
  result.tokens = run.tokens;
  const double loss = WorldLoss(run);
  result.final = {run.tokens, loss, 0.7 * loss, 0.7 * loss, 20, 0.01};
  return result;
}

inline Measurement WorldMeasurement(const SourceSpec& source) {
  Measurement measurement;
  measurement.source_key = SourceKey(source);
  measurement.d_in = source.d_in;
  measurement.mean_squared_norm = 4;
  measurement.mean_vector.assign(static_cast<std::size_t>(source.d_in), 0.0);
  measurement.tuning.machine = NameMachine("cpu");
  return measurement;
}

// What happened to the world's jobs, and how their attempts end.
struct World {
  std::vector<Job> started;
  std::vector<std::string> removed;  // jobs whose checkpoints went
  std::function<AttemptEnd(const Job&)> end = [](const Job&) { return AttemptEnd{}; };
  std::function<bool(const RunSpec&)> finishes = [](const RunSpec&) { return true; };
  std::function<RunResult(const RunSpec&)> result = WorldResult;
  bool measures = true;
  // Attempts go on until they are asked to end.
  bool endless = false;
};

// One attempt at a time, done at the first Wait after its start.
class WorldRunner : public Runner {
 public:
  explicit WorldRunner(World& world) : world_(world) {}

  int Capacity() const override { return 1; }
  std::vector<JobEvent> Collect(const Job&) override { return {}; }
  void Start(const Job& job, const std::string& attempt_id) override {
    world_.started.push_back(job);
    attempt_id_ = attempt_id;
    asked_ = false;
  }
  std::vector<JobEvent> Wait(std::chrono::milliseconds) override {
    if (attempt_id_.empty()) return {};
    const Job& job = world_.started.back();
    if (world_.endless && !asked_) return {Event(job, Progress{})};
    std::vector<JobEvent> events;
    if (!asked_) AddWork(job, events);
    events.push_back(Event(job, asked_ ? AttemptEnd{75, ""} : world_.end(job)));
    attempt_id_.clear();
    return events;
  }
  void Stop(const std::string&, bool) override { asked_ = true; }
  void RemoveCheckpoints(const std::string& job_id) override { world_.removed.push_back(job_id); }

 private:
  void AddWork(const Job& job, std::vector<JobEvent>& events) const {
    if (job.kind == JobKind::kMeasure && world_.measures)
      events.push_back(Event(job, WorldMeasurement(job.source)));
    for (const RunSpec& run : job.runs) {
      if (world_.finishes(run)) events.push_back(Event(job, FinishedRun{world_.result(run), ""}));
    }
  }
  JobEvent Event(const Job& job, decltype(JobEvent::what) what) const {
    return {job.id, attempt_id_, std::move(what)};
  }

  World& world_;
  std::string attempt_id_;
  bool asked_ = false;
};

// A sweep of four data sizes and a hold-out on a synthetic source.
inline Sweep SmallSweep() {
  Sweep sweep;
  sweep.name = "small";
  sweep.path = "small.yaml";
  sweep.source.d_in = 64;
  sweep.source.identity = "synthetic";
  sweep.sae.d_sae = 128;
  sweep.training.batch_tokens = 64;
  sweep.loss_law = {0.002, {524288, 1048576, 2097152, 4194304}, {128}, 1};
  sweep.hold_out = {16777216, 1};
  sweep.target.tokens = 67108864;
  sweep.target.d_sae = 128;
  sweep.execution.threads = 1;
  return sweep;
}

class WorkplaceTest : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path database_ = folder_.path() / "results.db";
  Store store_ = Store::OpenForWriting(database_);
  FakeWatcher watcher_;
  Cache cache_{watcher_, folder_.path() / "cache"};
  World world_;
  int interrupts_ = 0;
  Workplace work_{store_,
                  JobsFolder(database_),
                  cache_,
                  watcher_,
                  {[this] { return interrupts_; }, [] { return ExitCode::kInterrupted; }},
                  [this](const Execution&) { return std::make_unique<WorldRunner>(world_); }};
};

}  // namespace saelaw
