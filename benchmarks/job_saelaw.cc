// Writes the job file of a gang whose runs differ in learning rate or seed alone, for the
// benchmarks: everything that is not named here is the product's default.
#include <cstdlib>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "core/files.h"
#include "core/machine.h"
#include "jobs/job.h"
#include "program.h"

namespace saelaw {
namespace {

constexpr const char* kUsage =
    "usage: saelaw-bench-job KEY=VALUE...   a job file on standard output\n"
    "  kind=train|measure  threads=  d_sae=  batch_tokens=  tokens=  precision=fp32|bf16\n"
    "  lr=A,B,...  threshold=  bandwidth=  held_out=  normalisation=  cache=\n"
    "  seeds=N                                 each rate with the seeds 0 to N - 1 (else 0 alone)\n"
    "  schedule=cosine                         (else constant)\n"
    "  device=cuda                             (else cpu)\n"
    "  path=PATH                               of the steps (else as measured, or the fastest)\n"
    "  dense_above=SHARE                       likewise\n"
    "  coefficient= | target_l0=               the sparsity rule (else the default's coefficient)\n"
    "  measured=FILE                           a measurement of the source, where there is one\n"
    "  norm=NUMBER                             what it scales the vectors' mean norm to (else 1)\n"
    "  model= text= hook= layer= context=      a language model over text, or\n"
    "  d_in=  dictionary=  active=             a synthetic dictionary of so many vectors (else\n"
    "                                          4·d_in), so many of them in a token (else 64)\n";

using Values = std::map<std::string, std::string>;

const std::string& At(const Values& values, const std::string& key) {
  const auto found = values.find(key);
  if (found == values.end()) throw UsageError(fmt::format("{}= is missing\n{}", key, kUsage));
  return found->second;
}
std::int64_t Integer(const Values& values, const std::string& key) {
  return std::atoll(At(values, key).c_str());
}
double Number(const Values& values, const std::string& key) {
  return std::atof(At(values, key).c_str());
}

Values ReadValues(int count, char** arguments) {
  Values values;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const std::size_t equals = argument.find('=');
    if (equals == std::string::npos) throw UsageError(kUsage);
    values[argument.substr(0, equals)] = argument.substr(equals + 1);
  }
  return values;
}

SourceSpec ModelOverText(const Values& values) {
  SourceSpec source;
  source.kind = SourceKind::kModel;
  source.model.model = At(values, "model");
  source.model.text = {At(values, "text")};
  source.model.hook = At(values, "hook");
  source.model.layer = static_cast<int>(Integer(values, "layer"));
  source.model.context_tokens = static_cast<int>(Integer(values, "context"));
  // Stands for the content; these jobs never meet a ledger.
  source.identity = std::filesystem::path(source.model.model).filename().string();
  return source;
}

SourceSpec Synthetic(const Values& values) {
  SourceSpec source;
  source.kind = SourceKind::kSynthetic;
  source.d_in = source.synthetic.d_in = Integer(values, "d_in");
  source.synthetic.dictionary_size =
      values.contains("dictionary") ? Integer(values, "dictionary") : 4 * source.d_in;
  source.synthetic.active_latents = values.contains("active") ? Number(values, "active") : 64;
  source.identity = "synthetic";
  return source;
}

RunSpec SpecOf(const Values& values, const SourceSpec& source) {
  RunSpec spec;
  spec.source = source;
  spec.sae.d_sae = Integer(values, "d_sae");
  spec.sae.threshold_init = Number(values, "threshold");
  spec.sae.bandwidth = Number(values, "bandwidth");
  spec.training.batch_tokens = Integer(values, "batch_tokens");
  spec.training.schedule = values.contains("schedule") ? Schedule::kCosine : Schedule::kConstant;
  spec.training.evaluations = 1;
  spec.training.precision = At(values, "precision") == "bf16" ? Precision::kBf16 : Precision::kFp32;
  spec.tokens = Integer(values, "tokens");
  if (values.contains("coefficient")) {
    spec.training.sparsity_coefficient = Number(values, "coefficient");
  }
  if (values.contains("target_l0")) {
    spec.training.sparsity = SparsityRule::kTargetL0;
    spec.training.target_l0 = Number(values, "target_l0");
  }
  return spec;
}

void AddRuns(const Values& values, Job& job) {
  RunSpec spec = SpecOf(values, job.source);
  const std::int64_t seeds = values.contains("seeds") ? Integer(values, "seeds") : 1;
  std::istringstream rates(At(values, "lr"));
  for (std::string rate; std::getline(rates, rate, ',');) {
    spec.training.lr = std::atof(rate.c_str());
    for (spec.seed = 0; spec.seed < static_cast<std::uint64_t>(seeds); ++spec.seed) {
      job.runs.push_back(spec);
    }
  }
}

Job JobOf(const Values& values) {
  Job job;
  job.kind = At(values, "kind") == "train" ? JobKind::kTrain : JobKind::kMeasure;
  job.source = values.contains("model") ? ModelOverText(values) : Synthetic(values);
  job.source.held_out_tokens = Integer(values, "held_out");
  job.source.normalisation_tokens = Integer(values, "normalisation");
  job.threads = static_cast<int>(Integer(values, "threads"));
  if (values.contains("device")) job.device = At(values, "device");
  if (job.kind == JobKind::kMeasure) {
    job.tuning.machine = NameMachine(job.device);
    if (values.contains("d_sae")) {
      job.tuning.shapes = {{{Integer(values, "d_sae"), Integer(values, "batch_tokens")}, {}}};
    }
  }
  job.cache_folder = At(values, "cache");
  if (values.contains("measured")) {
    const Measurement measured = MeasurementFromJson(ReadFile(At(values, "measured")));
    job.activation_scale = measured.activation_scale;
    job.tuning = measured.tuning;
  }
  if (values.contains("norm")) job.activation_scale *= Number(values, "norm");
  if (values.contains("path")) job.tuning.path = At(values, "path");
  if (values.contains("dense_above")) {
    job.tuning.dense_above_fp32 = job.tuning.dense_above_bf16 = Number(values, "dense_above");
  }
  if (job.kind == JobKind::kTrain) AddRuns(values, job);
  job.id = ComputeId(job);
  return job;
}

}  // namespace
}  // namespace saelaw

int main(int count, char** arguments) {
  return saelaw::RunProgram("saelaw-bench-job", [&] {
    fmt::print("{}\n", saelaw::ToJson(saelaw::JobOf(saelaw::ReadValues(count, arguments))));
  });
}
