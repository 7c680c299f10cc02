// How a command ends when it cannot go on: one line for the user and a documented exit code.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace saelaw {

// The process exit codes of both executables (documented in --help; do not change).
enum class ExitCode : int {
  kComplete = 0,
  kFailure = 1,
  kUsage = 64,          // the command line is wrong
  kOutOfMemory = 71,    // saelaw-trainer only: the device's memory did not suffice
  kIo = 74,             // disk or other input/output, an unreadable or damaged file
  kIncomplete = 75,     // ended early in good order: run the same command again
  kConfiguration = 78,  // the sweep, the model, or the machine does not allow what was asked
  kInterrupted = 130,   // Ctrl-C: run the same command again
};

// Thrown when this command cannot go on. `what()` is the user's line: where (file:line:column when
// there is one), what is wrong, what is allowed, how to mend it. Expected outcomes (a diverged run,
// an unconverged fit, a missing row) are values, never an Error.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

inline Error ConfigurationError(const std::string& message) {
  return Error(ExitCode::kConfiguration, message);
}
inline Error IoError(const std::string& message) { return Error(ExitCode::kIo, message); }
inline Error UsageError(const std::string& message) { return Error(ExitCode::kUsage, message); }

}  // namespace saelaw
