#include "orchestrate/loop/workplace.h"

#include "dispatch/local_runner.h"
#include "orchestrate/machine/places.h"

namespace saelaw {

std::unique_ptr<Runner> RunnerOnThisMachine(const std::filesystem::path& jobs_folder,
                                            const Execution& execution) {
  LocalRunnerOptions options;
  options.jobs_folder = jobs_folder;
  options.trainer = TrainerPath();
  options.places = PlacesOf(execution);
  return std::make_unique<LocalRunner>(options);
}

}  // namespace saelaw
