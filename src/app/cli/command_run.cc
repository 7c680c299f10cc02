#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/earlier_data.h"
#include "app/cli/gate.h"
#include "app/cli/interrupt.h"
#include "app/cli/jobs_lock.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/study_loop.h"
#include "core/files.h"

namespace saelaw {
namespace {

class SweepRunCommand : public Command {
 public:
  std::string name() const override { return "run"; }
  std::string summary() const override {
    return "Train what is missing of a sweep; run again to continue";
  }
  std::string examples() const override {
    return "  saelaw run sweep.yaml\n"
           "  saelaw run sweep.yaml --device cuda --db night.db\n"
           "  saelaw run sweep.yaml --device cuda:0,cuda:1\n"
           "  saelaw run sweep.yaml --workers 4 --threads 2\n";
  }
  std::vector<OptionSpec> options() override {
    return {SweepArgument(&sweep_),
            DatabaseOption(&database_),
            {"--device",
             "cpu, cuda, cuda:N, or several: cuda:0,cuda:1 (default: the sweep's)",
             &device_,
             false,
             "DEVICE"},
            {"--workers",
             "Trainers at once on each device (default: the sweep's)",
             &workers_,
             false,
             "N"},
            {"--threads",
             "Threads of each trainer (default: the cores over the trainers)",
             &threads_,
             false,
             "N"}};
  }
  ExitCode Run() override {
    Store::CheckName(database_);
    const LoadedSweep loaded = LoadSweep(sweep_, Overrides(device_, workers_, threads_));
    Sweep sweep = loaded.sweep;
    PassGate(loaded, &sweep, GateFor::kRun);
    ListenForInterrupts();
    Store store =
        Store::OpenForWriting(database_, std::chrono::system_clock::now, PatientWatch(database_));
    const JobsLock lock(database_);
    const std::string text = ReadFile(sweep_);
    store.SaveSweep(sweep.name, text, HashOf(sweep, text));
    if (const std::string earlier = EarlierRuns(store, sweep); !earlier.empty()) {
      Say("warning: {}\n", earlier);
    }
    const ExitCode code = RunStudy(store, database_, sweep);
    store.CheckInPlace();
    if (code == ExitCode::kComplete) {
      Say("complete; read it with: saelaw recommend {} --db {}\n", sweep_, database_);
    }
    return code;
  }

 private:
  // Of all that a round is planned from: what an earlier text, other data or another version asked
  // for and never got is no longer asked for.
  static std::string HashOf(const Sweep& sweep, const std::string& text) {
    return HashBytes(fmt::format("{};{};{}", kNumericVersion, SourceKey(sweep.source), text));
  }

  std::string sweep_, device_;
  std::string database_ = "results.db";
  int workers_ = 0, threads_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<SweepRunCommand>(); }

}  // namespace saelaw
