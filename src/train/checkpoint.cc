#include "train/checkpoint.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/machine.h"
#include "core/quantities.h"
#include "sae/model/architecture.h"
#include "sae/tune/step_path.h"
#include "tensors/safetensors.h"
#include "train/tensor_bytes.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

void AddParameters(const Architecture& architecture,
                   const std::string& prefix,
                   const SaeParameters& parameters,
                   std::vector<TensorStream>& tensors) {
  for (const SaeTensor& tensor : architecture.tensors()) {
    const at::Tensor& own = parameters.*tensor.field;
    if (own.defined()) tensors.push_back(StreamOf(prefix + tensor.name, own));
  }
}

// None of a member whose trunk another one holds.
void AddTrunk(const Architecture& architecture,
              const RunId& id,
              const TrunkState& trunk,
              std::vector<TensorStream>& tensors) {
  AddParameters(architecture, id + ".", trunk.sae.parameters, tensors);
  AddParameters(architecture, id + ".first.", trunk.sae.adam.first, tensors);
  AddParameters(architecture, id + ".second.", trunk.sae.adam.second, tensors);
  if (trunk.sae.adam.row_updates.defined()) {
    tensors.push_back(StreamOf(id + ".row_updates", trunk.sae.adam.row_updates));
  }
  if (trunk.silent_tokens.defined()) {
    tensors.push_back(StreamOf(id + ".silent_tokens", trunk.silent_tokens));
  }
}

Json TrendToJson(const ErrorTrend& trend) {
  return {{"start", trend.start},
          {"steps", trend.steps},
          {"first_half", trend.first_half},
          {"second_half", trend.second_half}};
}

ErrorTrend TrendFrom(const Json& json) {
  return {json.at("start").get<double>(),
          json.at("steps").get<std::int64_t>(),
          json.at("first_half").get<double>(),
          json.at("second_half").get<double>()};
}

// The curve travels as a result's JSON: that already knows how to keep a NaN.
Json CountersOf(const MemberState& member) {
  RunResult curve;
  curve.curve = member.curve;
  Json json = {{"tail_loss", member.tail_loss},
               {"tail_steps", member.tail_steps},
               {"seconds", member.seconds},
               {"trend", TrendToJson(member.trend)},
               {"curve", ToJson(curve)}};
  if (!member.holder.empty()) {
    json["holder"] = member.holder;
    return json;
  }
  json["step"] = member.trunk.step;
  json["updates"] = member.trunk.sae.adam.updates;
  json["dense"] = member.trunk.sae.dense;
  return json;
}

std::string StateText(const GangState& state) {
  Json members = Json::object();
  for (const auto& [id, member] : state.members) members[id] = CountersOf(member);
  return Json{{"batches", state.batches}, {"tuning", ToJson(state.tuning)}, {"members", members}}
      .dump();
}

std::string At(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

at::Tensor Load(const SafetensorsFile& file, const std::string& name, at::Device device) {
  const TensorView* view = file.Find(name);
  return view == nullptr ? at::Tensor() : FromView(*view, device);
}

SaeParameters LoadParameters(const Architecture& architecture,
                             const SafetensorsFile& file,
                             const std::string& prefix,
                             at::Device device) {
  SaeParameters parameters;
  for (const SaeTensor& tensor : architecture.tensors()) {
    at::Tensor& own = parameters.*tensor.field;
    own = Load(file, prefix + tensor.name, device);
    // As it was in memory: products of the same numbers in another order may round differently.
    if (own.defined() && tensor.by_latent) own = StoredByLatent(own);
  }
  return parameters;
}

TrunkState LoadTrunk(const Architecture& architecture,
                     const SafetensorsFile& file,
                     const RunId& id,
                     const Json& counters,
                     at::Device device) {
  TrunkState trunk;
  trunk.sae.parameters = LoadParameters(architecture, file, id + ".", device);
  trunk.sae.adam.first = LoadParameters(architecture, file, id + ".first.", device);
  trunk.sae.adam.second = LoadParameters(architecture, file, id + ".second.", device);
  const at::Tensor row_updates = Load(file, id + ".row_updates", device);
  if (row_updates.defined()) trunk.sae.adam.row_updates = row_updates.to(at::kInt);
  trunk.silent_tokens = Load(file, id + ".silent_tokens", device);
  counters.at("step").get_to(trunk.step);
  counters.at("updates").get_to(trunk.sae.adam.updates);
  counters.at("dense").get_to(trunk.sae.dense);
  return trunk;
}

MemberState LoadBooks(const Json& counters) {
  MemberState member;
  counters.at("tail_loss").get_to(member.tail_loss);
  counters.at("tail_steps").get_to(member.tail_steps);
  counters.at("seconds").get_to(member.seconds);
  member.trend = TrendFrom(counters.at("trend"));
  member.curve = RunResultFromJson(counters.at("curve").get<std::string>()).curve;
  return member;
}

// The members that are runs of the job; a trunk is held by the first of these that trains it, in
// the file under whatever name.
std::map<RunId, MemberState> LoadMembers(const SafetensorsFile& file,
                                         const Json& counters,
                                         const Job& job,
                                         at::Device device) {
  std::map<RunId, MemberState> members;
  std::map<RunId, RunId> holders;  // in the file → here
  for (const RunSpec& run : job.runs) {
    const RunId id = IdOf(run);
    const auto own = counters.find(id);
    if (own == counters.end()) continue;
    MemberState member = LoadBooks(*own);
    const RunId in_file = own->value("holder", id);
    const auto [holder, is_first] = holders.emplace(in_file, id);
    if (is_first) {
      member.trunk =
          LoadTrunk(ArchitectureOf(run.sae), file, in_file, counters.at(in_file), device);
    } else {
      member.holder = holder->second;
    }
    members.emplace(id, std::move(member));
  }
  return members;
}

// Furthest on first.
std::vector<fs::path> CheckpointsIn(const std::vector<fs::path>& folders) {
  std::vector<fs::path> found;
  const auto tokens = [](const fs::path& path) {
    return CheckpointTokens(path.filename().string());
  };
  for (const fs::path& folder : folders) {
    std::error_code gone;  // an attempt may be cleaned away while we look
    for (const auto& entry : fs::directory_iterator(folder, gone)) {
      if (tokens(entry.path()) >= 0) found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end(), [&](const fs::path& a, const fs::path& b) {
    return std::pair(tokens(a), a) > std::pair(tokens(b), b);
  });
  return found;
}

std::vector<fs::path> CheckpointsOfJob(const fs::path& job_folder) {
  std::vector<fs::path> attempts;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(job_folder / kAttemptsFolder, none)) {
    attempts.push_back(entry.path());
  }
  return CheckpointsIn(attempts);
}

std::string KindOf(const std::string& device) { return device.substr(0, device.find(':')); }

// Why the job would not compute what follows as the checkpoint's would have; empty: it would. That
// its runs are the same is said by their names.
std::string Disagreement(const SafetensorsFile& file, const Job& job) {
  const auto differs = [&](const char* key, const std::string& own) {
    const std::string there = At(file.metadata(), key);
    return there == own ? std::string()
                        : fmt::format("was written with {} {}, the job has {}", key, there, own);
  };
  std::string why = differs("activation_scale", FormatExact(job.activation_scale));
  if (why.empty()) why = differs("threads", std::to_string(job.threads));
  if (why.empty()) why = differs("device", KindOf(job.device));
  return why;
}

// The members that are runs of the job.
GangState LoadState(const SafetensorsFile& file, const Job& job, at::Device device) {
  try {
    const Json json = Json::parse(At(file.metadata(), "state"));
    GangState state;
    json.at("batches").get_to(state.batches);
    state.tuning = StepTuningFromJson(json.at("tuning").get<std::string>());
    state.members = LoadMembers(file, json.at("members"), job, device);
    return state;
  } catch (const Json::exception& error) {
    throw IoError(fmt::format("{}: damaged checkpoint: {}", file.path().string(), error.what()));
  }
}

// As this machine would resolve it.
bool SameTuning(const StepTuning& there, const Job& job) {
  const StepTuning own =
      ResolvedTuning(job.tuning, at::Device(job.device), MachineOf(job.device), /*begun=*/false);
  return ToJson(there) == ToJson(own);
}

// Of another job that this one continues. Throws Error saying why it cannot be gone on from.
GangState ReadForeign(const fs::path& path, const Job& job, at::Device device) {
  CheckSeal(path);
  const SafetensorsFile file(path);
  std::string why = Disagreement(file, job);
  GangState state;
  if (why.empty()) state = LoadState(file, job, device);
  if (why.empty() && !SameTuning(state.tuning, job)) why = "its steps were taken otherwise";
  if (why.empty() && state.members.size() != job.runs.size()) why = "it lacks a run of the job";
  if (!why.empty()) throw ConfigurationError(fmt::format("{}: {}", path.string(), why));
  return state;
}

}  // namespace

void WriteCheckpoint(const fs::path& path, const Job& job, const GangState& state) {
  std::vector<TensorStream> tensors;
  for (const RunSpec& run : job.runs) {
    const auto member = state.members.find(IdOf(run));
    if (member == state.members.end()) continue;
    AddTrunk(ArchitectureOf(run.sae), member->first, member->second.trunk, tensors);
  }
  StreamSealedSafetensors(path,
                          tensors,
                          {{"job", job.id},
                           {"threads", std::to_string(job.threads)},
                           {"device", KindOf(job.device)},
                           {"activation_scale", FormatExact(job.activation_scale)},
                           {"state", StateText(state)}});
}

GangState ReadCheckpoint(const fs::path& path, const Job& job, at::Device device) {
  CheckSeal(path);
  const SafetensorsFile file(path);
  if (const std::string owner = At(file.metadata(), "job"); owner != job.id) {
    throw ConfigurationError(
        fmt::format("{}: is a checkpoint of job '{}', not of '{}'", path.string(), owner, job.id));
  }
  if (const std::string why = Disagreement(file, job); !why.empty()) {
    throw ConfigurationError(fmt::format(
        "{}: {}: give the job what it was begun with, or remove its folder to begin again",
        path.string(),
        why));
  }
  return LoadState(file, job, device);
}

std::optional<GangState> NewestCheckpoint(const fs::path& job_folder,
                                          const Job& job,
                                          at::Device device,
                                          const std::function<void(const std::string&)>& note) {
  const auto pass_over = [&](const Error& error) {
    note(fmt::format("checkpoint passed over: {}", error.what()));
  };
  for (const fs::path& path : CheckpointsOfJob(job_folder)) {
    try {
      return ReadCheckpoint(path, job, device);
    } catch (const Error& error) {
      if (error.code() == ExitCode::kConfiguration) throw;
      pass_over(error);
    }
  }
  for (const std::string& earlier : job.continues) {
    for (const fs::path& path : CheckpointsOfJob(job_folder.parent_path() / earlier)) {
      try {
        return ReadForeign(path, job, device);
      } catch (const Error& error) {
        pass_over(error);
      }
    }
  }
  return std::nullopt;
}

void KeepNewestCheckpoints(const fs::path& attempt_folder, std::size_t count) {
  const std::vector<fs::path> found = CheckpointsIn({attempt_folder});
  for (std::size_t i = count; i < found.size(); ++i) {
    std::error_code ignored;  // one too many does no harm
    fs::remove(found[i], ignored);
  }
}

}  // namespace saelaw
