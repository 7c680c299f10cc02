// What the user asked for: a sweep file after defaults and validation.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run_spec.h"
#include "models/model_shape.h"

namespace saelaw {

// Step 2 of the study: losses at one learning rate and several data sizes.
struct LossLawStage {
  double lr = 0;                     // default: training.lr
  std::vector<std::int64_t> tokens;  // at least 2, ascending
  std::vector<std::int64_t> d_sae;   // sizes swept; default: sae.d_sae alone
  int seeds = 1;                     // distinct stream_seeds per setting
  // A law of fit/laws/loss_laws.h, or auto: of data, and of size too where enough sizes are swept.
  std::string law = "auto";
};

// Step 3: learning rates around the optimum, at several data sizes.
struct LrLawStage {
  std::vector<std::int64_t>
      tokens;                       // default: those of the loss law; empty: no lr law is asked for
  std::vector<std::int64_t> d_sae;  // sizes swept, sae.d_sae among them; default: it alone
  int points = 5;                   // rates in the first grid of each size
  double factor = 2;                // between neighbouring rates of the first grid
  int seeds = 1;
  int edge_seeds = 3;         // of the last survivor and the first failure, near the best rate
  int max_widenings = 3;      // of one size's grid, when its best rate lies on the edge
  double bisect_to = 1.4143;  // a cliff is bisected until survivor and failure are this close

  // Seeds of a run that count for the law.
  int most_seeds() const { return seeds > edge_seeds ? seeds : edge_seeds; }
};

// The check: more data than any fitted run, predicted before it is measured.
struct HoldOutStage {
  std::int64_t tokens = 0;  // 0: no hold-out
  int seeds = 1;
};

// A point that the user wants in the sweep as it is (e.g. somebody's earlier run).
struct ExtraRun {
  std::int64_t tokens = 0;
  std::int64_t d_sae = 0;
  double lr = 0;
  std::string note;
};

// A token budget derived from a reference run by information content:
// tokens = reference_tokens · log2(reference_vocabulary)/log2(vocabulary) · size_ratio, rounded to
// two significant digits: its assumption (tokens of equal entropy) carries no more.
struct TokenDerivation {
  double reference_tokens = 0;
  double reference_vocabulary = 0;
  double vocabulary = 0;
  double size_ratio = 1;
};

struct Target {
  std::int64_t tokens = 0;
  std::optional<TokenDerivation> derivation;  // when tokens came from one
  std::int64_t d_sae = 0;
  std::int64_t batch_tokens = 0;   // default: the sweep's
  std::string device = "rtx4090";  // a named device, or
  double device_flops = 0;         // its peak in FLOP/s
  double utilisation = 0.4;        // of the peak, assumed where nothing was measured
  double risk = 0;  // that a run fails, which is taken at the advised rate; 0: that of least loss
};

struct Budget {
  std::optional<double> seconds;
  std::optional<double> flops;
  std::optional<int> runs;
};

struct Execution {
  std::string device = "cpu";  // as job files say it; "cuda" where there are several devices
  std::vector<std::string> devices = {"cpu"};  // at least one; several: all of them cuda:N
  int workers = 1;                             // trainers at a time on each device
  int threads = 0;                             // of a trainer; 0: the cores over all trainers
  std::string kernels;                         // StepTuning::path; empty: as measured
  std::optional<double> dense_above;  // StepTuning's, of both precisions; none: as measured
  double vector_cache_bytes = 0;      // Job's
  double checkpoint_seconds = 300;    // Job's, as is the next
  std::int64_t checkpoint_tokens = 0;
  int trainers() const { return workers * static_cast<int>(devices.size()); }  // at a time
};

struct Sweep {
  std::string name;
  std::string path;                        // of the YAML file
  std::string question, prediction, cost;  // `about`, free text
  SourceSpec source;
  std::optional<ModelShape> model_shape;  // of a model source, where it could be told
  SaeSpec sae;                            // with d_sae the base size
  TrainingSpec training;                  // the recipe that every run starts from
  LossLawStage loss_law;
  LrLawStage lr_law;
  HoldOutStage hold_out;
  std::vector<ExtraRun> extra_runs;
  Target target;
  Budget budget;
  Execution execution;
  bool demonstration = false;  // its report says that it shows the way and is no advice
};

// One recipe at one sparsity of a study that compares several: a sweep of its own, on the same
// stream as the others. A sweep that compares nothing is its one arm.
struct Arm {
  std::string recipe;    // of study.recipes; empty: the sweep's own
  double target_l0 = 0;  // of study.sparsity; 0: as the recipe has it
  Sweep sweep;           // of name "<sweep>/<label>" where there are several
};

// "controller@64", "controller", "l0-64"; empty for a sweep's one arm. It names a folder.
std::string MakeLabel(const Arm& arm);

// All arms of a sweep file. They share its source, sizes, target and execution; a budget of runs or
// FLOP is theirs in equal parts.
struct Arms {
  std::string name;       // the sweep's
  std::vector<Arm> list;  // at least one

  Arms() = default;
  Arms(const Sweep& sweep) : name(sweep.name), list{{"", 0, sweep}} {}  // NOLINT: its one arm
  const Sweep& first() const { return list.front().sweep; }
  bool compares() const { return list.size() > 1; }
};

// One mistake in a sweep file.
struct Mistake {
  int line = 0;    // from 1; 0: the file as a whole
  int column = 0;  // from 1
  std::string message;
};

struct ReadSweepResult {
  std::optional<Sweep> sweep;  // absent when there are mistakes; as the first arm has it
  Arms arms;                   // of `sweep`; none when there are mistakes
  std::string text;            // that was read from the file; empty when it was refused unread
  std::vector<Mistake> mistakes;
  std::vector<Mistake> warnings;  // e.g. a missing model file, which only `run` needs
  // Dotted key → the value in effect and where it came from ("sweep.yaml:12", "default", "flag").
  struct Effective {
    std::string value;
    std::string origin;
  };
  std::map<std::string, Effective> effective;
};

// Reads and validates; all mistakes at once. Throws IoError only when the file cannot be read.
// `overrides` are dotted keys from flags and environment ("execution.device" → "cuda").
ReadSweepResult ReadSweep(const std::string& path,
                          const std::map<std::string, std::string>& overrides = {});
ReadSweepResult ReadSweepText(const std::string& path,
                              std::string_view text,
                              const std::map<std::string, std::string>& overrides = {});

// The mistakes as the user sees them: file:line:column, the message, the source line, a caret.
std::string FormatMistakes(const std::string& path,
                           std::string_view text,
                           const std::vector<Mistake>& mistakes);

// The configuration of one run, as `saelaw recommend` writes it: the sections activations, sae and
// training of a sweep, and run {tokens, seed, stream_seed}.
struct RunConfiguration {
  std::string name;
  std::string path;
  RunSpec run;
  std::optional<ModelShape> model_shape;
  Execution execution;
};

struct ReadRunResult {
  std::optional<RunConfiguration> configuration;  // absent when there are mistakes
  std::string text;                               // as in ReadSweepResult
  std::vector<Mistake> mistakes;
  std::vector<Mistake> warnings;
  std::map<std::string, ReadSweepResult::Effective> effective;
};

// As ReadSweep and ReadSweepText.
ReadRunResult ReadRun(const std::string& path,
                      const std::map<std::string, std::string>& overrides = {});
ReadRunResult ReadRunText(const std::string& path,
                          std::string_view text,
                          const std::map<std::string, std::string>& overrides = {});

// A commented sweep to start from, as `saelaw init` writes it. Throws UsageError for a kind that is
// neither "synthetic" nor "model".
std::string ExampleSweep(std::string_view kind);

// Every key of a sweep and of a run's configuration, as Markdown tables: docs/sweep.md.
std::string SweepReference();

// JSON Schema (draft 2020-12) of a sweep file, for editors.
std::string SweepJsonSchema();

// A run of this sweep with the given size, rate and seeds; everything else from the recipe. tokens
// is rounded to the nearest whole number of batches, at least one. `seed` is both the seed of the
// initialisation and the stream_seed: a replicate varies in both.
RunSpec MakeRun(
    const Sweep& sweep, std::int64_t tokens, std::int64_t d_sae, double lr, std::uint64_t seed);

}  // namespace saelaw
