#include <filesystem>

#include <fmt/format.h>

#include "app/cli/check_source.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/jobs_lock.h"
#include "app/cli/knowledge_base.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "app/cli/study_loop.h"
#include "core/files.h"
#include "core/quantities.h"
#include "study/design/stage.h"
#include "study/price/gangs.h"
#include "study/price/measuring.h"

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
         "N"}};
  }
  ExitCode Run() override {
    Store::CheckName(database_);
    RunConfiguration configuration = Load();
    RunSpec& run = configuration.run;
    CheckSource(run.source);
    const DataCount data = IdentifyData(&run.source, DataNeed::kIdentity);
    if (data.training_tokens >= 0 && run.tokens > data.training_tokens) {
      throw ConfigurationError(
          fmt::format("{}: the text has {} usable training tokens, the run needs {}: data is never "
                      "repeated; give it more text",
                      config_,
                      data.training_tokens,
                      run.tokens));
    }
    ListenForInterrupts();
    Store store =
        Store::OpenForWriting(database_, std::chrono::system_clock::now, PatientWatch(database_));
    const JobsLock lock(database_);
    const std::string text = ReadFile(config_);
    store.SaveSweep(SweepName(configuration), text, HashBytes(text));
    const ExitCode measured = EnsureMeasured(store,
                                             database_,
                                             run.source,
                                             configuration.execution,
                                             {{run.sae.d_sae, run.training.batch_tokens}});
    if (measured != ExitCode::kComplete) return measured;
    const ExitCode code = Train(store, configuration);
    return code == ExitCode::kComplete ? Deliver(store, IdOf(run)) : code;
  }

 private:
  RunConfiguration Load() const {
    const ReadRunResult read = ReadRun(config_, Overrides(device_, 0, threads_));
    for (const Mistake& warning : read.warnings) {
      Say("{}:{}:{}: warning: {}\n", config_, warning.line, warning.column, warning.message);
    }
    if (!read.configuration) {
      Say("{}", FormatMistakes(config_, read.text, read.mistakes));
      throw ConfigurationError(fmt::format("{} cannot be used", config_));
    }
    RunConfiguration configuration = *read.configuration;
    configuration.execution.workers = 1;
    ResolveThreads(&configuration.execution);
    return configuration;
  }

  static std::string SweepName(const RunConfiguration& configuration) {
    return "train " + (configuration.name.empty() ? configuration.path : configuration.name);
  }

  ExitCode Train(Store& store, const RunConfiguration& configuration) const {
    const RunSpec& run = configuration.run;
    if (store.ResultOf(IdOf(run))) return ExitCode::kComplete;
    store.AddRuns(SweepName(configuration),
                  {{run, std::string(Name(Stage::kExtra)), "saelaw train " + config_}});
    const Measurement measured = *store.MeasurementOf(SourceKey(run.source));
    const Job job = TrainJobOf({run}, configuration.execution, measured, CacheFolderOf(run.source));
    store.AddJob(job);
    return CarryOut(store, database_, configuration.execution, {job});
  }

  ExitCode Deliver(const Store& store, const RunId& id) const {
    const std::optional<StoredResult> stored = store.ResultOf(id);
    if (!stored) throw Error(ExitCode::kFailure, "the trainer ended without a result");
    const fs::path target =
        out_.empty() ? fs::path(config_).replace_extension(".safetensors") : fs::path(out_);
    const Judgement judgement = Judge(stored->result);
    if (!stored->weights.empty()) WriteFile(target, ReadFile(stored->weights), Durability::kSynced);
    Print("run {}: {} tokens, {}, loss {:.6g}, mse {:.6g}, fvu {:.4g}, l0 {:.4g}, dead {:.2g}\n",
          id,
          FormatCount(static_cast<double>(stored->result.tokens)),
          Name(judgement.outcome),
          stored->result.final.loss,
          stored->result.final.mse,
          stored->result.final.fvu,
          stored->result.final.l0,
          stored->result.final.dead_fraction);
    Print("weights: {}\n", target.string());
    return judgement.outcome == Outcome::kCompleted ? ExitCode::kComplete : ExitCode::kFailure;
  }

  std::string config_, out_, device_;
  std::string database_ = "results.db";
  int threads_ = 0;
};

}  // namespace

std::unique_ptr<Command> MakeTrainCommand() { return std::make_unique<TrainCommand>(); }

}  // namespace saelaw
