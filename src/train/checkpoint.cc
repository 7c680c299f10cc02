#include "train/checkpoint.h"

#include <map>
#include <span>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/machine.h"
#include "core/quantities.h"
#include "jobs/checkpoints.h"
#include "sae/model/architecture.h"
#include "sae/tune/step_path.h"
#include "tensors/safetensors.h"
#include "train/tensor_bytes.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Stored: the number changes with what is written. Version 1 did not name itself.
constexpr const char* kFormat = "saelaw-checkpoint-2";
constexpr const char* kStateTensor = "state";

void AddParameters(const Architecture& architecture,
                   const std::string& prefix,
                   const SaeParameters& parameters,
                   std::vector<TensorStream>& tensors) {
  for (const SaeTensor& tensor : architecture.tensors()) {
    const at::Tensor& own = parameters.*tensor.field;
    if (own.defined()) tensors.push_back(StreamOf(prefix + tensor.name, own));
  }
}

std::string PrefixOf(std::size_t trunk) { return fmt::format("trunk{}.", trunk); }

void AddTrunk(const Architecture& architecture,
              const std::string& prefix,
              const TrunkState& trunk,
              std::vector<TensorStream>& tensors) {
  AddParameters(architecture, prefix, trunk.sae.parameters, tensors);
  AddParameters(architecture, prefix + "first.", trunk.sae.adam.first, tensors);
  AddParameters(architecture, prefix + "second.", trunk.sae.adam.second, tensors);
  if (trunk.sae.adam.row_updates.defined()) {
    tensors.push_back(StreamOf(prefix + "row_updates", trunk.sae.adam.row_updates));
  }
  if (trunk.silent_tokens.defined()) {
    tensors.push_back(StreamOf(prefix + "silent_tokens", trunk.silent_tokens));
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

// The curve travels as a result does: that already knows how to keep a NaN.
Json BooksToJson(const MemberBooks& books) {
  RunResult measured;
  measured.curve = books.curve;
  return {{"tail_loss", books.tail_loss},
          {"tail_steps", books.tail_steps},
          {"seconds", books.seconds},
          {"trend", TrendToJson(books.trend)},
          {"measured", Json::parse(ToJson(measured))}};
}

MemberBooks BooksFrom(const Json& json) {
  MemberBooks books;
  json.at("tail_loss").get_to(books.tail_loss);
  json.at("tail_steps").get_to(books.tail_steps);
  json.at("seconds").get_to(books.seconds);
  books.trend = TrendFrom(json.at("trend"));
  books.curve = RunResultFromJson(json.at("measured").dump()).curve;
  return books;
}

Json TrunkToJson(const SharedTrunk& trunk) {
  return {{"members", trunk.members},
          {"step", trunk.state.step},
          {"updates", trunk.state.sae.adam.updates},
          {"dense", trunk.state.sae.dense}};
}

std::string StateText(const GangState& state) {
  Json trunks = Json::array(), members = Json::object();
  for (const SharedTrunk& trunk : state.trunks) trunks.push_back(TrunkToJson(trunk));
  for (const auto& [id, books] : state.members) members[id] = BooksToJson(books);
  return Json{{"batches", state.batches},
              {"tuning", Json::parse(ToJson(state.tuning))},
              {"trunks", trunks},
              {"members", members}}
      .dump();
}

// Text as a tensor of its bytes: metadata are strings inside of JSON already.
TensorStream BytesOf(const std::string& name, const std::string& text) {
  return {name,
          TensorType::kU8,
          {static_cast<std::int64_t>(text.size())},
          [text](const TensorStream::Take& take) { take(std::as_bytes(std::span(text))); }};
}

std::string TextOf(const SafetensorsFile& file, const std::string& name) {
  const TensorView* view = file.Find(name);
  if (view == nullptr) throw IoError(fmt::format("{}: has no {}", file.path().string(), name));
  return {reinterpret_cast<const char*>(view->bytes.data()), view->bytes.size()};
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
                     const std::string& prefix,
                     const Json& counters,
                     at::Device device) {
  TrunkState trunk;
  trunk.sae.parameters = LoadParameters(architecture, file, prefix, device);
  trunk.sae.adam.first = LoadParameters(architecture, file, prefix + "first.", device);
  trunk.sae.adam.second = LoadParameters(architecture, file, prefix + "second.", device);
  const at::Tensor row_updates = Load(file, prefix + "row_updates", device);
  if (row_updates.defined()) trunk.sae.adam.row_updates = row_updates.to(at::kInt);
  trunk.silent_tokens = Load(file, prefix + "silent_tokens", device);
  counters.at("step").get_to(trunk.step);
  counters.at("updates").get_to(trunk.sae.adam.updates);
  counters.at("dense").get_to(trunk.sae.dense);
  return trunk;
}

// The runs of the job that train this trunk of the file.
std::vector<const RunSpec*> TrainersOf(const Json& trunk, const Job& job) {
  const auto named = trunk.at("members").get<std::vector<RunId>>();
  std::vector<const RunSpec*> trainers;
  for (const RunSpec& run : job.runs) {
    if (std::find(named.begin(), named.end(), IdOf(run)) != named.end()) trainers.push_back(&run);
  }
  return trainers;
}

// The trunks that runs of the job train, and these runs' books.
void LoadTrunks(const SafetensorsFile& file,
                const Json& json,
                const Job& job,
                at::Device device,
                GangState& state) {
  const Json& trunks = json.at("trunks");
  for (std::size_t i = 0; i < trunks.size(); ++i) {
    const std::vector<const RunSpec*> trainers = TrainersOf(trunks[i], job);
    if (trainers.empty()) continue;
    SharedTrunk& trunk = state.trunks.emplace_back();
    trunk.state =
        LoadTrunk(ArchitectureOf(trainers.front()->sae), file, PrefixOf(i), trunks[i], device);
    for (const RunSpec* run : trainers) {
      trunk.members.push_back(IdOf(*run));
      state.members.emplace(IdOf(*run), BooksFrom(json.at("members").at(IdOf(*run))));
    }
  }
}

std::string KindOf(const std::string& device) { return device.substr(0, device.find(':')); }

// Why the job would not compute what follows as the checkpoint's would have; empty: it would. That
// its runs are the same is said by their names.
std::string Disagreement(const SafetensorsFile& file, const Job& job) {
  if (At(file.metadata(), "format") != kFormat) return "is of another version of saelaw";
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

GangState LoadState(const SafetensorsFile& file, const Job& job, at::Device device) {
  try {
    const Json json = Json::parse(TextOf(file, kStateTensor));
    GangState state;
    json.at("batches").get_to(state.batches);
    state.tuning = StepTuningFromJson(json.at("tuning").dump());
    LoadTrunks(file, json, job, device, state);
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
  std::map<RunId, const RunSpec*> specs;
  for (const RunSpec& run : job.runs) specs.emplace(IdOf(run), &run);
  for (std::size_t i = 0; i < state.trunks.size(); ++i) {
    const SharedTrunk& trunk = state.trunks[i];
    const RunSpec& any = *specs.at(trunk.members.front());
    AddTrunk(ArchitectureOf(any.sae), PrefixOf(i), trunk.state, tensors);
  }
  tensors.push_back(BytesOf(kStateTensor, StateText(state)));
  StreamSealedSafetensors(path,
                          tensors,
                          {{"format", kFormat},
                           {"job", job.id},
                           {"threads", std::to_string(job.threads)},
                           {"device", KindOf(job.device)},
                           {"activation_scale", FormatExact(job.activation_scale)}});
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

}  // namespace saelaw
