#include "app/cli/interrupt.h"

#include <csignal>
#include <string_view>

#include <unistd.h>

namespace saelaw {
namespace {

volatile std::sig_atomic_t interrupts = 0;
volatile std::sig_atomic_t first_signal = 0;

// Only what is safe in a signal handler: counting and write(2).
void OnSignal(int signal) {
  constexpr std::string_view kFirst =
      "\nstopping: trainers write a checkpoint and end; press Ctrl-C again to end them at once.\n";
  constexpr std::string_view kSecond =
      "\nending at once; run the same command again to continue.\n";
  if (interrupts == 0) first_signal = signal;
  const std::string_view text = interrupts == 0 ? kFirst : kSecond;
  interrupts = interrupts + 1;
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void ListenForInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

int InterruptCount() { return interrupts; }

ExitCode InterruptExitCode() {
  return first_signal == SIGINT ? ExitCode::kInterrupted : ExitCode::kIncomplete;
}

}  // namespace saelaw
