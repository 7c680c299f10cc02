// `saelaw capture` writes a source's activations as shards. Its options are checked before a sweep
// is read and before the database is opened, so that a mistyped number costs nothing and makes no
// file.
#include <filesystem>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "app/cli/loaded_sweep.h"
#include "app/cli/local_workplace.h"
#include "app/cli/messages.h"
#include "app/cli/terminal_watcher.h"
#include "core/quantities.h"
#include "orchestrate/capture_source.h"

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
    TerminalWatcher watcher;
    Cache cache(watcher);
    IdentifyCaptureData(&sweep, *tokens, cache);
    LocalWorkplace place(database_, cache, watcher);
    // The path is made absolute, so that the job means the same folder wherever its trainer is
    // started.
    const ExitCode code = CaptureSource(
        place.work(), sweep, {std::filesystem::absolute(out_).string(), *tokens, dtype_});
    if (code == ExitCode::kComplete) Say("captured into {}\n", out_);
    return code;
  }

 private:
  std::string sweep_, out_, tokens_, device_;
  std::string dtype_ = "bf16";
  std::string database_ = "results.db";
};

}  // namespace

std::unique_ptr<Command> MakeCaptureCommand() { return std::make_unique<CaptureCommand>(); }

}  // namespace saelaw
