#include <filesystem>

#include <fmt/format.h>

#include "app/cli/check_source.h"
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/jobs_lock.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/messages.h"
#include "app/cli/places.h"
#include "app/cli/study_loop.h"
#include "core/quantities.h"

namespace saelaw {
namespace {

class CaptureCommand : public Command {
 public:
  std::string name() const override { return "capture"; }
  std::string summary() const override { return "Write a sweep's activations to shards on disk"; }
  std::string examples() const override {
    return "  saelaw capture sweep.yaml --tokens 4M --out shards\n"
           "  # then, in the sweep: activations: {source: shards, shards: shards}\n";
  }
  std::vector<OptionSpec> options() override {
    return {SweepArgument(&sweep_),
            {"--out",
             "Folder of the shards; an interrupted capture continues there",
             &out_,
             true,
             "FOLDER"},
            {"--tokens", "Training tokens to capture (4M, 512Ki)", &tokens_, true, "TOKENS"},
            {"--dtype", "bf16 or fp32 (default: bf16)", &dtype_, false, "DTYPE"},
            {"--device", "cpu, cuda or cuda:N (default: the sweep's)", &device_, false, "DEVICE"},
            DatabaseOption(&database_)};
  }
  ExitCode Run() override {
    if (dtype_ != "bf16" && dtype_ != "fp32") {
      throw UsageError(fmt::format("--dtype is bf16 or fp32, not '{}'", dtype_));
    }
    const std::optional<std::int64_t> tokens = ParseWholeCount(tokens_);
    if (!tokens || *tokens < 1) {
      throw UsageError(
          fmt::format("--tokens is a whole number such as 4M or 512Ki, not '{}'", tokens_));
    }
    Store::CheckName(database_);
    Sweep sweep = LoadSweep(sweep_, Overrides(device_, 0, 0)).sweep;
    CheckSource(sweep.source);
    const DataCount data = IdentifyData(&sweep.source, DataNeed::kIdentity);
    if (data.training_tokens >= 0 && *tokens > data.training_tokens) {
      throw ConfigurationError(
          fmt::format("the text has {} usable training tokens, --tokens asks for {}",
                      data.training_tokens,
                      *tokens));
    }
    ListenForInterrupts();
    Store store =
        Store::OpenForWriting(database_, std::chrono::system_clock::now, PatientWatch(database_));
    const JobsLock lock(database_);
    const Job job = MakeJob(sweep, *tokens);
    store.AddJob(job);
    const ExitCode code = CarryOut(store, database_, sweep.execution, {job});
    if (code == ExitCode::kComplete) Say("captured into {}\n", out_);
    return code;
  }

 private:
  Job MakeJob(const Sweep& sweep, std::int64_t tokens) const {
    Job job;
    job.kind = JobKind::kCapture;
    job.source = sweep.source;
    job.capture = {std::filesystem::absolute(out_).string(), tokens, dtype_};
    job.device = sweep.execution.device;
    job.threads = sweep.execution.threads * sweep.execution.trainers();
    job.cache_folder = CacheFolderOf(sweep.source);
    job.id = IdOf(job);
    return job;
  }

  std::string sweep_, out_, tokens_, device_;
  std::string dtype_ = "bf16";
  std::string database_ = "results.db";
};

}  // namespace

std::unique_ptr<Command> MakeCaptureCommand() { return std::make_unique<CaptureCommand>(); }

}  // namespace saelaw
