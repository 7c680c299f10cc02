#include "dispatch/dispatcher.h"

#include <csignal>
#include <deque>
#include <map>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dispatch/jobs.h"
#include "run/errors.h"

namespace saelaw {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Writes down what it is told, one line each, jobs by the seed of their first run.
class FakeLedger : public Ledger {
 public:
  std::string BeginAttempt(const Job& job) override {
    const std::string token = fmt::format("t{}", ++tokens_);
    jobs[job.id] = job;
    Note("begin {} {}", job, token);
    return token;
  }
  void OnProgress(const Job& job, const std::string& token, const Progress&) override {
    Note("progress {} {}", job, token);
  }
  void OnResult(const Job& job,
                const std::string& token,
                const RunResult& result,
                const std::filesystem::path&) override {
    Note("result {} {}", job, token);
    results_.insert(result.id);
  }
  void OnMeasurement(const Job& job, const std::string& token, const Measurement&) override {
    Note("measured {} {}", job, token);
  }
  void OnAttemptEnded(const Job& job,
                      const std::string& token,
                      int exit_code,
                      const std::string& message) override {
    Note("end {} {} {} {}", job, token, exit_code, message);
  }
  void OnSplit(const Job& job, const std::vector<Job>& parts) override {
    std::string sizes;
    for (const Job& part : parts) sizes += fmt::format(" {}", part.runs.size());
    Note("split {} into{}", job, sizes);
  }
  void OnAskedToEnd(const Job& job, const std::string& token, seconds grace) override {
    Note("asked {} {} {}", job, token, grace.count());
  }
  void OnJobFailed(const Job& job, const std::string& message) override {
    Note("failed {} {}", job, message);
  }
  bool HasResult(const RunId& run) override { return results_.contains(run); }
  bool HasAllResults(const std::string& job_id) override {
    for (const RunSpec& run : jobs.at(job_id).runs) {
      if (!HasResult(IdOf(run))) return false;
    }
    return true;
  }
  bool IsCaptured(const Job& job) override { return captured.contains(job.id); }

  std::vector<std::string> lines;
  std::set<std::string> captured;   // job ids
  std::map<std::string, Job> jobs;  // that were begun, by id

 private:
  template <typename... Rest>
  void Note(const char* format, const Job& job, const Rest&... rest) {
    const std::uint64_t seed = job.runs.empty() ? 0 : job.runs.front().seed;
    lines.push_back(fmt::format(fmt::runtime(format), seed, rest...));
  }

  int tokens_ = 0;
  std::set<RunId> results_;
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
  void Start(const Job& job, const std::string& token) override {
    EXPECT_FALSE(running_.contains(job.id));
    std::deque<Script>& left = scripts[job.id];
    running_[job.id] = {token, left.empty() ? Script{} : left.front()};
    if (!left.empty()) left.pop_front();
    most_at_once = std::max(most_at_once, running_.size());
  }
  std::vector<JobEvent> Wait(milliseconds) override {
    now += seconds(1);
    EXPECT_LT(now.time_since_epoch(), std::chrono::hours(10)) << "the dispatch does not end";
    std::vector<JobEvent> events;
    for (auto entry = running_.begin(); entry != running_.end();) {
      auto& [token, script] = entry->second;
      bool ended = false;
      for (const auto& what : script.empty() ? Step{} : script.front()) {
        events.push_back({entry->first, token, what});
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
  bool deaf = false;                                  // trainers do not end when asked
  std::size_t waits_to_die = 0;                       // after force, as in a full write to a disk
  std::map<std::string, std::deque<Script>> scripts;  // by job id, one for each attempt
  std::map<std::string, Step> earlier;                // what Collect finds
  std::vector<std::string> stops;
  std::vector<std::string> removed;  // jobs whose checkpoints went
  std::size_t most_at_once = 0;
  DispatchOptions::Clock::time_point now{};

 private:
  std::map<std::string, std::pair<std::string, Script>> running_;
};

AttemptEnd Ends(int code, const std::string& message = "") { return {code, message}; }
FinishedRun Finishes(std::uint64_t seed) { return {ResultOfSeed(seed), ""}; }

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
    return Dispatch(jobs, runner_, ledger_, options_);
  }

  FakeRunner runner_;
  FakeLedger ledger_;
  DispatchOptions options_;
};

TEST_F(DispatcherTest, JobsStartInOrderWithinCapacity) {
  const std::vector<Job> jobs = {TrainJob({1}), TrainJob({2}), TrainJob({3})};
  for (const Job& job : jobs) Succeeds(job);
  const DispatchOutcome outcome = Run(jobs);
  EXPECT_EQ(outcome.end, DispatchEnd::kComplete);
  EXPECT_EQ(outcome.jobs_left, 0);
  EXPECT_THAT(outcome.failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "result 1 t1",
                          "end 1 t1 0 ",
                          "begin 2 t2",
                          "result 2 t2",
                          "end 2 t2 0 ",
                          "begin 3 t3",
                          "result 3 t3",
                          "end 3 t3 0 "));
  EXPECT_EQ(runner_.most_at_once, 1U);
}

TEST_F(DispatcherTest, AllWorkersAreUsed) {
  const std::vector<Job> jobs = {TrainJob({1}), TrainJob({2}), TrainJob({3})};
  for (const Job& job : jobs) Succeeds(job);
  runner_.capacity = 2;
  Run(jobs);
  EXPECT_EQ(runner_.most_at_once, 2U);
}

TEST_F(DispatcherTest, WhatEarlierAttemptsFinishedIsCollectedAndNotRunAgain) {
  const Job job = TrainJob({1, 2});
  runner_.earlier[job.id] = {Finishes(1), Finishes(2)};
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
  EXPECT_THAT(ledger_.lines, ElementsAre("result 1 earlier", "result 1 earlier"));
}

TEST_F(DispatcherTest, ACrashedAttemptIsTriedAgainBeforeOtherJobs) {
  const Job crashing = TrainJob({1}), other = TrainJob({2});
  Script(crashing, {{Ends(-SIGSEGV, "segmentation fault")}});
  Succeeds(crashing);
  Succeeds(other);
  EXPECT_THAT(Run({crashing, other}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "end 1 t1 -11 segmentation fault",
                          "begin 1 t2",
                          "result 1 t2",
                          "end 1 t2 0 ",
                          "begin 2 t3",
                          "result 2 t3",
                          "end 2 t3 0 "));
}

TEST_F(DispatcherTest, AJobFailsAfterThreeAttemptsAndTheOthersGoOn) {
  const Job crashing = TrainJob({1}), other = TrainJob({2});
  for (int i = 1; i <= 4; ++i) Script(crashing, {{Ends(1, fmt::format("crash {}", i))}});
  Succeeds(other);
  const DispatchOutcome outcome = Run({crashing, other});
  EXPECT_EQ(outcome.end, DispatchEnd::kComplete);
  ASSERT_THAT(outcome.failed, SizeIs(1));
  EXPECT_EQ(outcome.failed[0].job.id, crashing.id);
  EXPECT_EQ(outcome.failed[0].message, "crash 3");
  EXPECT_THAT(ledger_.lines, ::testing::Contains("failed 1 crash 3"));
  EXPECT_EQ(ledger_.lines.back(), "end 2 t4 0 ");
}

TEST_F(DispatcherTest, MistakesAndFullDisksAreNotTriedAgain) {
  for (const int code : {64, 74, 78}) {
    const Job job = TrainJob({static_cast<std::uint64_t>(code)});
    Script(job, {{Ends(code, "no such layer")}});
    const DispatchOutcome outcome = Run({job});
    ASSERT_THAT(outcome.failed, SizeIs(1)) << code;
    EXPECT_EQ(outcome.failed[0].message, "no such layer");
  }
  EXPECT_THAT(ledger_.lines, SizeIs(3 * 3));  // begin, end, failed
}

TEST_F(DispatcherTest, AGoodEndWithoutItsResultIsACrash) {
  const Job job = TrainJob({1});
  Script(job, {{Ends(0)}});
  Succeeds(job);
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines[1], HasSubstr("without all its results"));
}

TEST_F(DispatcherTest, ResultsThatCameBeforeACrashCount) {
  const Job job = TrainJob({1});
  Script(job, {{Finishes(1), Ends(-SIGKILL, "killed")}});
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines, ElementsAre("begin 1 t1", "result 1 t1", "end 1 t1 -9 killed"));
}

TEST_F(DispatcherTest, AGangThatNeedsTooMuchMemoryIsSplit) {
  const Job gang = TrainJob({1, 2, 3, 4});
  Script(gang, {{Finishes(4)}, {Ends(71, "out of memory")}});
  Succeeds(TrainJob({1, 2}));
  Succeeds(TrainJob({3}));
  EXPECT_THAT(Run({gang}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "result 1 t1",
                          "end 1 t1 71 out of memory",
                          "split 1 into 2 1",
                          "begin 1 t2",
                          "result 1 t2",
                          "result 1 t2",
                          "end 1 t2 0 ",
                          "begin 3 t3",
                          "result 3 t3",
                          "end 3 t3 0 "));
}

// What the gang had trained is not trained again, and goes when nobody can want it any more.
TEST_F(DispatcherTest, PartsGoOnFromTheCheckpointsOfTheirGang) {
  const Job gang = TrainJob({1, 2, 3}), half = TrainJob({1, 2}), other = TrainJob({3});
  const Job first = TrainJob({1}), second = TrainJob({2});
  Script(gang, {{Ends(71, "out of memory")}});
  Script(half, {{Ends(71, "out of memory")}});
  Succeeds(first);
  Succeeds(second);
  Succeeds(other);
  EXPECT_THAT(Run({gang}).failed, IsEmpty());
  EXPECT_THAT(ledger_.jobs.at(half.id).continues, ElementsAre(gang.id));
  EXPECT_THAT(ledger_.jobs.at(second.id).continues, ElementsAre(half.id, gang.id));
  EXPECT_THAT(ledger_.jobs.at(other.id).continues, ElementsAre(gang.id));
  EXPECT_THAT(runner_.removed, ElementsAre(first.id, second.id, half.id, other.id, gang.id));
}

TEST_F(DispatcherTest, CheckpointsOfAFailedJobStay) {
  const Job gang = TrainJob({1, 2}), done = TrainJob({3});
  Script(gang, {{Ends(74, "no space")}});
  Succeeds(done);
  EXPECT_THAT(Run({gang, done}).failed, SizeIs(1));
  EXPECT_THAT(runner_.removed, ElementsAre(done.id));
}

// The kernel ends a process for want of memory as kill -9 does; a gang is no more lost for it.
TEST_F(DispatcherTest, AGangThatIsKilledAtEveryAttemptIsSplit) {
  const Job gang = TrainJob({1, 2});
  for (int i = 0; i < 3; ++i) Script(gang, {{Ends(-SIGKILL, "killed")}});
  Succeeds(TrainJob({1}));
  Succeeds(TrainJob({2}));
  EXPECT_THAT(Run({gang}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines, ::testing::Contains("split 1 into 1 1"));
  EXPECT_EQ(ledger_.lines.back(), "end 2 t5 0 ");
}

TEST_F(DispatcherTest, AGangOfWhichNoTwoFitTogetherIsSplitToTheLast) {
  for (const auto& seeds : std::vector<std::vector<std::uint64_t>>{{1, 2, 3}, {1, 2}}) {
    Script(TrainJob(seeds), {{Ends(71, "out of memory")}});
  }
  for (std::uint64_t seed = 1; seed <= 3; ++seed) Succeeds(TrainJob({seed}));
  EXPECT_THAT(Run({TrainJob({1, 2, 3})}).failed, IsEmpty());
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    EXPECT_TRUE(ledger_.HasResult(IdOf(RunWithSeed(seed))));
  }
}

TEST_F(DispatcherTest, ALoneRunThatNeedsTooMuchMemoryFails) {
  const Job job = TrainJob({1});
  Script(job, {{Ends(71, "out of memory")}});
  ASSERT_THAT(Run({job}).failed, SizeIs(1));
}

TEST_F(DispatcherTest, ASilentTrainerIsStoppedAndTriedAgain) {
  const Job job = TrainJob({1});
  options_.silence = seconds(5);
  options_.grace = seconds(3);
  runner_.deaf = true;
  Script(job, {});
  Succeeds(job);
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1",
                          "asked 1 t1 3",
                          "end 1 t1 -9 no progress for 5 s: stopped",
                          "begin 1 t2",
                          "result 1 t2",
                          "end 1 t2 0 "));
}

TEST_F(DispatcherTest, ProgressKeepsTheWatchdogQuiet) {
  const Job job = TrainJob({1});
  options_.silence = seconds(3);
  FakeRunner::Script script;
  for (int i = 0; i < 10; ++i) {
    script.push_back({});
    script.push_back({Progress{}});
  }
  script.push_back({Finishes(1), Ends(0)});
  Script(job, script);
  Run({job});
  EXPECT_THAT(runner_.stops, IsEmpty());
}

TEST_F(DispatcherTest, AskedToFinishItAsksEveryTrainerOnceAndStartsNoMore) {
  const std::vector<Job> jobs = {TrainJob({1}), TrainJob({2}), TrainJob({3})};
  runner_.capacity = 2;
  options_.max_attempts = 1;  // an end that was asked for is no failed attempt
  options_.stop = [this] {
    return runner_.now.time_since_epoch() < seconds(4) ? StopRequest::kNone : StopRequest::kFinish;
  };
  const DispatchOutcome outcome = Run(jobs);
  EXPECT_EQ(outcome.end, DispatchEnd::kStopped);
  EXPECT_EQ(outcome.jobs_left, 3);
  EXPECT_THAT(outcome.failed, IsEmpty());
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "ask"));
}

TEST_F(DispatcherTest, AskedTwiceItForcesEachTrainerOnce) {
  runner_.deaf = true;
  runner_.waits_to_die = 3;
  options_.grace = std::chrono::hours(10);
  options_.stop = [this] {
    const auto time = runner_.now.time_since_epoch();
    if (time < seconds(4)) return StopRequest::kNone;
    return time < minutes(60) ? StopRequest::kFinish : StopRequest::kForce;
  };
  options_.silence = std::chrono::hours(10);
  EXPECT_EQ(Run({TrainJob({1})}).end, DispatchEnd::kStopped);
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_GE(runner_.now.time_since_epoch(), minutes(60));
  EXPECT_EQ(ledger_.lines.back(), "end 1 t1 -9 ended by force");
}

TEST_F(DispatcherTest, ATrainerThatWasAskedHasTheGraceForItsCheckpoint) {
  runner_.deaf = true;
  runner_.waits_to_die = 3;
  options_.grace = minutes(3);
  options_.stop = [this] {
    return runner_.now.time_since_epoch() < seconds(4) ? StopRequest::kNone : StopRequest::kFinish;
  };
  const DispatchOutcome outcome = Run({TrainJob({1})});
  EXPECT_EQ(outcome.end, DispatchEnd::kStopped);
  EXPECT_EQ(outcome.jobs_left, 1);
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_GE(runner_.now.time_since_epoch(), seconds(4) + minutes(3));
  EXPECT_LT(runner_.now.time_since_epoch(), seconds(14) + minutes(3));
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 1 t1", "asked 1 t1 180", "end 1 t1 -9 ended by force"));
}

TEST_F(DispatcherTest, WhatFinishesWhileItEndsIsComplete) {
  const Job job = TrainJob({1});
  Script(job, {{}, {Finishes(1), Ends(0)}});
  options_.stop = [this] {
    return runner_.now.time_since_epoch() < seconds(2) ? StopRequest::kNone : StopRequest::kFinish;
  };
  const DispatchOutcome outcome = Run({job});
  EXPECT_EQ(outcome.end, DispatchEnd::kComplete);
  EXPECT_EQ(outcome.jobs_left, 0);
}

TEST_F(DispatcherTest, TheDeadlineAsksThenForces) {
  runner_.deaf = true;
  options_.deadline = DispatchOptions::Clock::time_point(minutes(5));
  options_.grace = seconds(30);
  const DispatchOutcome outcome = Run({TrainJob({1}), TrainJob({2})});
  EXPECT_EQ(outcome.end, DispatchEnd::kDeadline);
  EXPECT_EQ(outcome.jobs_left, 2);
  EXPECT_THAT(runner_.stops, ElementsAre("ask", "force"));
  EXPECT_LT(runner_.now.time_since_epoch(), minutes(6));
}

TEST_F(DispatcherTest, AMeasurementIsWhatAMeasureJobIsFor) {
  Job job;
  job.kind = JobKind::kMeasure;
  job.id = "measure";
  Script(job, {{Ends(0)}});
  Script(job, {{Measurement{}, Ends(0)}});
  EXPECT_THAT(Run({job}).failed, IsEmpty());
  EXPECT_THAT(ledger_.lines,
              ElementsAre("begin 0 t1",
                          "end 0 t1 0 the trainer ended without all its results",
                          "begin 0 t2",
                          "measured 0 t2",
                          "end 0 t2 0 "));
}

TEST_F(DispatcherTest, ACaptureIsDoneWhenItEndsWell) {
  Job job;
  job.kind = JobKind::kCapture;
  job.id = "capture";
  Script(job, {{Ends(-SIGKILL, "killed")}});
  Script(job, {{Ends(0)}});
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
  EXPECT_THAT(ledger_.lines, SizeIs(4));
}

TEST_F(DispatcherTest, ACaptureThatIsThereIsNotMadeAgain) {
  Job job;
  job.kind = JobKind::kCapture;
  job.id = "capture";
  ledger_.captured.insert(job.id);
  EXPECT_EQ(Run({job}).end, DispatchEnd::kComplete);
  EXPECT_THAT(ledger_.lines, IsEmpty());
}

}  // namespace
}  // namespace saelaw
