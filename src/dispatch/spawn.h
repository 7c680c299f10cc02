// Starts a child process in a process group of its own. For dispatch/ alone.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace saelaw {

// Runs `command` (its first word is the executable's path) with this process's environment changed
// by `environment`, no input, all output appended to `log`, no signal blocked, and none ignored but
// SIGHUP and SIGINT where this process ignores them.
// Returns its pid, which is also its group's. Throws IoError when it cannot be started.
int Spawn(const std::vector<std::string>& command,
          const std::vector<std::pair<std::string, std::string>>& environment,
          const std::filesystem::path& log);

}  // namespace saelaw
