// The whole of saelaw-trainer: one job, as its job file describes it, in a process of its own. So a
// crash or a lack of memory ends one job and not the planner with all of its others.
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>

#include "app/trainer/run_job.h"
#include "app/trainer/signals.h"
#include "core/errors.h"
#include "core/standard_streams.h"
#include "sae/cpu/memory.h"

namespace {

constexpr const char* kFooter =
    "The job's folder is that of JOB_FILE; this attempt writes into attempts/ID-<nonce>/ there.\n"
    "A stopped or killed job goes on from its last checkpoint when started again.\n"
    "Exit codes: 0 complete, 1 failure, 64 usage, 71 out of memory, 74 input/output, 75 "
    "incomplete\n"
    "(asked to stop, or another attempt was named: run again), 78 configuration.";

}  // namespace

int main(int argc, char** argv) {
  // A file that is opened later must not get the number of a closed stream, or messages would be
  // written into it.
  saelaw::OpenMissingStreams();
  CLI::App app("saelaw-trainer: trains, measures or captures as a job file says", "saelaw-trainer");
  std::string job_file, attempt_id, device;
  app.set_version_flag("--version", "saelaw-trainer " SAELAW_VERSION);
  CLI::Option* job = app.add_option("JOB_FILE", job_file, "the job's job.json");
  job->check(CLI::ExistingFile);
  CLI::Option* named =
      app.add_option("--attempt", attempt_id, "this attempt's id, as in the job's file `current`");
  app.add_option("--token", attempt_id)->group("");  // its name until 0.1.0
  app.add_option("--check-device", device, "only say whether this machine has it, and end");
  app.footer(kFooter);
  try {
    app.parse(argc, argv);
    // With --check-device neither is needed, so CLI11 cannot be told that they are required.
    if (device.empty() && job_file.empty()) throw CLI::RequiredError(job->get_name());
    if (device.empty() && attempt_id.empty()) throw CLI::RequiredError(named->get_name());
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : static_cast<int>(saelaw::ExitCode::kUsage);
  }
  if (!device.empty()) return static_cast<int>(saelaw::CheckDeviceNamed(device));
  saelaw::KeepFreedMemory();
  // Signals are listened to only for a job: until here, one may end the process at once.
  saelaw::ListenForStop();
  return static_cast<int>(saelaw::RunJobFile(job_file, attempt_id));
}
