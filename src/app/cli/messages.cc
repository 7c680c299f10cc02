#include "app/cli/messages.h"

#include <cerrno>
#include <csignal>
#include <cstring>

namespace saelaw {
namespace {

constexpr int kEndedBySignal =
    128;  // a shell's exit code of a process that a signal ended, less it

int first_error = 0;  // errno of the first write to stdout that failed

void Remember(int error) {
  if (first_error == 0) first_error = error == 0 ? EIO : error;
}

}  // namespace

void PrintText(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) Remember(errno);
}

int CloseOutput(ExitCode code) {
  errno = 0;
  // What is shorter than a buffer is written here, and only here is it known that it was not.
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) Remember(errno);
  if (first_error == 0) return static_cast<int>(code);
  if (first_error == EPIPE) return kEndedBySignal + SIGPIPE;
  Say("saelaw: cannot write to stdout: {}\n", std::strerror(first_error));
  return static_cast<int>(ExitCode::kIo);
}

}  // namespace saelaw
