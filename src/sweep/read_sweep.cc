// The way is text, tree, values, Sweep (or the configuration of one run). Every stage goes on after
// a mistake as far as it can, so that the user sees all of them at once; the result is given out
// only where there were none.
#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "sweep/arms.h"
#include "sweep/assemble.h"
#include "sweep/read_fields.h"
#include "sweep/reading.h"
#include "sweep/sweep.h"
#include "sweep/yaml_tree.h"

namespace saelaw {
namespace {

using Overrides = std::map<std::string, std::string>;

// The tree with the flags' values in it; nothing when there is no tree to go on with.
std::optional<YamlNode> ReadTree(std::string_view text,
                                 const Overrides& overrides,
                                 std::vector<Mistake>& mistakes) {
  YamlText yaml = ParseYaml(text);
  mistakes = std::move(yaml.mistakes);
  const bool empty = !yaml.root || yaml.root->kind == YamlNode::Kind::kNull;
  // An empty file and one of comments alone are the same to a reader; the hint is better than a
  // list of all that is missing.
  if (empty) {
    if (mistakes.empty()) {
      mistakes.push_back({0, 0, "the file is empty; `saelaw init` writes one to start from"});
    }
    return std::nullopt;
  }
  if (yaml.root->kind != YamlNode::Kind::kMapping) {
    mistakes.push_back({yaml.root->line,
                        yaml.root->column,
                        "the file must be keys with values (`name: ...`), got something else"});
    return std::nullopt;
  }
  // Flags are put into the tree before anything is read, so that they pass the same checks as the
  // file.
  for (const auto& [key, value] : overrides) {
    if (auto mistake = SetByFlag(*yaml.root, key, value)) mistakes.push_back(*std::move(mistake));
  }
  return std::move(yaml.root);
}

// Names become folders, so what could lead out of a folder or hide in a listing is refused.
std::string AssembleName(Reading& reading) {
  reading.Default("name", std::filesystem::path(reading.path()).stem().string(), "the file's name");
  std::string name = reading.Text("name");
  constexpr std::size_t kLongest = 100;
  const bool control =
      std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20; });
  if (control || name.size() > kLongest || name.find_first_of("/\\") != std::string::npos ||
      name.substr(0, 1) == ".") {
    reading.AddMistake("name",
                       fmt::format("name must have at most {} bytes, no slash, no line break and "
                                   "no dot in front: it names a folder",
                                   kLongest));
  }
  return name;
}

// Several devices are several GPUs, each named once. A trainer sees its own alone, as the only one,
// so for its job the device is then just "cuda".
void AssembleDevices(Reading& reading, Execution& execution) {
  const std::vector<std::string> devices = reading.Texts("execution.device");
  if (devices.empty()) return;
  execution.devices = devices;
  execution.device = devices.size() == 1 ? devices.front() : "cuda";
  std::set<std::string> distinct;
  for (const std::string& device : devices) {
    const bool numbered = device.find(':') != std::string::npos;
    if (devices.size() == 1 || (numbered && distinct.insert(device).second)) continue;
    reading.AddMistake(
        "execution.device",
        fmt::format("execution.device: several devices must be different cuda:N, got "
                    "'{}'",
                    device));
  }
}

// Each path of kernels belongs to one kind of device; the reference runs on all.
void CheckKernels(Reading& reading, const Execution& execution) {
  if (execution.kernels.empty() || execution.kernels == "reference") return;
  const bool on_cpu = execution.device == "cpu";
  if ((execution.kernels == "cuda") != on_cpu) return;
  reading.AddMistake("execution.kernels",
                     fmt::format("execution.kernels: '{}' cannot run on the device {}; allowed "
                                 "there: auto, reference{}",
                                 execution.kernels,
                                 execution.device,
                                 on_cpu ? ", avx2, avx512, avx512_bf16, amx" : ", cuda"));
}

Execution AssembleExecution(Reading& reading) {
  Execution execution;
  AssembleDevices(reading, execution);
  execution.workers = static_cast<int>(reading.Count("execution.workers"));
  execution.threads = static_cast<int>(reading.Count("execution.threads"));
  // `auto` is stored as nothing: then the measurement decides.
  const std::string kernels = reading.Text("execution.kernels");
  if (kernels != "auto") execution.kernels = kernels;
  CheckKernels(reading, execution);
  if (reading.Given("execution.dense_above")) {
    execution.dense_above = reading.Number("execution.dense_above");
  }
  execution.vector_cache_bytes = reading.Number("execution.vector_cache");
  execution.checkpoint_seconds = reading.Number("execution.checkpoint_every");
  execution.checkpoint_tokens = reading.Count("execution.checkpoint_tokens");
  return execution;
}

// The recipe must serve the shortest run and the smallest SAE; the held-out tokens must serve the
// largest. The hold-out is no candidate for the shortest, since it is larger than all fitted runs.
void CheckSweepRecipe(Reading& reading, const Sweep& sweep) {
  std::vector<std::int64_t> tokens = sweep.loss_law.tokens;
  tokens.insert(tokens.end(), sweep.lr_law.tokens.begin(), sweep.lr_law.tokens.end());
  std::vector<std::int64_t> sizes = sweep.loss_law.d_sae;
  sizes.insert(sizes.end(), sweep.lr_law.d_sae.begin(), sweep.lr_law.d_sae.end());
  if (sweep.sae.d_sae > 0) sizes.push_back(sweep.sae.d_sae);
  for (const ExtraRun& run : sweep.extra_runs) {
    if (run.tokens > 0) tokens.push_back(run.tokens);
    if (run.d_sae > 0) sizes.push_back(run.d_sae);
  }
  if (tokens.empty() || sizes.empty()) return;
  CheckHeldOut(
      reading, sweep.source, sweep.training, *std::max_element(sizes.begin(), sizes.end()));
  const std::int64_t smallest = *std::min_element(sizes.begin(), sizes.end());
  CheckKept(reading, sweep.sae, smallest);
  CheckRecipe(reading, sweep.training, *std::min_element(tokens.begin(), tokens.end()), smallest);
}

// Before anything else is read, since a default that was looked up stays.
void UseRecipe(Reading& reading) {
  const NamedRecipe* recipe = FindRecipe(reading.Text("recipe"));
  if (recipe != nullptr) reading.Use(*recipe);
}

Sweep AssembleSweep(Reading& reading) {
  UseRecipe(reading);
  Sweep sweep;
  sweep.path = reading.path();
  sweep.name = AssembleName(reading);
  sweep.question = reading.Text("about.question");
  sweep.prediction = reading.Text("about.prediction");
  sweep.cost = reading.Text("about.cost");
  sweep.demonstration = reading.Flag("demonstration");
  sweep.source = AssembleSource(reading, sweep.model_shape);
  sweep.sae = AssembleSae(reading);
  sweep.training = AssembleTraining(reading, sweep.sae.architecture);
  // The study takes defaults from sae and training, and the target is compared with the study.
  AssembleStudy(reading, sweep);
  AssembleTarget(reading, sweep);
  sweep.execution = AssembleExecution(reading);
  CheckSweepRecipe(reading, sweep);
  return sweep;
}

RunConfiguration AssembleRun(Reading& reading) {
  UseRecipe(reading);
  RunConfiguration configuration;
  configuration.path = reading.path();
  configuration.name = AssembleName(reading);
  RunSpec& run = configuration.run;
  run.source = AssembleSource(reading, configuration.model_shape);
  run.sae = AssembleSae(reading);
  run.training = AssembleTraining(reading, run.sae.architecture);
  reading.Require("run.tokens");
  ReadFields(reading, run);
  configuration.execution = AssembleExecution(reading);
  if (!reading.Good({"run.tokens", "training.batch_tokens"})) return configuration;
  // A single run is asked for by one exact size, so any rounding of it is told.
  run.tokens = RoundSize(reading, "run.tokens", run.tokens, /*visible=*/0);
  reading.Replace("run.tokens", static_cast<double>(run.tokens));
  CheckKept(reading, run.sae, run.sae.d_sae);
  CheckRecipe(reading, run.training, run.tokens, run.sae.d_sae);
  CheckHeldOut(reading, run.source, run.training, run.sae.d_sae);
  return configuration;
}

// The sort is stable, so mistakes at one place stay in the order in which they were found.
void Sort(std::vector<Mistake>& mistakes) {
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const Mistake& a, const Mistake& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

// Adds the mistakes that are not there yet.
void AddNew(const std::vector<Mistake>& found, std::vector<Mistake>& all) {
  for (const Mistake& one : found) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Mistake& other) {
      return one.line == other.line && one.column == other.column && one.message == other.message;
    });
    if (!known) all.push_back(one);
  }
}

// Each arm has its own folder inside the sweep's, its own place in the database, and its part of
// the budget: what one spends is nothing that another lacks.
void SetApart(std::vector<Arm>& arms) {
  const auto count = static_cast<double>(arms.size());
  for (Arm& arm : arms) {
    arm.sweep.name += "/" + MakeLabel(arm);
    Budget& budget = arm.sweep.budget;
    if (budget.flops) budget.flops = *budget.flops / count;
    if (budget.runs) budget.runs = static_cast<int>(*budget.runs / count);
  }
}

// A file too large to be a sweep is never read into memory.
template <typename Result, typename Read>
Result ReadBounded(const std::string& path, Read read) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  Result result;
  // An error here is left to ReadFile, which has the better message for it.
  if (error || bytes <= kMaxSweepBytes) {
    std::string text = ReadFile(path);
    result = read(text);
    result.text = std::move(text);
    return result;
  }
  result.mistakes.push_back(TooLarge(bytes));
  return result;
}

}  // namespace

ReadSweepResult ReadSweepText(const std::string& path,
                              std::string_view text,
                              const Overrides& overrides) {
  ReadSweepResult result;
  const std::optional<YamlNode> root = ReadTree(text, overrides, result.mistakes);
  if (!root) return result;
  SplitSweep split = SplitIntoArms(*root);
  AddNew(split.mistakes, result.mistakes);
  AddNew(split.warnings, result.warnings);
  for (ArmTree& arm : split.arms) {
    Reading reading(path, kInSweep);
    reading.Read(arm.root);
    // The assembly runs even after mistakes in single values; it asks Good() before it compares, so
    // that one mistake does not cause others.
    Sweep sweep = AssembleSweep(reading);
    // What all arms share is wrong in each of them, and is told once.
    AddNew(reading.mistakes(), result.mistakes);
    AddNew(reading.warnings(), result.warnings);
    if (result.arms.list.empty()) result.effective = reading.Effective();
    result.arms.list.push_back({std::move(arm.recipe), arm.target_l0, std::move(sweep)});
  }
  Sort(result.mistakes);
  Sort(result.warnings);
  if (!result.mistakes.empty()) {
    result.arms = {};
    return result;
  }
  result.sweep = result.arms.first();
  result.arms.name = result.sweep->name;
  if (result.arms.compares()) SetApart(result.arms.list);
  return result;
}

ReadSweepResult ReadSweep(const std::string& path, const Overrides& overrides) {
  return ReadBounded<ReadSweepResult>(
      path, [&](const std::string& text) { return ReadSweepText(path, text, overrides); });
}

ReadRunResult ReadRunText(const std::string& path,
                          std::string_view text,
                          const Overrides& overrides) {
  ReadRunResult result;
  const std::optional<YamlNode> root = ReadTree(text, overrides, result.mistakes);
  if (!root) return result;
  Reading reading(path, kInRun);
  reading.Read(*root);
  RunConfiguration configuration = AssembleRun(reading);
  AddNew(reading.mistakes(), result.mistakes);
  result.warnings = reading.warnings();
  result.effective = reading.Effective();
  Sort(result.mistakes);
  Sort(result.warnings);
  if (result.mistakes.empty()) result.configuration = std::move(configuration);
  return result;
}

ReadRunResult ReadRun(const std::string& path, const Overrides& overrides) {
  return ReadBounded<ReadRunResult>(
      path, [&](const std::string& text) { return ReadRunText(path, text, overrides); });
}

RunSpec MakeRun(
    const Sweep& sweep, std::int64_t tokens, std::int64_t d_sae, double lr, std::uint64_t seed) {
  RunSpec run;
  run.source = sweep.source;
  run.sae = sweep.sae;
  run.sae.d_sae = d_sae;
  run.training = sweep.training;
  run.training.lr = lr;
  // Sizes of the sweep are whole batches already, those that a caller works out need not be.
  run.tokens = WholeBatches(tokens, sweep.training.batch_tokens);
  run.seed = seed;
  // A replicate varies in both seeds, so that the spread of replicates includes the order of the
  // data.
  run.stream_seed = seed;
  return run;
}

}  // namespace saelaw
