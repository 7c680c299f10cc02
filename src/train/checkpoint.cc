// Tensors go into the file one by one in pieces, and everything else as one JSON text in a tensor
// of bytes. Each trunk is stored once, however many runs share it. Reading asks first whether the
// file is whole, then whether it fits the job, and only then believes what it says.
#include "train/checkpoint.h"

#include <cmath>
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

// An SAE need not have every tensor of its architecture. A tensor that is undefined is not written,
// and comes back as undefined because the file does not have it.
void AddParameters(const Architecture& architecture,
                   const std::string& prefix,
                   const SaeParameters& parameters,
                   std::vector<TensorStream>& tensors) {
  for (const SaeTensor& tensor : architecture.tensors()) {
    const at::Tensor& own = parameters.*tensor.field;
    if (own.defined()) tensors.push_back(MakeStream(prefix + tensor.name, own));
  }
}

std::string MakePrefix(std::size_t trunk) { return fmt::format("trunk{}.", trunk); }

// The names made here are the ones that LoadTrunk looks for. Both change together, with kFormat.
void AddTrunk(const Architecture& architecture,
              const std::string& prefix,
              const TrunkState& trunk,
              std::vector<TensorStream>& tensors) {
  AddParameters(architecture, prefix, trunk.sae.parameters, tensors);
  AddParameters(architecture, prefix + "first.", trunk.sae.adam.first, tensors);
  AddParameters(architecture, prefix + "second.", trunk.sae.adam.second, tensors);
  // The counts of updates are whole numbers in memory and travel as F32 like all tensors of a
  // trunk; they are exact up to 2^24 updates.
  if (trunk.sae.adam.row_updates.defined()) {
    tensors.push_back(MakeStream(prefix + "row_updates", trunk.sae.adam.row_updates));
  }
  if (trunk.silent_tokens.defined()) {
    tensors.push_back(MakeStream(prefix + "silent_tokens", trunk.silent_tokens));
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

// The curve travels in the form of a result, because that form already knows how to keep a NaN,
// which JSON has no number for.
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

// What is not there yet (no look, no step since) is left out: JSON has no NaN.
Json ControllerToJson(const L0ControllerState& state) {
  Json json = {{"log_factor", state.log_factor}, {"steps", state.steps}};
  if (!std::isnan(state.last_miss)) json["last_miss"] = state.last_miss;
  if (state.active.defined()) json["active"] = state.active.item<double>();
  return json;
}

L0ControllerState ControllerFrom(const Json& json, at::Device device) {
  L0ControllerState state;
  json.at("log_factor").get_to(state.log_factor);
  json.at("steps").get_to(state.steps);
  state.last_miss = json.value("last_miss", state.last_miss);
  if (json.contains("active")) {
    state.active = at::scalar_tensor(json.at("active").get<double>(), at::kDouble).to(device);
  }
  return state;
}

// The counters of a trunk are small and exact, so they stand in the text, beside the runs that it
// serves. A run's own books are kept apart, under its id.
Json TrunkToJson(const SharedTrunk& trunk) {
  return {{"members", trunk.members},
          {"step", trunk.state.step},
          {"updates", trunk.state.sae.adam.updates},
          {"dense", trunk.state.sae.dense},
          {"l0", ControllerToJson(trunk.state.l0)}};
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

// The text is stored as a tensor of its bytes. Metadata would be the wrong place: they are strings
// inside the header's JSON, and a JSON text in them would be escaped a second time.
TensorStream MakeTextTensor(const std::string& name, const std::string& text) {
  return {name,
          TensorType::kU8,
          {static_cast<std::int64_t>(text.size())},
          [text](const TensorStream::Take& take) { take(std::as_bytes(std::span(text))); }};
}

std::string ReadText(const SafetensorsFile& file, const std::string& name) {
  const TensorView* view = file.Find(name);
  if (view == nullptr) throw IoError(fmt::format("{}: has no {}", file.path().string(), name));
  return {reinterpret_cast<const char*>(view->bytes.data()), view->bytes.size()};
}

// An absent key reads as an empty text, which agrees with no job and so is refused as a
// disagreement.
std::string At(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

// A tensor that the file lacks is undefined, as it was when it was written.
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
    // The tensor gets the strides that it had in memory. The file holds rows in plain order, and
    // products of the same numbers in another order may round differently.
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
  // A checkpoint of a step path that keeps no counts by row has none, and then the counts stay
  // undefined.
  const at::Tensor row_updates = Load(file, prefix + "row_updates", device);
  if (row_updates.defined()) trunk.sae.adam.row_updates = row_updates.to(at::kInt);
  trunk.silent_tokens = Load(file, prefix + "silent_tokens", device);
  counters.at("step").get_to(trunk.step);
  counters.at("updates").get_to(trunk.sae.adam.updates);
  counters.at("dense").get_to(trunk.sae.dense);
  // Checkpoints from before there was a controller are of runs that have none.
  if (counters.contains("l0")) trunk.l0 = ControllerFrom(counters.at("l0"), device);
  return trunk;
}

// The runs of the job that train this trunk of the file.
std::vector<const RunSpec*> ListTrainers(const Json& trunk, const Job& job) {
  const auto named = trunk.at("members").get<std::vector<RunId>>();
  std::vector<const RunSpec*> trainers;
  for (const RunSpec& run : job.runs) {
    if (std::find(named.begin(), named.end(), ComputeId(run)) != named.end())
      trainers.push_back(&run);
  }
  return trainers;
}

// Loads only the trunks that runs of this job still train, and the books of these runs. A job that
// continues another may have fewer runs, and what it does not need is never read into memory.
void LoadTrunks(const SafetensorsFile& file,
                const Json& json,
                const Job& job,
                at::Device device,
                GangState& state) {
  const Json& trunks = json.at("trunks");
  for (std::size_t i = 0; i < trunks.size(); ++i) {
    const std::vector<const RunSpec*> trainers = ListTrainers(trunks[i], job);
    if (trainers.empty()) continue;
    SharedTrunk& trunk = state.trunks.emplace_back();
    // The place of a trunk in the file names its tensors, also where earlier trunks were left out.
    trunk.state =
        LoadTrunk(FindArchitecture(trainers.front()->sae), file, MakePrefix(i), trunks[i], device);
    for (const RunSpec* run : trainers) {
      trunk.members.push_back(ComputeId(*run));
      state.members.emplace(ComputeId(*run), BooksFrom(json.at("members").at(ComputeId(*run))));
    }
  }
}

// Bits depend on the kind of a device and not on which of several it is, so "cuda:1" counts as
// "cuda".
std::string FindKind(const std::string& device) { return device.substr(0, device.find(':')); }

// Says why the job would not compute what follows as the checkpoint's own job would have; an empty
// text says that it would. The runs need no comparison here, because their ids are made from all
// that they are.
std::string Disagreement(const SafetensorsFile& file, const Job& job) {
  if (At(file.metadata(), "format") != kFormat) return "is of another version of saelaw";
  const auto differs = [&](const char* key, const std::string& own) {
    const std::string there = At(file.metadata(), key);
    return there == own ? std::string()
                        : fmt::format("was written with {} {}, the job has {}", key, there, own);
  };
  std::string why = differs("activation_scale", FormatExact(job.activation_scale));
  if (why.empty()) why = differs("threads", std::to_string(job.threads));
  if (why.empty()) why = differs("device", FindKind(job.device));
  return why;
}

GangState LoadState(const SafetensorsFile& file, const Job& job, at::Device device) {
  try {
    const Json json = Json::parse(ReadText(file, kStateTensor));
    GangState state;
    json.at("batches").get_to(state.batches);
    state.tuning = StepTuningFromJson(json.at("tuning").dump());
    LoadTrunks(file, json, job, device, state);
    return state;
  } catch (const Json::exception& error) {
    // The seal has vouched for the bytes by now, so a text that does not parse was never written
    // right. It is reported as damage all the same: the job can then begin from an older
    // checkpoint.
    throw IoError(fmt::format("{}: damaged checkpoint: {}", file.path().string(), error.what()));
  }
}

// Compares with the tuning that this machine would choose for the job, as if nothing had begun yet.
// A job that continues another must get the bits that it would have got alone.
bool SameTuning(const StepTuning& there, const Job& job) {
  const StepTuning own =
      ResolvedTuning(job.tuning, at::Device(job.device), NameMachine(job.device), /*begun=*/false);
  return ToJson(there) == ToJson(own);
}

// Reads a checkpoint of another job that this one continues. It must have every run of this job,
// because all runs of a gang stand at the same batch. Throws an Error that says why it cannot be
// used.
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
  for (const RunSpec& run : job.runs) specs.emplace(ComputeId(run), &run);
  for (std::size_t i = 0; i < state.trunks.size(); ++i) {
    const SharedTrunk& trunk = state.trunks[i];
    // All runs that share a trunk have the same architecture, so any of them can name its tensors.
    const RunSpec& any = *specs.at(trunk.members.front());
    AddTrunk(FindArchitecture(any.sae), MakePrefix(i), trunk.state, tensors);
  }
  tensors.push_back(MakeTextTensor(kStateTensor, StateText(state)));
  StreamSealedSafetensors(path,
                          tensors,
                          {{"format", kFormat},
                           {"job", job.id},
                           {"threads", std::to_string(job.threads)},
                           {"device", FindKind(job.device)},
                           {"activation_scale", FormatExact(job.activation_scale)}});
}

GangState ReadCheckpoint(const fs::path& path, const Job& job, at::Device device) {
  CheckSeal(path);
  const SafetensorsFile file(path);
  // The owner is asked first: for a stranger's file no other disagreement would make sense to the
  // reader.
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
  // The newest checkpoint stands first. A damaged one costs the work since the one before it; one
  // that disagrees ends the attempt, because the user has changed the job and must decide.
  for (const fs::path& path : CheckpointsOfJob(job_folder)) {
    try {
      return ReadCheckpoint(path, job, device);
    } catch (const Error& error) {
      if (error.code() == ExitCode::kConfiguration) throw;
      pass_over(error);
    }
  }
  // An earlier job's checkpoints are an offer, not a promise: whatever is wrong with one, the job
  // can do without it and begin from its first batch.
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
