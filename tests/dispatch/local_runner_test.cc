// LocalRunner against shell scripts that stand for the trainer.
#include "dispatch/local_runner.h"

#include <csignal>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/errors.h"
#include "core/files.h"
#include "dispatch/jobs.h"
#include "tensors/temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Every script begins so: $folder is its attempt's folder, `put FILE TEXT` writes it atomically.
constexpr const char* kPrologue = R"sh(#!/bin/sh
job=$(dirname "$1"); token=$3; folder="$job/attempts/$token-n0-1"
mkdir -p "$folder"
put() { printf '%s' "$2" > "$folder/$1.tmp" && mv "$folder/$1.tmp" "$folder/$1"; }
)sh";

class LocalRunnerTest : public ::testing::Test {
 protected:
  LocalRunner Runner(const std::string& script, milliseconds farewell = seconds(10)) {
    const fs::path trainer = folder_.Write("trainer", kPrologue + script);
    ::chmod(trainer.c_str(), 0755);
    return LocalRunner({jobs_,
                        trainer,
                        {{{"SAELAW_TEST_WORD", "hello"}}, {{"SAELAW_TEST_WORD", "there"}}},
                        farewell});
  }
  // All events until the attempt's end, or until `enough` of them came.
  static std::vector<JobEvent> Events(LocalRunner& runner, std::size_t enough = 100) {
    std::vector<JobEvent> events;
    const auto until = std::chrono::steady_clock::now() + seconds(20);
    while (std::chrono::steady_clock::now() < until && events.size() < enough) {
      for (JobEvent& event : runner.Wait(milliseconds(500))) events.push_back(std::move(event));
      if (!events.empty() && std::holds_alternative<AttemptEnd>(events.back().what)) break;
    }
    return events;
  }
  AttemptEnd EndOf(const std::string& script) {
    LocalRunner runner = Runner(script);
    runner.Start(job_, fmt::format("{}_aa", ++attempts_));
    const auto events = Events(runner);
    return events.empty() ? AttemptEnd{-1, "no event"} : std::get<AttemptEnd>(events.back().what);
  }
  std::string Put(std::uint64_t seed) const {
    return fmt::format(
        "put {} '{}'\n", ResultFile(IdOf(RunWithSeed(seed))), ToJson(ResultOfSeed(seed)));
  }
  fs::path JobFolder() const { return jobs_ / job_.id; }

  TemporaryFolder folder_;
  fs::path jobs_ = folder_.path() / "jobs";
  Job job_ = TrainJob({1, 2});
  int attempts_ = 0;
};

TEST_F(LocalRunnerTest, ATrainerGetsItsJobTokenAndEnvironment) {
  LocalRunner runner =
      Runner("put seen \"$2 $3 $(cat $job/current) $SAELAW_DIE_WITH_PARENT $SAELAW_TEST_WORD\"");
  runner.Start(job_, "1_aa");
  const auto events = Events(runner);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(events[0].job_id, job_.id);
  EXPECT_EQ(events[0].token, "1_aa");
  EXPECT_EQ(std::get<AttemptEnd>(events[0].what).exit_code, 0);
  EXPECT_EQ(ReadFile(JobFolder() / "attempts/1_aa-n0-1/seen"), "--token 1_aa 1_aa 1 hello");
  EXPECT_EQ(ReadFile(JobFolder() / "job.json"), ToJson(job_));
}

// SigIgn of proc(5) is a mask with a bit for each signal: 1 for SIGHUP, 2 for SIGINT, and SIGTERM,
// by which trainers are asked to end, is never in it.
TEST_F(LocalRunnerTest, ATrainerIgnoresWhatWasIgnoredAtTheStart) {
  const auto ignored_by_trainer = [&](const std::string& token) {
    LocalRunner runner = Runner(
        "put seen \"$(while read key mask; do [ $key = SigIgn: ] && echo $mask; done "
        "</proc/$$/status)\"");
    runner.Start(job_, token);
    Events(runner);
    const std::string mask = ReadFile(JobFolder() / "attempts" / (token + "-n0-1") / "seen");
    return std::stoull(mask, nullptr, 16) &
           ((1U << (SIGHUP - 1)) | (1U << (SIGINT - 1)) | (1U << (SIGTERM - 1)));
  };
  // Whoever runs the tests may ignore them, too.
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) ::signal(signal, SIG_DFL);
  EXPECT_EQ(ignored_by_trainer("1_aa"), 0U);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) ::signal(signal, SIG_IGN);
  const auto ignored = ignored_by_trainer("2_bb");
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) ::signal(signal, SIG_DFL);
  EXPECT_EQ(ignored, (1U << (SIGHUP - 1)) | (1U << (SIGINT - 1)));
}

// So are several GPUs shared out: each place makes another one visible.
TEST_F(LocalRunnerTest, EachOfTheTrainersAtATimeHasAPlaceOfItsOwn) {
  LocalRunner runner = Runner("put measurement.json '" + ToJson(Measurement{}) +
                                  "'; put seen $SAELAW_TEST_WORD; exec sleep 60",
                              milliseconds(0));
  EXPECT_EQ(runner.Capacity(), 2);
  const Job other = TrainJob({3});
  const auto seen = [&](const Job& job, const std::string& token) {
    const fs::path file = jobs_ / job.id / "attempts" / (token + "-n0-1") / "seen";
    while (!fs::exists(file)) runner.Wait(milliseconds(100));
    return ReadFile(file);
  };
  runner.Start(job_, "1_aa");
  runner.Start(other, "2_bb");
  EXPECT_EQ(seen(job_, "1_aa"), "hello");
  EXPECT_EQ(seen(other, "2_bb"), "there");
  runner.Stop(job_.id, true);
  Events(runner);
  runner.Start(job_, "3_cc");
  EXPECT_EQ(seen(job_, "3_cc"), "hello");
}

TEST_F(LocalRunnerTest, ProgressAndResultsComeBeforeTheEnd) {
  Progress progress;
  progress.phase = "training";
  LocalRunner runner = Runner("put progress.json '" + ToJson(progress) + "'\n" + Put(1) + Put(2));
  runner.Start(job_, "1_aa");
  const auto events = Events(runner);
  ASSERT_THAT(events, SizeIs(4));
  std::set<RunId> finished;
  for (const JobEvent& event : events) {
    if (const auto* run = std::get_if<FinishedRun>(&event.what)) finished.insert(run->result.id);
  }
  EXPECT_THAT(finished, SizeIs(2));
  EXPECT_TRUE(std::holds_alternative<AttemptEnd>(events.back().what));
}

TEST_F(LocalRunnerTest, AResultIsNoticedWhileTheTrainerRuns) {
  LocalRunner runner = Runner(Put(1) + "exec sleep 60", milliseconds(0));
  runner.Start(job_, "1_aa");
  const auto events = Events(runner, 1);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_EQ(std::get<FinishedRun>(events[0].what).result.id, ResultOfSeed(1).id);
}

TEST_F(LocalRunnerTest, WeightsLieInTheAttemptsFolder) {
  RunResult result = ResultOfSeed(1);
  result.weights = WeightsFile(result.id);
  LocalRunner runner = Runner(fmt::format("put {} '{}'", ResultFile(result.id), ToJson(result)));
  runner.Start(job_, "1_aa");
  const auto events = Events(runner);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(std::get<FinishedRun>(events[0].what).weights,
            JobFolder() / "attempts/1_aa-n0-1" / result.weights);
}

TEST_F(LocalRunnerTest, AMeasurementIsReported) {
  Measurement measurement;
  measurement.d_in = 64;
  LocalRunner runner = Runner("put measurement.json '" + ToJson(measurement) + "'");
  runner.Start(job_, "1_aa");
  EXPECT_EQ(std::get<Measurement>(Events(runner).at(0).what).d_in, 64);
}

TEST_F(LocalRunnerTest, TheTrainersOwnWordsAreTheMessage) {
  const AttemptEnd end = EndOf("echo noise >&2; put error.json '" +
                               ToJson(JobFailure{78, "no such layer: 99"}) + "'; exit 78");
  EXPECT_EQ(end.exit_code, 78);
  EXPECT_EQ(end.message, "no such layer: 99");
}

TEST_F(LocalRunnerTest, ElseTheLastLineOfItsOutput) {
  EXPECT_EQ(EndOf("echo first >&2; echo 'cannot load libfoo.so' >&2; echo >&2; exit 127").message,
            "cannot load libfoo.so");
  EXPECT_THAT(EndOf("exit 3").message, HasSubstr("code 3"));
}

TEST_F(LocalRunnerTest, ASignalIsNamed) {
  const AttemptEnd end = EndOf("kill -SEGV $$");
  EXPECT_EQ(end.exit_code, -SIGSEGV);
  EXPECT_THAT(end.message, HasSubstr("signal 11"));
}

TEST_F(LocalRunnerTest, ADamagedResultIsNoResult) {
  LocalRunner runner = Runner("put " + ResultFile(ResultOfSeed(1).id) + " '{'; exit 1");
  runner.Start(job_, "1_aa");
  const auto events = Events(runner);
  ASSERT_THAT(events, SizeIs(1));
  EXPECT_THAT(std::get<AttemptEnd>(events[0].what).message, HasSubstr("damaged result"));
}

TEST_F(LocalRunnerTest, ResultsOfRunsThatAreNotItsOwnAreLeftAlone) {
  LocalRunner runner = Runner(Put(99));
  runner.Start(job_, "1_aa");
  EXPECT_THAT(Events(runner), SizeIs(1));
}

TEST_F(LocalRunnerTest, AskingLetsItEndForcingDoesNot) {
  // The script says that its trap is set by the measurement it writes.
  const std::string ready = "put measurement.json '" + ToJson(Measurement{}) + "'\n";
  const std::string wait = "while :; do sleep 60 & wait; done";
  {
    LocalRunner runner = Runner("trap 'exit 75' TERM\n" + ready + wait);
    runner.Start(job_, "1_aa");
    ASSERT_THAT(Events(runner, 1), SizeIs(1));
    runner.Stop(job_.id, false);
    EXPECT_EQ(std::get<AttemptEnd>(Events(runner).back().what).exit_code, 75);
  }
  LocalRunner runner = Runner("trap '' TERM\n" + ready + wait);
  runner.Start(job_, "2_bb");
  ASSERT_THAT(Events(runner, 1), SizeIs(1));
  runner.Stop(job_.id, false);
  EXPECT_THAT(runner.Wait(milliseconds(100)), IsEmpty());
  runner.Stop(job_.id, true);
  const auto end = std::get<AttemptEnd>(Events(runner).back().what);
  EXPECT_EQ(end.exit_code, -SIGKILL);
  EXPECT_THAT(end.message, HasSubstr("out of memory"));
}

TEST_F(LocalRunnerTest, NothingOutlivesTheRunner) {
  int pid = 0;
  {
    LocalRunner runner =
        Runner("trap '' TERM\nput pid $$\n" + Put(1) + "while :; do sleep 60 & wait; done",
               milliseconds(0));
    runner.Start(job_, "1_aa");
    ASSERT_THAT(Events(runner, 1), SizeIs(1));
    pid = std::atoi(ReadFile(JobFolder() / "attempts/1_aa-n0-1/pid").c_str());
    ASSERT_GT(pid, 0);
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(LocalRunnerTest, WhatAKilledPlannersAttemptsFinishedIsCollected) {
  LocalRunner runner = Runner("");
  EXPECT_THAT(runner.Collect(job_), IsEmpty());
  for (const auto& [token, seed] : {std::pair("3_aa", 1), std::pair("4_bb", 2)}) {
    const fs::path attempt = JobFolder() / "attempts" / (std::string(token) + "-n0-1");
    fs::create_directories(attempt);
    const RunResult result = ResultOfSeed(static_cast<std::uint64_t>(seed));
    WriteFile(attempt / ResultFile(result.id), ToJson(result));
    WriteFile(attempt / kProgressFile, ToJson(Progress{}));
  }
  WriteFile(JobFolder() / kCurrentFile, "4_bb");
  const auto events = runner.Collect(job_);
  ASSERT_THAT(events, SizeIs(2));
  EXPECT_EQ(events[0].token, "3_aa");
  EXPECT_EQ(std::get<FinishedRun>(events[0].what).result.id, ResultOfSeed(1).id);
  EXPECT_EQ(events[1].token, "4_bb");
  // An orphan that still runs reads this before it writes, and ends.
  EXPECT_EQ(ReadFile(JobFolder() / kCurrentFile), "none");
}

TEST_F(LocalRunnerTest, TheJobFileStaysOnceSomethingDependsOnIt) {
  LocalRunner runner = Runner("put checkpoint-64.safetensors x");
  runner.Start(job_, "1_aa");
  Events(runner);
  Job other_threads = job_;
  other_threads.threads = 7;
  runner.Start(other_threads, "2_bb");
  Events(runner);
  EXPECT_EQ(ReadFile(JobFolder() / kJobFile), ToJson(job_));
  EXPECT_EQ(ReadFile(JobFolder() / kCurrentFile), "2_bb");
  fs::remove_all(JobFolder() / kAttemptsFolder);
  runner.Start(other_threads, "3_cc");
  Events(runner);
  EXPECT_EQ(ReadFile(JobFolder() / kJobFile), ToJson(other_threads));
}

// Names of the checkpoints of all attempts, and of what was begun, as attempt/tokens.
std::set<std::string> CheckpointsIn(const fs::path& job_folder) {
  std::set<std::string> found;
  for (const auto& entry : fs::recursive_directory_iterator(job_folder / kAttemptsFolder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("checkpoint-")) continue;
    found.insert(entry.path().parent_path().filename().string().substr(0, 4) + "/" +
                 name.substr(11, name.find('.') - 11));
  }
  return found;
}

using Names = std::set<std::string>;

TEST_F(LocalRunnerTest, TheLastTwoCheckpointsOfAllAttemptsAreKept) {
  LocalRunner runner = Runner(
      "put checkpoint-$(wc -l < $job/times).safetensors x\n"
      "echo >> $job/times\n");
  fs::create_directories(JobFolder());
  WriteFile(JobFolder() / "times", "\n\n\n\n\n\n\n\n");  // 8: the next number has two digits
  for (const char* token : {"1_aa", "2_bb", "3_cc", "4_dd"}) {
    runner.Start(job_, token);
    Events(runner);
  }
  // Each attempt wrote one; what lay there when the last began were two.
  EXPECT_EQ(CheckpointsIn(JobFolder()), (Names{"2_bb/9", "3_cc/10", "4_dd/11"}));
  runner.RemoveCheckpoints(job_.id);
  EXPECT_EQ(CheckpointsIn(JobFolder()), Names{});
}

TEST_F(LocalRunnerTest, EarlierCheckpointsGoWhenAnAttemptHasTwoOfItsOwn) {
  const std::string twice = "put checkpoint-10.safetensors x; put checkpoint-20.safetensors x\n";
  LocalRunner runner = Runner("if [ $token = 1_aa ]; then " + twice +
                              "fi\n[ $token = 2_bb ] && put checkpoint-30.safetensors x\n"
                              "if [ $token = 3_cc ]; then put checkpoint-40.safetensors x; " +
                              twice + "fi");
  runner.Start(job_, "1_aa");
  Events(runner);
  runner.Start(job_, "2_bb");
  Events(runner);
  EXPECT_EQ(CheckpointsIn(JobFolder()), (Names{"1_aa/10", "1_aa/20", "2_bb/30"}));
  runner.Start(job_, "3_cc");
  Events(runner);
  EXPECT_EQ(CheckpointsIn(JobFolder()), (Names{"3_cc/10", "3_cc/20", "3_cc/40"}));
}

TEST_F(LocalRunnerTest, WhatAKilledAttemptHadBegunToWriteIsRemoved) {
  LocalRunner runner = Runner("put checkpoint-64.safetensors.123.tmp x");
  runner.Start(job_, "1_aa");
  Events(runner);
  EXPECT_EQ(CheckpointsIn(JobFolder()), Names{"1_aa/64"});
  runner.Start(job_, "2_bb");
  EXPECT_EQ(CheckpointsIn(JobFolder()).count("1_aa/64"), 0U);
  Events(runner);
}

TEST_F(LocalRunnerTest, ATrainerThatCannotRunIsAConfigurationError) {
  try {
    LocalRunner({jobs_, folder_.path() / "missing", {{}}, seconds(1)});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("missing: No such file"));
  }
}

}  // namespace
}  // namespace saelaw
