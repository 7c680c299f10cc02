// Here the loop gets its real processes; its tests put another Runner in their stead.
#include "orchestrate/loop/workplace.h"

#include "dispatch/folder_runner.h"
#include "dispatch/local_processes.h"
#include "orchestrate/machine/places.h"

namespace saelaw {

std::unique_ptr<Runner> RunnerOnThisMachine(const std::filesystem::path& jobs_folder,
                                            const Execution& execution) {
  LocalProcessesOptions options;
  options.trainer = TrainerPath();
  options.places = ListPlaces(execution);
  return std::make_unique<FolderRunner>(jobs_folder, std::make_unique<LocalProcesses>(options));
}

}  // namespace saelaw
