#include "train/attempt.h"

#include <chrono>
#include <cstdlib>
#include <map>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "core/errors.h"
#include "core/files.h"
#include "core/quantities.h"
#include "sae/model/architecture.h"
#include "tensors/shard_manifest.h"
#include "train/tensor_bytes.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

std::string FirstLine(const fs::path& path) {
  std::error_code failure;
  if (!fs::exists(path, failure)) return "";
  const std::string text = ReadFile(path);
  return text.substr(0, text.find_first_of(" \r\n"));
}

std::string EnvironmentOr(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value == nullptr ? fallback : value;
}

// The last part of a path, whether or not a slash ends it.
std::string NameOf(const std::string& path) {
  const fs::path normal = fs::path(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

// Differs between any two processes on any two machines, also when Slurm starts a job twice.
std::string Nonce() {
  char host[256] = "";
  ::gethostname(host, sizeof host - 1);
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::string text = fmt::format("{}|{}|{}|{}|{}|{}",
                                       host,
                                       FirstLine("/proc/sys/kernel/random/boot_id"),
                                       ::getpid(),
                                       now,
                                       EnvironmentOr("SLURM_JOB_ID", "-"),
                                       EnvironmentOr("SLURM_RESTART_COUNT", "-"));
  return HashBytes(text).substr(0, 12);
}

// docs/weights.md describes it. Names alone of what paths lead to: the file may be given away.
std::map<std::string, std::string> MetadataOf(const RunSpec& spec, double activation_scale) {
  std::map<std::string, std::string> metadata = {
      {"format", "saelaw-sae-1"},
      {"run", CanonicalJson(spec)},
      {"activation_scale", FormatExact(activation_scale)},
      {"source", std::string(Name(spec.source.kind))},
      {"pre_encoder_bias", spec.sae.pre_encoder_bias ? "true" : "false"}};
  if (spec.source.kind == SourceKind::kModel) {
    const ModelSource& model = spec.source.model;
    metadata["model"] = NameOf(model.model);
    metadata["hook"] = model.hook;
    metadata["layer"] = std::to_string(model.layer);
    metadata["context_tokens"] = std::to_string(model.context_tokens);
  } else if (spec.source.kind == SourceKind::kShards) {
    const ShardManifest manifest = ReadShardManifest(spec.source.shards);
    metadata["shards"] = NameOf(spec.source.shards);
    metadata["captured_from"] = manifest.identity;
    metadata["hook"] = manifest.hook;
    metadata["layer"] = std::to_string(manifest.layer);
    metadata["context_tokens"] = std::to_string(manifest.context_tokens);
  }
  return metadata;
}

}  // namespace

Attempt::Attempt(const fs::path& job_folder, const std::string& token)
    : job_folder_(job_folder),
      token_(token),
      folder_(job_folder / kAttemptsFolder / (token + "-" + Nonce())) {
  std::error_code failure;
  fs::create_directories(folder_.parent_path(), failure);
  if (!failure && !fs::create_directory(folder_, failure) && !failure) {
    failure = std::make_error_code(std::errc::file_exists);
  }
  if (failure) {
    throw IoError(fmt::format("cannot make {}: {}", folder_.string(), failure.message()));
  }
}

bool Attempt::IsCurrent() const {
  const std::string named = FirstLine(job_folder_ / kCurrentFile);
  return named.empty() || named == token_;
}

void Attempt::WriteProgress(const Progress& progress) const {
  WriteFile(folder_ / kProgressFile, ToJson(progress));
}

void Attempt::WriteMeasurement(const Measurement& measurement) const {
  WriteFile(folder_ / kMeasurementFile, ToJson(measurement), Durability::kSynced);
}

void Attempt::WriteResult(const RunResult& result) const {
  WriteFile(folder_ / ResultFile(result.id), ToJson(result), Durability::kSynced);
}

void Attempt::WriteFailure(const JobFailure& failure) const {
  WriteFile(folder_ / kFailureFile, ToJson(failure), Durability::kSynced);
}

std::string Attempt::WriteWeights(const RunSpec& spec,
                                  const SaeParameters& parameters,
                                  double activation_scale) const {
  const Architecture& architecture = ArchitectureOf(spec.sae);
  std::vector<TensorStream> tensors;
  for (const SaeTensor& tensor : architecture.tensors()) {
    tensors.push_back(
        StreamOf(tensor.exported, architecture.Exported(tensor, spec.sae, parameters)));
  }
  std::string name = WeightsFile(IdOf(spec));
  StreamSafetensors(folder_ / name, tensors, MetadataOf(spec, activation_scale));
  return name;
}

}  // namespace saelaw
