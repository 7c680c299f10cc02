// The planner is built without LibTorch and cannot see a GPU, so it asks the trainer in a short
// process. Only the trainer's exit code for a wrong configuration counts as an answer; a trainer
// that cannot be run or crashes proves nothing about the device.
#include "orchestrate/machine/check_device.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>

#include <fmt/format.h>
#include <sys/wait.h>

#include "core/errors.h"
#include "orchestrate/machine/places.h"

namespace saelaw {
namespace {

constexpr std::string_view kSpeaker = "saelaw-trainer: ";

// A word is put in single quotes for the shell, with each quote inside it closed, escaped and
// opened again.
std::string Quoted(const std::string& word) {
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

struct Answer {
  int code = 0;
  std::string text;
};

Answer Ask(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return {};
  Answer answer;
  std::array<char, 512> part{};
  while (std::fgets(part.data(), part.size(), pipe) != nullptr) answer.text += part.data();
  const int status = ::pclose(pipe);
  answer.code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return answer;
}

// Libraries may print warnings of their own first; the last line is the trainer's, and its name in
// front is cut off.
std::string LastLine(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::size_t begin = text.rfind('\n');
  std::string line = begin == std::string::npos ? text : text.substr(begin + 1);
  return line.starts_with(kSpeaker) ? line.substr(kSpeaker.size()) : line;
}

}  // namespace

std::string MissingDevice(const Execution& execution) {
  std::filesystem::path trainer;
  try {
    trainer = TrainerPath();
  } catch (const Error&) {
    return "";  // a machine without the trainer: who needs it says so
  }
  for (const std::string& device : execution.devices) {
    if (!device.starts_with("cuda")) continue;
    const Answer answer = Ask(fmt::format(
        "{} --check-device {} 2>&1 </dev/null", Quoted(trainer.string()), Quoted(device)));
    if (answer.code == static_cast<int>(ExitCode::kConfiguration)) return LastLine(answer.text);
  }
  return "";
}

}  // namespace saelaw
