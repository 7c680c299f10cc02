// Signals are counted for the whole process, so each case that gets one is a process of its own.
#include "app/cli/interrupt.h"

#include <csignal>
#include <cstdlib>
#include <functional>
#include <initializer_list>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using std::chrono::milliseconds;
using ::testing::ExitedWithCode;
using ::testing::HasSubstr;

// Ends with 0 where `holds` after these signals.
[[noreturn]] void After(std::initializer_list<int> signals, const std::function<bool()>& holds) {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::signal(signal, SIG_DFL);
  ListenForInterrupts();
  for (const int signal : signals) ::raise(signal);
  std::_Exit(holds() ? 0 : 1);
}

TEST(ListenForInterrupts, TellsAtOnceWhatCtrlCDoes) {
  EXPECT_EXIT(
      After({SIGINT},
            [] { return InterruptCount() == 1 && InterruptExitCode() == ExitCode::kInterrupted; }),
      ExitedWithCode(0),
      "^\nstopping: trainers write a checkpoint and end; press Ctrl-C again to end them at "
      "once.\n$");
}

// A system that ends what it started has not interrupted a person's work.
TEST(ListenForInterrupts, CallsTheWorkIncompleteAfterOtherSignals) {
  for (const int signal : {SIGTERM, SIGHUP}) {
    EXPECT_EXIT(After({signal}, [] { return InterruptExitCode() == ExitCode::kIncomplete; }),
                ExitedWithCode(0),
                "stopping");
  }
}

// `timeout` passes on what the terminal has sent to both: that must not force an end.
TEST(ListenForInterrupts, TakesSignalsAtOnceForOneWish) {
  EXPECT_EXIT(
      After({SIGINT, SIGTERM, SIGINT},
            [] { return InterruptCount() == 1 && InterruptExitCode() == ExitCode::kInterrupted; }),
      ExitedWithCode(0),
      "at once.\n$");
}

TEST(ListenForInterrupts, LeavesIgnoredWhatNohupIgnores) {
  const auto ignored = [] {
    ::signal(SIGHUP, SIG_IGN);
    ListenForInterrupts();
    ::raise(SIGHUP);
    ::raise(SIGPIPE);  // always ignored: a write then says what is wrong
    std::_Exit(InterruptCount());
  };
  EXPECT_EXIT(ignored(), ExitedWithCode(0), "^$");
}

// What a watch says at these times waited.
std::string Told(LockWatch& watch, std::initializer_list<int> seconds) {
  ::testing::internal::CaptureStderr();
  for (const int waited : seconds) watch.on_wait(std::chrono::seconds(waited));
  return ::testing::internal::GetCapturedStderr();
}

TEST(Watch, TellsOnceOfEachWaitingThatLasts) {
  LockWatch watch = ShortWatch("night.db");
  EXPECT_EQ(Told(watch, {0, 1}), "");
  EXPECT_EQ(Told(watch, {2, 3, 9}),
            "night.db is locked by another program (an open write, in a notebook or a viewer); "
            "waiting for it for at most 10 s\n");
  EXPECT_THAT(Told(watch, {0, 2}), HasSubstr("night.db is locked"));
}

TEST(Watch, IsPatientWhereTrainersGoOnMeanwhile) {
  LockWatch watch = PatientWatch("night.db");
  EXPECT_EQ(watch.patience, std::chrono::minutes(10));
  EXPECT_EQ(ShortWatch("night.db").patience, std::chrono::seconds(10));
  EXPECT_THAT(Told(watch, {2}), HasSubstr("for at most 10 min; trainers go on meanwhile"));
}

// Another program may hold its lock for hours: Ctrl-C must not wait for it.
TEST(Watch, EndsAtAnInterrupt) {
  EXPECT_EQ(PatientWatch("night.db").on_wait(milliseconds(0)), std::nullopt);
  EXPECT_EXIT(After({SIGINT},
                    [] {
                      const auto error = PatientWatch("night.db").on_wait(milliseconds(0));
                      return error && error->code() == ExitCode::kInterrupted &&
                             std::string(error->what()).find("run the same command again") !=
                                 std::string::npos;
                    }),
              ExitedWithCode(0),
              "stopping");
}

}  // namespace
}  // namespace saelaw
