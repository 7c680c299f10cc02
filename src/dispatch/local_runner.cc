#include "dispatch/local_runner.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/files.h"
#include "dispatch/spawn.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

constexpr milliseconds kLookEvery{50};
// What `current` names when no attempt counts any more. No token is this.
constexpr std::string_view kNoAttempt = "none";

// False when a signal came meanwhile: whoever waits should look at what it asked for.
bool Pause(milliseconds time) {
  return ::poll(nullptr, 0, static_cast<int>(time.count())) == 0 || errno != EINTR;
}

// waitpid's status once the process has ended; nothing while it runs.
std::optional<int> StatusOf(int pid) {
  int status = 0;
  const int got = ::waitpid(pid, &status, WNOHANG);
  if (got == pid) return status;
  // Somebody else has reaped it: how it ended is not known, so it counts as a crash.
  if (got < 0 && errno == ECHILD) return W_EXITCODE(static_cast<int>(ExitCode::kFailure), 0);
  return std::nullopt;
}

std::string LastLineOf(const fs::path& log) {
  constexpr std::streamoff kTail = 4096;
  std::ifstream file(log, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  std::string line, last;
  while (std::getline(file, line)) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

std::string SignalMessage(int signal) {
  const char* hint = signal == SIGKILL ? "; the machine may have run out of memory" : "";
  return fmt::format(
      "the trainer was ended by signal {} ({}){}", signal, ::strsignal(signal), hint);
}

}  // namespace

LocalRunner::LocalRunner(LocalRunnerOptions options) : options_(std::move(options)) {
  options_.jobs_folder = fs::absolute(options_.jobs_folder);
  if (::access(options_.trainer.c_str(), X_OK) != 0) {
    throw ConfigurationError(fmt::format(
        "cannot run the trainer {}: {}", options_.trainer.string(), std::strerror(errno)));
  }
}

LocalRunner::~LocalRunner() {
  for (auto& [id, trainer] : trainers_) ::kill(-trainer.pid, SIGTERM);
  const auto until = SteadyClock::now() + options_.farewell;
  while (!trainers_.empty() && SteadyClock::now() < until) {
    std::erase_if(trainers_, [](const auto& entry) { return StatusOf(entry.second.pid); });
    if (!trainers_.empty()) Pause(kLookEvery);
  }
  for (auto& [id, trainer] : trainers_) {
    ::kill(-trainer.pid, SIGKILL);
    ::waitpid(trainer.pid, nullptr, 0);
  }
}

fs::path LocalRunner::FolderOf(const std::string& job_id) const {
  return options_.jobs_folder / job_id;
}

// The first that no running trainer has.
std::size_t LocalRunner::FreePlace() const {
  std::size_t place = 0;
  const auto taken = [&](const auto& entry) { return entry.second.place == place; };
  while (std::any_of(trainers_.begin(), trainers_.end(), taken)) ++place;
  assert(place < options_.places.size());
  return place;
}

std::vector<JobEvent> LocalRunner::Collect(const Job& job) {
  const fs::path folder = FolderOf(job.id);
  std::error_code ignored;
  if (!fs::exists(folder / kCurrentFile, ignored)) return {};
  // First the earlier attempts become stale, then they are read: what one of them still writes was
  // under way before, and no later checkpoint builds on it.
  WriteFile(folder / kCurrentFile, kNoAttempt, Durability::kSynced);
  return ReadAllAttempts(folder, job);
}

void LocalRunner::Start(const Job& job, const std::string& token) {
  const fs::path folder = FolderOf(job.id);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw IoError(fmt::format("cannot make the folder {}: {}", folder.string(), error.message()));
  }
  const fs::path job_file = folder / kJobFile;
  if (!fs::exists(job_file, error) || !HasLeftSomething(folder)) {
    WriteFile(job_file, ToJson(job), Durability::kSynced);
  }
  KeepNewestOfAllAttempts(folder, kCheckpointsKept);
  WriteFile(folder / kCurrentFile, token, Durability::kSynced);
  const fs::path log = folder / fmt::format("stderr-{}.log", token);
  const std::size_t place = FreePlace();
  Environment environment = options_.places[place];
  environment.emplace_back("SAELAW_DIE_WITH_PARENT", "1");
  const int pid =
      Spawn({options_.trainer.string(), job_file.string(), "--token", token}, environment, log);
  trainers_.insert_or_assign(job.id, Trainer{pid, place, AttemptReader(folder, job, token), log});
}

std::vector<JobEvent> LocalRunner::Wait(milliseconds at_most) {
  const auto until = SteadyClock::now() + at_most;
  for (;;) {
    std::vector<JobEvent> events = Look();
    const auto left = std::chrono::ceil<milliseconds>(until - SteadyClock::now());
    if (!events.empty() || left <= milliseconds(0)) return events;
    if (!Pause(std::min(left, kLookEvery))) return {};
  }
}

std::vector<JobEvent> LocalRunner::Look() {
  std::vector<JobEvent> events;
  for (auto entry = trainers_.begin(); entry != trainers_.end();) {
    auto& [job_id, trainer] = *entry;
    // Asked before its files are read: what an ended process wrote is all there.
    const std::optional<int> status = StatusOf(trainer.pid);
    for (JobEvent& event : trainer.reader.Read()) events.push_back(std::move(event));
    RemoveEarlierCheckpoints(FolderOf(job_id), trainer.reader.token());
    if (status) events.push_back(Ended(job_id, trainer, *status));
    entry = status ? trainers_.erase(entry) : std::next(entry);
  }
  return events;
}

JobEvent LocalRunner::Ended(const std::string& job_id, const Trainer& trainer, int status) {
  const int code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  std::string message = code == 0 ? "" : trainer.reader.Message();
  if (code < 0 && message.empty()) message = SignalMessage(-code);
  if (code > 0 && message.empty()) message = LastLineOf(trainer.log);
  if (code > 0 && message.empty()) message = fmt::format("the trainer ended with code {}", code);
  return {job_id, trainer.reader.token(), AttemptEnd{code, message}};
}

void LocalRunner::Stop(const std::string& job_id, bool force) {
  const auto found = trainers_.find(job_id);
  if (found != trainers_.end()) ::kill(-found->second.pid, force ? SIGKILL : SIGTERM);
}

void LocalRunner::RemoveCheckpoints(const std::string& job_id) {
  KeepNewestOfAllAttempts(FolderOf(job_id), 0);
}

}  // namespace saelaw
