#include "train/checkpoint.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "run/errors.h"
#include "run/files.h"
#include "run/piece_hash.h"
#include "tensors/safetensors.h"
#include "train/tensor_bytes.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::string_view kPrefix = "checkpoint-";
constexpr std::string_view kSuffix = ".safetensors";

void AddParameters(const std::string& prefix,
                   const SaeParameters& parameters,
                   std::vector<TensorStream>& tensors) {
  const std::array<at::Tensor, 5> all = TensorsOf(parameters);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].defined()) tensors.push_back(StreamOf(prefix + kSaeTensorNames[i], all[i]));
  }
}

void AddMember(const RunId& id, const MemberState& member, std::vector<TensorStream>& tensors) {
  AddParameters(id + ".", member.sae.parameters, tensors);
  AddParameters(id + ".first.", member.sae.adam.first, tensors);
  AddParameters(id + ".second.", member.sae.adam.second, tensors);
  if (member.sae.adam.row_updates.defined()) {
    tensors.push_back(StreamOf(id + ".row_updates", member.sae.adam.row_updates));
  }
  if (member.silent_tokens.defined()) {
    tensors.push_back(StreamOf(id + ".silent_tokens", member.silent_tokens));
  }
}

// The curve travels as a result's JSON: that already knows how to keep a NaN.
Json CountersOf(const MemberState& member) {
  RunResult curve;
  curve.curve = member.curve;
  return {{"step", member.step},
          {"updates", member.sae.adam.updates},
          {"dense", member.sae.dense},
          {"tail_loss", member.tail_loss},
          {"tail_steps", member.tail_steps},
          {"seconds", member.seconds},
          {"curve", ToJson(curve)}};
}

std::string StateText(const GangState& state) {
  Json members = Json::object();
  for (const auto& [id, member] : state.members) members[id] = CountersOf(member);
  return Json{{"batches", state.batches},
              {"step_path", state.tuning.path},
              {"dense_above_fp32", state.tuning.dense_above_fp32},
              {"dense_above_bf16", state.tuning.dense_above_bf16},
              {"members", members}}
      .dump();
}

// Over the counters and, by name, every tensor's bytes.
std::string Checksum(std::string text, const std::vector<TensorStream>& tensors) {
  for (const TensorStream& tensor : tensors) {
    PieceHash hash;
    tensor.give([&](std::span<const std::byte> piece) { hash.Add(piece); });
    text += tensor.name + hash.Digest();
  }
  return HashBytes(text);
}

std::string At(const std::map<std::string, std::string>& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  return found == metadata.end() ? std::string() : found->second;
}

void CheckWhole(const SafetensorsFile& file) {
  std::vector<TensorStream> tensors;  // sorted by name
  for (const auto& [name, view] : file.tensors()) {
    const std::span<const std::byte> bytes = view.bytes;
    tensors.push_back({name, view.type, view.shape, [bytes](const auto& take) { take(bytes); }});
  }
  if (Checksum(At(file.metadata(), "state"), tensors) != At(file.metadata(), "checksum")) {
    throw IoError(fmt::format("{}: the checksum does not match", file.path().string()));
  }
}

at::Tensor Load(const SafetensorsFile& file, const std::string& name, at::Device device) {
  const TensorView* view = file.Find(name);
  return view == nullptr ? at::Tensor() : FromView(*view, device);
}

SaeParameters LoadParameters(const SafetensorsFile& file,
                             const std::string& prefix,
                             at::Device device) {
  const auto load = [&](const char* name) { return Load(file, prefix + name, device); };
  SaeParameters parameters{
      load("w_enc"), load("b_enc"), load("w_dec"), load("b_dec"), load("threshold")};
  // As it was in memory: products of the same numbers in another order may round differently.
  if (parameters.w_enc.defined()) parameters.w_enc = StoredByLatent(parameters.w_enc);
  return parameters;
}

MemberState LoadMember(const SafetensorsFile& file,
                       const RunId& id,
                       const Json& counters,
                       at::Device device) {
  MemberState member;
  member.sae.parameters = LoadParameters(file, id + ".", device);
  member.sae.adam.first = LoadParameters(file, id + ".first.", device);
  member.sae.adam.second = LoadParameters(file, id + ".second.", device);
  const at::Tensor row_updates = Load(file, id + ".row_updates", device);
  if (row_updates.defined()) member.sae.adam.row_updates = row_updates.to(at::kInt);
  member.silent_tokens = Load(file, id + ".silent_tokens", device);
  counters.at("step").get_to(member.step);
  counters.at("updates").get_to(member.sae.adam.updates);
  counters.at("dense").get_to(member.sae.dense);
  counters.at("tail_loss").get_to(member.tail_loss);
  counters.at("tail_steps").get_to(member.tail_steps);
  counters.at("seconds").get_to(member.seconds);
  member.curve = RunResultFromJson(counters.at("curve").get<std::string>()).curve;
  return member;
}

// The tokens in a checkpoint's name; -1 for any other file.
std::int64_t TokensOf(const fs::path& path) {
  const std::string name = path.filename().string();
  if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) return -1;
  std::int64_t tokens = -1;
  const char* end = name.data() + name.size() - kSuffix.size();
  const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, tokens);
  return parsed.ptr == end ? tokens : -1;
}

// Furthest on first.
std::vector<fs::path> CheckpointsIn(const std::vector<fs::path>& folders) {
  std::vector<fs::path> found;
  for (const fs::path& folder : folders) {
    std::error_code gone;  // an attempt may be cleaned away while we look
    for (const auto& entry : fs::directory_iterator(folder, gone)) {
      if (TokensOf(entry.path()) >= 0) found.push_back(entry.path());
    }
  }
  std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(TokensOf(a), a) > std::pair(TokensOf(b), b);
  });
  return found;
}

}  // namespace

std::string CheckpointFile(std::int64_t tokens) {
  return fmt::format("{}{}{}", kPrefix, tokens, kSuffix);
}

void WriteCheckpoint(const fs::path& path, const Job& job, const GangState& state) {
  std::vector<TensorStream> tensors;
  for (const auto& [id, member] : state.members) AddMember(id, member, tensors);
  std::sort(tensors.begin(), tensors.end(), [](const TensorStream& a, const TensorStream& b) {
    return a.name < b.name;
  });
  const std::string text = StateText(state);
  StreamSafetensors(path,
                    tensors,
                    {{"job", job.id},
                     {"threads", std::to_string(job.threads)},
                     {"state", text},
                     {"checksum", Checksum(text, tensors)}});
}

GangState ReadCheckpoint(const fs::path& path, const Job& job, at::Device device) {
  const SafetensorsFile file(path);
  if (const std::string owner = At(file.metadata(), "job"); owner != job.id) {
    throw ConfigurationError(
        fmt::format("{}: is a checkpoint of job '{}', not of '{}'", path.string(), owner, job.id));
  }
  CheckWhole(file);
  try {
    const Json json = Json::parse(At(file.metadata(), "state"));
    GangState state;
    json.at("batches").get_to(state.batches);
    json.at("step_path").get_to(state.tuning.path);
    json.at("dense_above_fp32").get_to(state.tuning.dense_above_fp32);
    json.at("dense_above_bf16").get_to(state.tuning.dense_above_bf16);
    for (const auto& [id, counters] : json.at("members").items()) {
      state.members.emplace(id, LoadMember(file, id, counters, device));
    }
    return state;
  } catch (const Json::exception& error) {
    throw IoError(fmt::format("{}: damaged checkpoint: {}", path.string(), error.what()));
  }
}

std::optional<GangState> NewestCheckpoint(const fs::path& job_folder,
                                          const Job& job,
                                          at::Device device,
                                          const std::function<void(const std::string&)>& note) {
  std::vector<fs::path> attempts;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(job_folder / kAttemptsFolder, none)) {
    attempts.push_back(entry.path());
  }
  for (const fs::path& path : CheckpointsIn(attempts)) {
    try {
      return ReadCheckpoint(path, job, device);
    } catch (const Error& error) {
      if (error.code() == ExitCode::kConfiguration) throw;
      note(fmt::format("checkpoint passed over: {}", error.what()));
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
