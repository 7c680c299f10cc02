// `saelaw train` trains one run from a configuration. It works as a sweep does, with the database
// and its folder of jobs, so that an interrupted training continues; at the end the weights are
// copied out to where the user wants them.
#include <filesystem>
#include <optional>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/local_workplace.h"
#include "app/cli/messages.h"
#include "app/cli/terminal_watcher.h"
#include "core/files.h"
#include "core/quantities.h"
#include "fit/fit.h"
#include "orchestrate/answer.h"
#include "orchestrate/machine/places.h"
#include "orchestrate/train_run.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

class TrainCommand : public Command {
 public:
  std::string name() const override { return "train"; }
  std::string summary() const override {
    return "Train one run from a configuration; run again to continue";
  }
  std::string examples() const override {
    return "  saelaw train analysis/night/recommended.yaml --device cuda --out sae.safetensors\n";
  }
  std::vector<OptionSpec> options() override {
    return {
        {"config", "A configuration, as `saelaw recommend` writes it", &config_, true, "CONFIG"},
        DatabaseOption(&database_),
        {"--out",
         "Where the SAE's weights go (default: beside CONFIG, .safetensors)",
         &out_,
         false,
         "FILE"},
        {"--device",
         "cpu, cuda or cuda:N (default: the configuration's)",
         &device_,
         false,
         "DEVICE"},
        {"--threads",
         "Threads of the trainer (default: the machine's cores)",
         &threads_,
         false,
         "N"},
        {"--into",
         "Make the run one of this sweep's (default: it belongs to no study)",
         &into_,
         false,
         "SWEEP"}};
  }
  ExitCode Run() override {
    Store::CheckName(database_);
    RunConfiguration configuration = Load();
    TerminalWatcher watcher;
    Cache cache(watcher);
    IdentifyRunData(&configuration, cache);
    LocalWorkplace place(database_, cache, watcher);
    const std::string text = ReadFile(config_);
    const RunId id = ComputeId(configuration.run);
    const std::optional<FrozenForecast> forecast = FindForecast(config_, text, id);
    const ExitCode code = TrainRun(place.work(), configuration, {text, into_, forecast});
    // A training that was interrupted has a checkpoint, but no weights to deliver yet.
    if (code != ExitCode::kComplete) return code;
    const ExitCode delivered = Deliver(place.work().store, id);
    if (forecast) Compare(place.work().store, id, *forecast);
    return delivered;
  }

 private:
  RunConfiguration Load() const {
    const ReadRunResult read = ReadRun(config_, Overrides(device_, 0, threads_));
    for (const Mistake& warning : read.warnings) {
      Say("{}:{}:{}: warning: {}\n", config_, warning.line, warning.column, warning.message);
    }
    if (!read.configuration) {
      // All mistakes are told at once, so that they can be mended at once.
      Say("{}", FormatMistakes(config_, read.text, read.mistakes));
      throw ConfigurationError(fmt::format("{} cannot be used", config_));
    }
    RunConfiguration configuration = *read.configuration;
    // One run is one trainer. This is set first, because the threads are shared out among the
    // trainers.
    configuration.execution.workers = 1;
    ResolveThreads(&configuration.execution);
    return configuration;
  }

  void Compare(const Store& store, const RunId& id, const FrozenForecast& forecast) const {
    const std::optional<StoredResult> stored = store.FindResult(id);
    if (stored) Print("{}\n", CompareText(forecast, stored->result.final.loss));
  }

  ExitCode Deliver(const Store& store, const RunId& id) const {
    const fs::path target =
        out_.empty() ? fs::path(config_).replace_extension(".safetensors") : fs::path(out_);
    const StoredResult stored = DeliverWeights(store, id, target);
    const Judgement judgement = Judge(stored.result);
    Print("run {}: {} tokens, {}, loss {:.6g}, mse {:.6g}, fvu {:.4g}, l0 {:.4g}, dead {:.2g}\n",
          id,
          FormatCount(static_cast<double>(stored.result.tokens)),
          Name(judgement.outcome),
          stored.result.final.loss,
          stored.result.final.mse,
          stored.result.final.fvu,
          stored.result.final.l0,
          stored.result.final.dead_fraction);
    Print("weights: {}\n", target.string());
    // A run that collapsed or diverged has its weights delivered too, but scripts must not take it
    // for a success.
    return judgement.outcome == Outcome::kCompleted ? ExitCode::kComplete : ExitCode::kFailure;
  }

  std::string config_, out_, device_, into_;
  std::string database_ = "results.db";
  int threads_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeTrainCommand() { return std::make_unique<TrainCommand>(); }

}  // namespace saelaw
