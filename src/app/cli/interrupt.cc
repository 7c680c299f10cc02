// A signal may come at any time, and hardly anything is safe then. The handler only counts and
// writes a line; loops look at the count when they can. So all else is done by ordinary code.
#include "app/cli/interrupt.h"

#include <chrono>
#include <csignal>
#include <ctime>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "app/cli/messages.h"
#include "core/quantities.h"

namespace saelaw {
namespace {

// Variables of this type may be shared with a handler at any time.
volatile std::sig_atomic_t interrupts = 0;
volatile std::sig_atomic_t first_signal = 0;
timespec first_at;  // written before `interrupts` is, by the handler, which nothing interrupts

// Signals that follow the first within this time count as the same wish.
constexpr double kSameWishSeconds = 1;
// Shorter waits are usual and not worth a line.
constexpr std::chrono::seconds kTellAfter{2};

double SecondsSinceFirst() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec - first_at.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec - first_at.tv_nsec);
}

// Only what is safe in a signal handler: counting, clock_gettime(2) and write(2).
void OnSignal(int signal) {
  // The texts are constants, because nothing may be formatted in a handler.
  constexpr std::string_view kFirst =
      "\nstopping: trainers write a checkpoint and end; press Ctrl-C again to end them at once.\n";
  constexpr std::string_view kSecond =
      "\nending at once; run the same command again to continue.\n";
  if (interrupts > 0 && SecondsSinceFirst() < kSameWishSeconds) return;
  if (interrupts == 0) {
    first_signal = signal;
    ::clock_gettime(CLOCK_MONOTONIC, &first_at);
  }
  const std::string_view text = interrupts == 0 ? kFirst : kSecond;
  interrupts = interrupts + 1;
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

// Says once, after some seconds, that `database` is waited for.
LockWatch Watch(const std::string& database,
                std::chrono::seconds patience,
                std::string_view meanwhile) {
  LockWatch watch;
  watch.patience = patience;
  watch.on_wait = [database, patience, meanwhile, told = false](
                      std::chrono::milliseconds waited) mutable -> std::optional<Error> {
    // The wish to end is looked at first: another program may hold its lock for hours.
    if (InterruptCount() > 0) {
      return Error(InterruptExitCode(),
                   fmt::format("{}: interrupted while another program kept it locked; run the same "
                               "command again to continue",
                               database));
    }
    // A short time waited means that a new waiting has begun, which may be told of again.
    if (waited < kTellAfter) told = false;
    if (waited >= kTellAfter && !std::exchange(told, true)) {
      Say("{} is locked by another program (an open write, in a notebook or a viewer); waiting for "
          "it for at most {}{}\n",
          database,
          FormatSeconds(static_cast<double>(patience.count())),
          meanwhile);
    }
    return std::nullopt;
  };
  return watch;
}

}  // namespace

LockWatch PatientWatch(const std::string& database) {
  return Watch(database, std::chrono::minutes(10), "; trainers go on meanwhile");
}

LockWatch ShortWatch(const std::string& database) {
  return Watch(database, std::chrono::seconds(10), "");
}

void ListenForInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  // Reads and writes go on after a signal; whatever waits for long looks at the count itself. All
  // signals are held back in the handler, so that first_at is never half written.
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What was ignored at the start stays so: nohup ignores SIGHUP, a shell without job control
    // SIGINT for what it runs in the background.
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  // A write into a pipe that nobody reads then fails with EPIPE, which CloseOutput knows.
  ::signal(SIGPIPE, SIG_IGN);
}

int InterruptCount() { return interrupts; }

ExitCode InterruptExitCode() {
  // Ctrl-C is a person's wish; the other signals come from systems that end what they started, and
  // to those the work is merely incomplete.
  return first_signal == SIGINT ? ExitCode::kInterrupted : ExitCode::kIncomplete;
}

}  // namespace saelaw
