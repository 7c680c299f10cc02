// The child's signals, process group and streams are set by posix_spawn's own descriptions, so that
// nothing of ours runs between fork and exec.
#include "dispatch/spawn.h"

#include <csignal>
#include <cstring>
#include <initializer_list>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <unistd.h>

#include "core/errors.h"

namespace saelaw {
namespace {

bool IsIgnored(int signal) {
  struct sigaction now = {};
  return ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

// posix_spawn's two descriptions of the child, freed together.
class SpawnSetup {
 public:
  explicit SpawnSetup(const std::string& log) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(
        &actions_, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t reset, none;
    sigfillset(&reset);
    // `nohup saelaw run` is meant for the trainers too. SIGTERM is how we ask them to end.
    for (const int signal : {SIGHUP, SIGINT}) {
      if (IsIgnored(signal)) sigdelset(&reset, signal);
    }
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes_, &reset);
    posix_spawnattr_setsigmask(&attributes_, &none);
    // Ctrl-C at the terminal reaches us alone: we decide how the trainers end.
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSetup() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

std::vector<std::string> EnvironmentWith(
    const std::vector<std::pair<std::string, std::string>>& changes) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : changes) variables[name] = value;
  std::vector<std::string> environment;
  for (const auto& [name, value] : variables)
    environment.push_back(fmt::format("{}={}", name, value));
  return environment;
}

// As exec wants it: pointers into `texts`, then a null.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

int Spawn(const std::vector<std::string>& command,
          const std::vector<std::pair<std::string, std::string>>& environment,
          const std::filesystem::path& log) {
  const SpawnSetup setup(log.string());
  std::vector<std::string> words = command;
  std::vector<std::string> variables = EnvironmentWith(environment);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid,
                                  words.front().c_str(),
                                  setup.actions(),
                                  setup.attributes(),
                                  Pointers(words).data(),
                                  Pointers(variables).data());
  if (error != 0) {
    throw IoError(fmt::format("cannot start {} with output to {}: {}",
                              words.front(),
                              log.string(),
                              std::strerror(error)));
  }
  return pid;
}

}  // namespace saelaw
