// Each trainer leads a process group of its own, so that its children end with it, and dies with
// us. A place is what one trainer at a time may have: a GPU, a share of the cores.
#include "dispatch/local_processes.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/errors.h"
#include "dispatch/spawn.h"

namespace saelaw {
namespace {

using SteadyClock = std::chrono::steady_clock;

// waitpid's status once the process has ended; nothing while it runs.
std::optional<int> ReadStatus(int pid) {
  int status = 0;
  const int got = ::waitpid(pid, &status, WNOHANG);
  if (got == pid) return status;
  // Somebody else has reaped it: how it ended is not known, so it counts as a crash.
  if (got < 0 && errno == ECHILD) return W_EXITCODE(static_cast<int>(ExitCode::kFailure), 0);
  return std::nullopt;
}

}  // namespace

LocalProcesses::LocalProcesses(LocalProcessesOptions options) : options_(std::move(options)) {
  if (::access(options_.trainer.c_str(), X_OK) != 0) {
    throw ConfigurationError(fmt::format(
        "cannot run the trainer {}: {}", options_.trainer.string(), std::strerror(errno)));
  }
}

LocalProcesses::~LocalProcesses() {
  for (auto& [id, trainer] : trainers_) ::kill(-trainer.pid, SIGTERM);
  const auto until = SteadyClock::now() + options_.farewell;
  while (!trainers_.empty() && SteadyClock::now() < until) {
    std::erase_if(trainers_, [](const auto& entry) { return ReadStatus(entry.second.pid); });
    if (!trainers_.empty()) ::poll(nullptr, 0, static_cast<int>(LookEvery().count()));
  }
  for (auto& [id, trainer] : trainers_) {
    ::kill(-trainer.pid, SIGKILL);
    ::waitpid(trainer.pid, nullptr, 0);
  }
}

// The first that no running trainer has.
std::size_t LocalProcesses::FreePlace() const {
  std::size_t place = 0;
  const auto taken = [&](const auto& entry) { return entry.second.place == place; };
  while (std::any_of(trainers_.begin(), trainers_.end(), taken)) ++place;
  assert(place < options_.places.size());
  return place;
}

void LocalProcesses::Start(const Launch& launch) {
  const std::size_t place = FreePlace();
  Environment environment = options_.places[place];
  environment.emplace_back("SAELAW_DIE_WITH_PARENT", "1");
  const int pid =
      Spawn({options_.trainer.string(), launch.job_file.string(), "--attempt", launch.attempt_id},
            environment,
            launch.log);
  trainers_.insert_or_assign(launch.job_id, Trainer{pid, place});
}

std::optional<int> LocalProcesses::TakeEnd(const std::string& job_id) {
  const auto found = trainers_.find(job_id);
  if (found == trainers_.end()) return std::nullopt;
  const std::optional<int> status = ReadStatus(found->second.pid);
  if (!status) return std::nullopt;
  trainers_.erase(found);
  return WIFSIGNALED(*status) ? -WTERMSIG(*status) : WEXITSTATUS(*status);
}

// The group too: a trainer that is a script has children.
void LocalProcesses::Stop(const std::string& job_id, bool force) {
  const auto found = trainers_.find(job_id);
  if (found != trainers_.end()) ::kill(-found->second.pid, force ? SIGKILL : SIGTERM);
}

}  // namespace saelaw
