#include "app/cli/interrupt.h"

#include <csignal>
#include <ctime>
#include <initializer_list>
#include <string_view>

#include <unistd.h>

namespace saelaw {
namespace {

volatile std::sig_atomic_t interrupts = 0;
volatile std::sig_atomic_t first_signal = 0;
timespec first_at;  // written before `interrupts` is, by the handler, which nothing interrupts

constexpr double kSameWishSeconds = 1;

double SecondsSinceFirst() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec - first_at.tv_sec) +
         1e-9 * static_cast<double>(now.tv_nsec - first_at.tv_nsec);
}

// Only what is safe in a signal handler: counting, clock_gettime(2) and write(2).
void OnSignal(int signal) {
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

}  // namespace

void ListenForInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    // What was ignored at the start stays so: nohup ignores SIGHUP, a shell without job control
    // SIGINT for what it runs in the background.
    struct sigaction before {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  ::signal(SIGPIPE, SIG_IGN);
}

int InterruptCount() { return interrupts; }

ExitCode InterruptExitCode() {
  return first_signal == SIGINT ? ExitCode::kInterrupted : ExitCode::kIncomplete;
}

}  // namespace saelaw
