// A write to stdout can fail long before a command ends. The first error of them is kept, because
// it is the cause, and it is told of once, at the end.
#include "app/cli/messages.h"

#include <cerrno>
#include <csignal>
#include <cstring>

namespace saelaw {
namespace {

constexpr int kEndedBySignal =
    128;  // a shell adds the number of the signal that ended a process to this

int first_error = 0;  // errno of the first write to stdout that failed

void Remember(int error) {
  // A write can fail without setting errno; any error is better than none then.
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
  // A reader such as `head` has had what it wanted: the program ends as silently as SIGPIPE would
  // have ended it.
  if (first_error == EPIPE) return kEndedBySignal + SIGPIPE;
  Say("saelaw: cannot write to stdout: {}\n", std::strerror(first_error));
  return static_cast<int>(ExitCode::kIo);
}

}  // namespace saelaw
