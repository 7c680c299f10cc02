// What a language model's stream costs on a GPU: the half forward pass of a model with
// Llama-3.2-1B's blocks and random weights, and runs that train on that stream: a gang of 16
// against one alone.
//   saelaw-bench-stream DEVICE OUT.json [--quick]
//   saelaw-bench-stream --model FOLDER   writes a small one, whole, and a text for it
// The model that is measured lies in a folder that is removed at the end.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "core/machine.h"
#include "llm/llama.h"
#include "program.h"
#include "random_llama.h"
#include "sae/model/initialise.h"
#include "sae/model/parameters.h"
#include "still_gang.h"
#include "study/price/cost.h"
#include "study/price/memory.h"
#include "temporary_folder.h"
#include "timing.h"
#include "train/gang.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// What is measured, by default on Llama-3.2-1B's blocks.
struct Shape {
  RandomLlama llama;
  std::int64_t layer = 7, context = 1024;
  std::int64_t d_sae = 4096, batch_tokens = 4096, members = 16;
  int passes = 16, steps = 128, rounds = 5;

  ModelShape model() const {
    ModelShape model;
    model.layers = llama.layers, model.hidden_size = llama.hidden;
    model.intermediate_size = llama.intermediate, model.vocabulary = llama.vocabulary;
    model.heads = llama.heads, model.kv_heads = llama.kv_heads, model.head_dim = llama.head_dim;
    return model;
  }
  // To the hook; attention's scores are not counted.
  double FlopsPerToken() const {
    ModelSource source;
    source.layer = static_cast<int>(layer);
    return ForwardFlops(model(), source, /*tokens=*/1);
  }
};

Shape ShapeOf(bool quick) {
  if (!quick) return {};
  Shape shape;
  RandomLlama& llama = shape.llama;
  llama.hidden = 64, llama.intermediate = 128, llama.heads = 4, llama.kv_heads = 2;
  llama.head_dim = 16, llama.vocabulary = 256, llama.layers = 4, llama.written = 2;
  shape.layer = 1, shape.context = 33;
  shape.d_sae = 256, shape.batch_tokens = 128, shape.members = 2;
  shape.passes = 2, shape.steps = 4, shape.rounds = 1;
  return shape;
}

// Model and tokens, as a source.
SourceSpec MakeSource(const Shape& shape, at::Device device, const fs::path& folder) {
  WriteModel(shape.llama, device, folder);
  const std::int64_t tokens = shape.batch_tokens * shape.steps * (shape.rounds + 2) * 5 / 4 + 65536;
  const at::Tensor ids = at::randint(kRandomLlamaCharacters, {tokens}, at::dtype(at::kShort));
  std::ofstream(folder / "ids.bin", std::ios::binary)
      .write(static_cast<const char*>(ids.const_data_ptr()),
             static_cast<std::streamsize>(ids.nbytes()));
  SourceSpec source;
  source.kind = SourceKind::kModel;
  source.model.model = folder.string();
  source.model.token_files = {(folder / "ids.bin").string()};
  source.model.token_dtype = "u16";
  source.model.layer = static_cast<int>(shape.layer);
  source.model.context_tokens = static_cast<int>(shape.context);
  source.model.spliced_contexts = 0;  // its files end with the layer of the hook
  source.d_in = shape.llama.hidden;
  source.identity = "random";
  return source;
}

// The forward pass to the hook as the stream calls it, with so many contexts at once.
Json HalfForward(const Shape& shape, const SourceSpec& source, at::Device device, double gemm) {
  const LlamaModel model(source.model.model, shape.layer + 1, LlamaPrecision::kBf16, device);
  Json measured = Json::array();
  for (const std::int64_t contexts : {1, 2, 4, 16}) {
    const at::Tensor ids =
        at::randint(shape.llama.vocabulary, {contexts, shape.context}, at::kLong);
    const int passes = std::max(1, shape.passes / static_cast<int>(contexts));
    std::vector<double> turns;
    for (int round = 0; round <= shape.rounds; ++round) {
      Wait(device);
      const double start = SecondsNow();
      for (int pass = 0; pass < passes; ++pass) {
        model.Activations(ids, Hook::kMlpOut, shape.layer);
      }
      Wait(device);
      const double seconds = SecondsNow() - start;
      if (round > 0) turns.push_back(static_cast<double>(passes * ids.numel()) / seconds);
    }
    const double flops = Median(turns) * shape.FlopsPerToken();
    measured.push_back({{"contexts", contexts},
                        {"tokens_per_second", Median(turns)},
                        {"turns", turns},
                        {"flops", flops},
                        {"share_of_gemm", flops / gemm}});
    fmt::print(
        "half forward, {} contexts of {}: {:.4g} tokens/s, {:.4g} TFLOP/s, {:.1f} % of the "
        "bf16 product's\n",
        contexts,
        shape.context,
        Median(turns),
        flops / 1e12,
        100 * flops / gemm);
  }
  return measured;
}

// The threshold at which 64 latents of a fresh SAE are active on these vectors, or an eighth.
double ThresholdFor(const at::Tensor& x, const SaeSpec& sae) {
  const SaeParameters fresh = Initialise(x.size(1), sae, 0, at::kFloat, x.device());
  const at::Tensor pre_acts = at::mm(x, fresh.w_enc).flatten();
  const double active = std::min(64.0, static_cast<double>(sae.d_sae) / 8);
  const double silent = 1 - active / static_cast<double>(sae.d_sae);
  const auto place = static_cast<std::int64_t>(silent * static_cast<double>(pre_acts.numel()));
  return std::get<0>(pre_acts.sort()).narrow(0, place, 1).item<double>();
}

// Members that differ in their rates.
Job JobOf(const RunSpec& run, std::int64_t members, const std::string& device) {
  Job job;
  job.source = run.source;
  job.device = device;
  for (std::int64_t member = 0; member < members; ++member) {
    job.runs.push_back(run);
    job.runs.back().training.lr *= static_cast<double>(1 + member);
  }
  return job;
}

// Tokens of the stream a second.
double Turn(Gang& gang, const Shape& shape, at::Device device) {
  return static_cast<double>(shape.batch_tokens * shape.steps) /
         SecondsOfSteps(gang, shape.steps, device);
}

std::int64_t PeakBytes(c10::DeviceAllocator& memory) {
  constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return memory.getDeviceStats(0).allocated_bytes[kAll].peak;
}

// What the planner would say of that gang, and of the run alone beside it.
double PredictedBytes(const Shape& shape, const Job& job) {
  ModelShape model = shape.model();
  model.parameters = static_cast<std::int64_t>(shape.FlopsPerToken() / 2) +  // what is loaded
                     model.vocabulary * model.hidden_size;
  const TrainerBytes alone = EstimateBytes(job.runs.front(), model, "cuda", "cuda");
  return BytesOfGang(job.runs, model, "cuda", "cuda") + alone.own +
         StreamBytes(job.source, std::nullopt, shape.batch_tokens, true);
}

Json GangOnStream(const Shape& shape, const SourceSpec& spec, const std::string& name) {
  const at::Device device(name);
  SourceOptions options;
  options.device = name;
  const std::unique_ptr<ActivationSource> source = OpenSource(spec, options);
  const double scale = Measure(spec, *source).activation_scale;
  RunSpec run = StillRun(shape.llama.hidden, shape.d_sae, shape.batch_tokens, /*threshold=*/1);
  run.source = spec;
  run.sae.threshold_init = ThresholdFor(source->HeldOut().x.narrow(0, 0, 1024) * scale, run.sae);
  const StepTuning tuning = TuningFor(run, name);
  const auto open = [&](std::int64_t members) {
    Job job = JobOf(run, members, name);
    job.tuning = tuning;
    job.activation_scale = scale;
    return Gang(job, *source, SecondsNow);
  };
  c10::DeviceAllocator* memory = device.is_cpu() ? nullptr : c10::getDeviceAllocator(device.type());
  if (memory != nullptr) memory->resetPeakStats(0);
  Gang gang = open(shape.members), alone = open(1);
  std::vector<double> together, solo;
  for (int round = 0; round <= shape.rounds; ++round) {
    const double of_gang = Turn(gang, shape, device), of_one = Turn(alone, shape, device);
    if (round == 0) continue;  // memory, graphs, and which side is dense
    together.push_back(of_gang);
    solo.push_back(of_one);
  }
  const double ratio = static_cast<double>(shape.members) * Median(together) / Median(solo);
  fmt::print(
      "gang of {} on the stream: {:.4g} tokens/s of it; one alone {:.4g}: {:.3g} times less "
      "time than {} runs one after the other\n",
      shape.members,
      Median(together),
      Median(solo),
      ratio,
      shape.members);
  return {{"members", shape.members},
          {"d_sae", shape.d_sae},
          {"batch_tokens", shape.batch_tokens},
          {"path", tuning.path},
          {"l0", gang.members().front()->latest().l0},
          {"stream_tokens_per_second", Median(together)},
          {"alone_tokens_per_second", Median(solo)},
          {"times_less_time", ratio},
          {"peak_bytes", memory == nullptr ? 0 : PeakBytes(*memory)},
          {"predicted_bytes", PredictedBytes(shape, JobOf(run, shape.members, name))},
          {"turns", together},
          {"alone_turns", solo}};
}

void Run(const std::string& name, const std::string& out, bool quick) {
  Job any;
  any.device = name;
  any.threads = quick ? 1 : 4;
  BeginOn(any);
  const c10::InferenceMode no_autograd;
  const at::Device device(name);
  const Shape shape = ShapeOf(quick);
  const TemporaryFolder folder;
  const SourceSpec source = MakeSource(shape, device, folder.path());
  const double gemm = GemmFlops(device, quick ? 256 : 8192);
  Json result = {{"benchmark", "gpu stream"},
                 {"quick", quick},
                 {"device", name},
                 {"machine", NameMachine(name)},
                 {"gemm_bf16_flops", gemm},
                 {"flops_per_token", shape.FlopsPerToken()},
                 {"context_tokens", shape.context}};
  result["half_forward"] = HalfForward(shape, source, device, gemm);
  result["gang"] = GangOnStream(shape, source, name);
  WriteFile(out, result.dump(1) + "\n", Durability::kAtomic);
}

}  // namespace
}  // namespace saelaw

int main(int count, char** arguments) {
  const std::vector<std::string> given(arguments + 1, arguments + count);
  if (given.size() < 2) {
    fmt::print(stderr, "usage: saelaw-bench-stream DEVICE OUT.json [--quick] | --model FOLDER\n");
    return static_cast<int>(saelaw::ExitCode::kUsage);
  }
  return saelaw::RunProgram("saelaw-bench-stream", [&] {
    if (given[0] == "--model") {
      saelaw::WriteSmallModel(given[1]);
    } else {
      saelaw::Run(given[0], given[1], given.size() > 2 && given[2] == "--quick");
    }
  });
}
