// What jobs are carried out with: the seams by which the loop is tested without a process.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "core/errors.h"
#include "dispatch/runner.h"
#include "orchestrate/machine/cache.h"
#include "orchestrate/watch/watcher.h"
#include "store/store.h"
#include "sweep/sweep.h"

namespace saelaw {

// Ctrl-C and its like, as far as they have come.
struct Interrupts {
  std::function<int()> count = [] { return 0; };  // of wishes; the second forces
  // How a command ends that they have ended.
  std::function<ExitCode()> code = [] { return ExitCode::kInterrupted; };
};

struct Workplace {
  Store& store;                       // opened for writing
  std::filesystem::path jobs_folder;  // JobsFolder() of the store's file
  Cache& cache;
  Watcher& watcher;
  Interrupts interrupts{};
  // The place where attempts run. Throws ConfigurationError where there is none.
  std::function<std::unique_ptr<Runner>(const Execution&)> runner;
};

// Trainers as processes of this machine.
std::unique_ptr<Runner> RunnerOnThisMachine(const std::filesystem::path& jobs_folder,
                                            const Execution& execution);

}  // namespace saelaw
