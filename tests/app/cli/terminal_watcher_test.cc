#include "app/cli/terminal_watcher.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

namespace saelaw {
namespace {

using ::testing::HasSubstr;

// What `tell` makes it write to stderr, which is no terminal then.
template <typename Tell>
std::string Told(const Tell& tell) {
  TerminalWatcher watcher;
  ::testing::internal::CaptureStderr();
  tell(watcher);
  return ::testing::internal::GetCapturedStderr();
}

// The same on a terminal, where lines end with a carriage return too.
template <typename Tell>
std::string ToldOnATerminal(const Tell& tell) {
  int master = -1;
  int slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) return "no terminal";
  const int before = ::dup(STDERR_FILENO);
  ::dup2(slave, STDERR_FILENO);
  TerminalWatcher watcher;
  tell(watcher);
  ::dup2(before, STDERR_FILENO);
  ::close(before);
  ::close(slave);
  // What was written stays to be read after the last writer has gone, and then there is an end.
  std::string told;
  char piece[256];
  for (ssize_t length = 0; (length = ::read(master, piece, sizeof piece)) > 0;) {
    told.append(piece, static_cast<std::size_t>(length));
  }
  ::close(master);
  return told;
}

RunResult SomeResult() {
  RunResult result;
  result.id = "0123456789abcdef";
  result.tokens = 1 << 20;
  result.final = {1 << 20, 0.25, 0.2, 0.2, 12.5, 0.01};
  return result;
}

TEST(TerminalWatcher, TellsARunWithItsJudgement) {
  EXPECT_EQ(Told([](Watcher& watcher) { watcher.OnResult({}, SomeResult()); }),
            "run 0123456789abcdef: 1.05M tokens, loss 0.25, l0 12.5, completed\n");
  RunResult dead = SomeResult();
  dead.final.dead_fraction = 0.8;
  EXPECT_THAT(Told([&](Watcher& watcher) { watcher.OnResult({}, dead); }),
              HasSubstr(", collapsed: 0.8 of the latents are dead"));
}

// A run line says which run it is, as far as that is known.
TEST(TerminalWatcher, TellsWhichRunItWas) {
  Job job;
  job.runs.resize(1);
  job.runs[0].sae.d_sae = 256;
  job.runs[0].training.lr = 0.008;
  job.runs[0].seed = 3;
  RunResult result = SomeResult();
  result.id = ComputeId(job.runs[0]);
  EXPECT_EQ(Told([&](Watcher& watcher) {
              watcher.OnStages({{result.id, "lr-law"}});
              watcher.OnResult(job, result);
            }),
            "run " + result.id +
                ": lr-law, d_sae 256, lr 0.008, seed 3, 1.05M tokens, loss 0.25, l0 12.5, "
                "completed\n");
}

TEST(TerminalWatcher, FillsALogWithALineOfProgressEveryTenSeconds) {
  Progress progress;
  progress.phase = "loading";
  EXPECT_EQ(Told([&](Watcher& watcher) {
              for (int i = 0; i < 5; ++i) watcher.OnProgress({}, progress);
            }),
            "loading\n");
}

// No line may be glued to the progress that stands in the terminal's last line.
TEST(TerminalWatcher, ClearsTheProgressBeforeAnythingElse) {
  Progress progress;
  progress.phase = "loading";
  const std::string clear = "\r\033[K";
  EXPECT_EQ(ToldOnATerminal([&](Watcher& watcher) {
              watcher.OnProgress({}, progress);
              watcher.Warn("it may not fit");
              watcher.OnProgress({}, progress);
              watcher.OnRound({1, 1, "hold-out"});
              watcher.OnProgress({}, progress);
              watcher.OnStopped(2);
            }),
            clear + "loading" + clear + "warning: it may not fit\r\n" + clear + "loading" + clear +
                "round: 1 run in 1 gang: hold-out\r\n" + clear + "loading" + clear +
                "saelaw: stopped with 2 jobs left; run the same command again to continue\r\n");
}

// An end in good order is no news, and a job that is given up is told of once, at the end.
TEST(TerminalWatcher, TellsOfAttemptsThatCrashAlone) {
  Job job;
  job.id = "abc";
  const auto told = [&](int code) {
    return Told([&](Watcher& watcher) { watcher.OnAttemptEnded(job, code, "why"); });
  };
  for (const int quiet : {0, 75, 74, 78}) EXPECT_EQ(told(quiet), "") << quiet;
  EXPECT_EQ(told(1), "job abc ended with 1: why\n");
  EXPECT_EQ(told(-SIGKILL), "job abc ended with -9: why\n");
}

TEST(TerminalWatcher, TellsJobsThatFailedForOneReasonTogether) {
  Job a, b, c;
  a.id = "a";
  b.id = "b";
  c.id = "c";
  EXPECT_EQ(
      Told([&](Watcher& watcher) {
        watcher.OnJobsFailed({{a, "the data changed"}, {b, "no space"}, {c, "the data changed"}});
      }),
      "saelaw: job b failed: no space\n"
      "saelaw: 2 jobs, a, c failed: the data changed\n");
}

TEST(TerminalWatcher, SaysHowToGoOn) {
  EXPECT_EQ(Told([](Watcher& watcher) { watcher.OnStopped(1); }),
            "saelaw: stopped with 1 job left; run the same command again to continue\n");
  EXPECT_EQ(Told([](Watcher& watcher) {
              watcher.OnWallSpent({"budget.wall is 10 s, of which 11 s are used", false, 2, 600});
            }),
            "saelaw: the study is unfinished, and its budget is spent: budget.wall is 10 s, of "
            "which 11 s are used; 2 runs of this round are left, for at most about 10 min; with a "
            "larger budget.wall, the same command continues\n");
  EXPECT_EQ(Told([](Watcher& watcher) {
              watcher.OnWallSpent({"--for is 10 s, until 08:00", true, 1, 60});
            }),
            "saelaw: the study is unfinished, and its time is spent: --for is 10 s, until 08:00; 1 "
            "run of this round is left, for at most about 60 s; the same command continues\n");
}

TEST(TerminalWatcher, NamesWhatItWaitsFor) {
  Job gang;
  gang.id = "abc";
  gang.runs.resize(3);
  EXPECT_EQ(Told([&](Watcher& watcher) { watcher.OnAskedToEnd(gang, std::chrono::minutes(5)); }),
            "waiting for job abc (3 runs) to write its checkpoint; it is ended by force after 5 "
            "min\n");
}

TEST(TerminalWatcher, PutsEveryKindOfLineUnderItsName) {
  EXPECT_EQ(Told([](Watcher& watcher) {
              watcher.Note("read 3 files");
              watcher.Warn("it may not fit");
              watcher.Complain("nothing survived");
              watcher.OnData({"one", "two"});
              watcher.OnPlanNotes({"budget.runs is 3"});
              watcher.OnPredicted({"run", 0.5, 0.4, 0.6, "{}", ""});
              watcher.OnRound({1, 1, "hold-out"});
              watcher.OnRound({8, 2, "grid around 0.004"});
            }),
            "read 3 files\n"
            "warning: it may not fit\n"
            "saelaw: nothing survived\n"
            "data: one\n"
            "data: two\n"
            "plan: budget.runs is 3\n"
            "hold-out run: predicted loss 0.5 (0.4 to 0.6)\n"
            "round: 1 run in 1 gang: hold-out\n"
            "round: 8 runs in 2 gangs: grid around 0.004\n");
}

}  // namespace
}  // namespace saelaw
