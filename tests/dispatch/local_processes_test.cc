// LocalProcesses with shell scripts that stand for the trainer.
#include "dispatch/local_processes.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>

#include "core/errors.h"
#include "core/files.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;

// Every script begins so: `put FILE TEXT` writes a file of its attempt as a whole.
constexpr const char* kPrologue = R"sh(#!/bin/sh
folder=$(dirname "$1"); attempt=$3
put() { printf '%s' "$2" > "$folder/$attempt.$1.tmp" && mv "$folder/$attempt.$1.tmp" "$folder/$attempt.$1"; }
)sh";

class LocalProcessesTest : public ::testing::Test {
 protected:
  LocalProcesses Running(const std::string& script, milliseconds farewell = seconds(10)) {
    const fs::path trainer = folder_.Write("trainer", kPrologue + script);
    ::chmod(trainer.c_str(), 0755);
    return LocalProcesses(
        {trainer, {{{"SAELAW_TEST_WORD", "hello"}}, {{"SAELAW_TEST_WORD", "there"}}}, farewell});
  }
  Launch Of(const std::string& job_id, const std::string& attempt_id) const {
    return {job_id, attempt_id, folder_.path() / "job.json", folder_.path() / "log"};
  }
  // Its exit code; nothing where it does not end.
  static std::optional<int> WaitForEnd(LocalProcesses& processes, const std::string& job_id) {
    const auto until = std::chrono::steady_clock::now() + seconds(20);
    while (std::chrono::steady_clock::now() < until) {
      if (const std::optional<int> end = processes.TakeEnd(job_id)) return end;
      ::poll(nullptr, 0, 10);
    }
    return std::nullopt;
  }
  // What the attempt has put there, once it has.
  std::string Put(const std::string& attempt_id, const std::string& name) const {
    const fs::path file = folder_.path() / (attempt_id + "." + name);
    const auto until = std::chrono::steady_clock::now() + seconds(20);
    while (!fs::exists(file) && std::chrono::steady_clock::now() < until) ::poll(nullptr, 0, 10);
    return ReadFile(file);
  }
  std::optional<int> ReadEnd(const std::string& script) {
    LocalProcesses processes = Running(script);
    processes.Start(Of("job", "1_aa"));
    return WaitForEnd(processes, "job");
  }

  TemporaryFolder folder_;
};

TEST_F(LocalProcessesTest, ATrainerGetsItsJobItsAttemptAndItsEnvironment) {
  LocalProcesses processes =
      Running("put seen \"$1 $2 $3 $SAELAW_DIE_WITH_PARENT $SAELAW_TEST_WORD\"; echo said >&2");
  EXPECT_FALSE(processes.IsKnownToRun("job"));
  processes.Start(Of("job", "1_aa"));
  EXPECT_TRUE(processes.IsKnownToRun("job"));
  EXPECT_EQ(WaitForEnd(processes, "job"), 0);
  EXPECT_FALSE(processes.IsKnownToRun("job"));
  EXPECT_EQ(processes.TakeEnd("job"), std::nullopt);
  EXPECT_EQ(ReadFile(folder_.path() / "1_aa.seen"),
            (folder_.path() / "job.json").string() + " --attempt 1_aa 1 hello");
  EXPECT_EQ(ReadFile(folder_.path() / "log"), "said\n");
}

// SigIgn of proc(5) is a mask with a bit for each signal: 1 for SIGHUP, 2 for SIGINT, and SIGTERM,
// by which trainers are asked to end, is never in it.
TEST_F(LocalProcessesTest, ATrainerIgnoresWhatWasIgnoredAtTheStart) {
  const auto ignored_by_trainer = [&](const std::string& attempt_id) {
    LocalProcesses processes = Running(
        "put seen \"$(while read key mask; do [ $key = SigIgn: ] && echo $mask; done "
        "</proc/$$/status)\"");
    processes.Start(Of("job", attempt_id));
    EXPECT_EQ(WaitForEnd(processes, "job"), 0);
    const std::string mask = ReadFile(folder_.path() / (attempt_id + ".seen"));
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
TEST_F(LocalProcessesTest, EachOfTheTrainersAtATimeHasAPlaceOfItsOwn) {
  LocalProcesses processes = Running("put seen $SAELAW_TEST_WORD; exec sleep 60", milliseconds(0));
  EXPECT_EQ(processes.Capacity(), 2);
  processes.Start(Of("first", "1_aa"));
  processes.Start(Of("second", "2_bb"));
  EXPECT_EQ(Put("1_aa", "seen"), "hello");
  EXPECT_EQ(Put("2_bb", "seen"), "there");
  processes.Stop("first", true);
  EXPECT_EQ(WaitForEnd(processes, "first"), -SIGKILL);
  processes.Start(Of("first", "3_cc"));
  EXPECT_EQ(Put("3_cc", "seen"), "hello");
}

TEST_F(LocalProcessesTest, AnEndIsACodeOrASignal) {
  EXPECT_EQ(ReadEnd("exit 0"), 0);
  EXPECT_EQ(ReadEnd("exit 78"), 78);
  EXPECT_EQ(ReadEnd("kill -SEGV $$"), -SIGSEGV);
}

TEST_F(LocalProcessesTest, AskingLetsItEndForcingDoesNot) {
  // The script says by a file that its trap is set.
  const std::string wait = "put ready yes\nwhile :; do sleep 60 & wait; done";
  {
    LocalProcesses processes = Running("trap 'exit 75' TERM\n" + wait);
    processes.Start(Of("job", "1_aa"));
    EXPECT_EQ(Put("1_aa", "ready"), "yes");
    processes.Stop("job", false);
    EXPECT_EQ(WaitForEnd(processes, "job"), 75);
  }
  LocalProcesses processes = Running("trap 'put asked yes' TERM\n" + wait);
  processes.Start(Of("job", "2_bb"));
  EXPECT_EQ(Put("2_bb", "ready"), "yes");
  processes.Stop("job", false);
  EXPECT_EQ(Put("2_bb", "asked"), "yes");
  EXPECT_EQ(processes.TakeEnd("job"), std::nullopt);
  processes.Stop("job", true);
  EXPECT_EQ(WaitForEnd(processes, "job"), -SIGKILL);
  processes.Stop("job", true);  // nothing is left to stop
}

TEST_F(LocalProcessesTest, NothingOutlivesThem) {
  int pid = 0;
  {
    LocalProcesses processes =
        Running("trap '' TERM\nput pid $$\nwhile :; do sleep 60 & wait; done", milliseconds(0));
    processes.Start(Of("job", "1_aa"));
    pid = std::atoi(Put("1_aa", "pid").c_str());
    ASSERT_GT(pid, 0);
    EXPECT_EQ(::kill(pid, 0), 0);
  }
  EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(LocalProcessesTest, ATrainerThatCannotRunIsAConfigurationError) {
  try {
    LocalProcesses({folder_.path() / "missing", {{}}, seconds(1)});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("missing: No such file"));
  }
}

}  // namespace
}  // namespace saelaw
