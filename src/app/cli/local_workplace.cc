// The order is what matters here: listening for Ctrl-C comes before all that may wait, then the
// database with its lock comes first, then the folder of its jobs, and they end the other way
// round.
#include "app/cli/local_workplace.h"

#include <chrono>

#include "app/cli/interrupt.h"

namespace saelaw {
namespace {

// The waiting for a database that is locked must end at Ctrl-C, so listening begins first.
Store OpenListening(const std::string& database) {
  ListenForInterrupts();
  return Store::OpenForWriting(database, std::chrono::system_clock::now, PatientWatch(database));
}

}  // namespace

LocalWorkplace::LocalWorkplace(const std::string& database, Cache& cache, Watcher& watcher)
    : store_(OpenListening(database)),
      lock_(database),
      work_{store_,
            JobsFolder(database),
            cache,
            watcher,
            {InterruptCount, InterruptExitCode},
            // The runner is made later, when the execution is known, so the folder is copied into
            // the function.
            [folder = JobsFolder(database)](const Execution& execution) {
              return RunnerOnThisMachine(folder, execution);
            }} {}

}  // namespace saelaw
