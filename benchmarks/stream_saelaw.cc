// What a language model's stream costs on a GPU: the half forward pass of a model with
// Llama-3.2-1B's blocks and random weights, and runs that train on that stream: a gang of 16
// against one alone.
//   saelaw-bench-stream DEVICE OUT.json [--quick]
//   saelaw-bench-stream --model FOLDER   writes a small one, whole, and a text for it
// The model that is measured lies in a folder that is removed at the end.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/trainer/cuda_library.h"
#include "llm/llama.h"
#include "plan/memory.h"
#include "run/errors.h"
#include "run/files.h"
#include "run/machine.h"
#include "sae/parameters.h"
#include "sae/step_tuning.h"
#include "tensors/safetensors.h"
#include "timing.h"
#include "train/gang.h"
#include "train/train_job.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// Llama-3.2-1B's blocks; its vocabulary of 128,256 only makes the file larger, as the forward pass
// to a hook has no logits.
struct Shape {
  std::int64_t hidden = 2048, intermediate = 8192, heads = 32, kv_heads = 8, head_dim = 64;
  std::int64_t vocabulary = 4096, layer = 7, context = 1024;
  std::int64_t layers = 16;
  bool whole = false;  // the file has the layers after the hook too
  std::int64_t d_sae = 4096, batch_tokens = 4096, members = 16;
  int passes = 16, steps = 128, rounds = 5;

  // 2 FLOP a weight of blocks 0 to `layer`; attention's scores are not counted.
  double FlopsPerToken() const {
    const std::int64_t attention = hidden * head_dim * 2 * (heads + kv_heads);
    return 2.0 * static_cast<double>((layer + 1) * (attention + 3 * hidden * intermediate));
  }
};

Shape ShapeOf(bool quick) {
  if (!quick) return {};
  Shape shape;
  shape.hidden = 64, shape.intermediate = 128, shape.heads = 4, shape.kv_heads = 2;
  shape.head_dim = 16, shape.vocabulary = 256, shape.layer = 1, shape.context = 33;
  shape.layers = 4;
  shape.d_sae = 256, shape.batch_tokens = 128, shape.members = 2;
  shape.passes = 2, shape.steps = 4, shape.rounds = 1;
  return shape;
}

// Of SmolLM2-135M's width; its weights are random, but all that a trainer asks of a model is there.
Shape SmallShape() {
  Shape shape;
  shape.hidden = 576, shape.intermediate = 1536, shape.heads = 9, shape.kv_heads = 3;
  shape.layer = 2, shape.layers = 6, shape.vocabulary = 128, shape.whole = true;
  return shape;
}

// A folder of its own under the system's temporary one, removed with all that is in it.
class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "saelaw-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw IoError(name + ": cannot be made");
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void WriteWeights(const Shape& shape, at::Device device, const fs::path& path) {
  std::vector<at::Tensor> kept;
  std::vector<TensorView> views;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> sizes, double scale) {
    const auto options = at::dtype(at::kFloat).device(device);
    at::Tensor values = scale == 0 ? at::ones(sizes, options) : at::randn(sizes, options) * scale;
    kept.push_back(values.to(at::kBFloat16).cpu());
    const auto* bytes = static_cast<const std::byte*>(kept.back().const_data_ptr());
    views.push_back({name, TensorType::kBF16, std::move(sizes), {bytes, kept.back().nbytes()}});
  };
  const auto matrix = [&](const std::string& name, std::int64_t rows, std::int64_t columns) {
    add(name, {rows, columns}, 1 / std::sqrt(static_cast<double>(columns)));
  };
  add("model.embed_tokens.weight", {shape.vocabulary, shape.hidden}, 0.02);
  for (std::int64_t i = 0; i < (shape.whole ? shape.layers : shape.layer + 1); ++i) {
    const std::string block = fmt::format("model.layers.{}.", i);
    const std::int64_t queries = shape.heads * shape.head_dim;
    const std::int64_t shared = shape.kv_heads * shape.head_dim;
    add(block + "input_layernorm.weight", {shape.hidden}, 0);
    add(block + "post_attention_layernorm.weight", {shape.hidden}, 0);
    matrix(block + "self_attn.q_proj.weight", queries, shape.hidden);
    matrix(block + "self_attn.k_proj.weight", shared, shape.hidden);
    matrix(block + "self_attn.v_proj.weight", shared, shape.hidden);
    matrix(block + "self_attn.o_proj.weight", shape.hidden, queries);
    matrix(block + "mlp.gate_proj.weight", shape.intermediate, shape.hidden);
    matrix(block + "mlp.up_proj.weight", shape.intermediate, shape.hidden);
    matrix(block + "mlp.down_proj.weight", shape.hidden, shape.intermediate);
  }
  if (shape.whole) add("model.norm.weight", {shape.hidden}, 0);
  WriteSafetensors(path, views, {});
}

// One token for each printable character: the text is given as ids, but a model has a tokenizer.
constexpr std::int64_t kCharacters = 95;
std::string CharacterTokenizer() {
  Json vocabulary = {{"Ġ", kCharacters - 1}};
  for (char c = '!'; c <= '~'; ++c) vocabulary[std::string(1, c)] = c - '!';
  return Json{{"pre_tokenizer", {{"type", "ByteLevel"}, {"add_prefix_space", false}}},
              {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", Json::array()}}}}
      .dump();
}

void WriteModel(const Shape& shape, at::Device device, const fs::path& folder) {
  WriteWeights(shape, device, folder / "model.safetensors");
  const Json config = {{"model_type", "llama"},
                       {"hidden_size", shape.hidden},
                       {"intermediate_size", shape.intermediate},
                       {"num_attention_heads", shape.heads},
                       {"num_key_value_heads", shape.kv_heads},
                       {"head_dim", shape.head_dim},
                       {"num_hidden_layers", shape.layers},
                       {"vocab_size", shape.vocabulary},
                       {"max_position_embeddings", 131072},
                       {"rms_norm_eps", 1e-5},
                       {"rope_theta", 500000.0},
                       {"tie_word_embeddings", true}};
  WriteFile(folder / "config.json", config.dump(), Durability::kAtomic);
  WriteFile(folder / "tokenizer.json", CharacterTokenizer(), Durability::kAtomic);
}

// Documents of random characters, one a line.
void WriteText(const fs::path& folder) {
  constexpr std::int64_t kDocuments = 400, kLength = 1024;
  std::string text;
  for (std::int64_t i = 0; i < kDocuments; ++i) {
    const at::Tensor ids = at::randint('a', 'z' + 1, {kLength}, at::dtype(at::kByte));
    const std::string words(static_cast<const char*>(ids.const_data_ptr()), kLength);
    text += Json{{"text", words}}.dump() + "\n";
  }
  WriteFile(folder / "text.jsonl", text, Durability::kAtomic);
}

// Model and tokens, as a source.
SourceSpec MakeSource(const Shape& shape, at::Device device, const fs::path& folder) {
  WriteModel(shape, device, folder);
  const std::int64_t tokens = shape.batch_tokens * shape.steps * (shape.rounds + 2) * 5 / 4 + 65536;
  const at::Tensor ids = at::randint(kCharacters, {tokens}, at::dtype(at::kShort));
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
  source.d_in = shape.hidden;
  source.identity = "random";
  return source;
}

// The forward pass to the hook as the stream calls it, with so many contexts at once.
Json HalfForward(const Shape& shape, const SourceSpec& source, at::Device device, double gemm) {
  const LlamaModel model(source.model.model, shape.layer + 1, LlamaPrecision::kBf16, device);
  Json measured = Json::array();
  for (const std::int64_t contexts : {1, 2, 4, 16}) {
    const at::Tensor ids = at::randint(shape.vocabulary, {contexts, shape.context}, at::kLong);
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

// Runs of rates so small that the density stays, and so long that none ends.
Job JobOf(const Shape& shape, const SourceSpec& source, double threshold, std::int64_t members) {
  Job job;
  job.source = source;
  for (std::int64_t member = 0; member < members; ++member) {
    RunSpec run;
    run.source = source;
    run.sae.d_sae = shape.d_sae;
    run.sae.threshold_init = threshold;
    run.training.batch_tokens = shape.batch_tokens;
    run.training.lr = 1e-7 * static_cast<double>(1 + member);
    run.training.threshold_lr = 1e-9;
    run.training.schedule = Schedule::kConstant;
    run.training.evaluations = 1;
    run.tokens = shape.batch_tokens * 1'000'000;
    job.runs.push_back(run);
  }
  return job;
}

// Tokens of the stream a second.
double Turn(Gang& gang, const Shape& shape, at::Device device) {
  Wait(device);
  const double start = SecondsNow();
  for (int step = 0; step < shape.steps; ++step) gang.Advance();
  gang.Settle();
  Wait(device);
  return static_cast<double>(shape.batch_tokens * shape.steps) / (SecondsNow() - start);
}

std::int64_t PeakBytes(c10::DeviceAllocator& memory) {
  constexpr auto kAll = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return memory.getDeviceStats(0).allocated_bytes[kAll].peak;
}

// What the planner would say of that gang, and of the run alone beside it.
double PredictedBytes(const Shape& shape, const Job& job) {
  ModelShape model;
  model.layers = shape.layers, model.hidden_size = shape.hidden;
  model.intermediate_size = shape.intermediate, model.vocabulary = shape.vocabulary;
  model.heads = shape.heads, model.kv_heads = shape.kv_heads, model.head_dim = shape.head_dim;
  model.parameters = static_cast<std::int64_t>(shape.FlopsPerToken() / 2) +  // what is loaded
                     shape.vocabulary * shape.hidden;
  const TrainerBytes alone = BytesOf(job.runs.front(), model, "cuda", "cuda");
  return BytesOfGang(job.runs, model, "cuda", "cuda") + alone.own +
         StreamBytes(job.source, std::nullopt, shape.batch_tokens, true);
}

Json GangOnStream(const Shape& shape, const SourceSpec& spec, const std::string& name) {
  const at::Device device(name);
  SourceOptions options;
  options.device = name;
  const std::unique_ptr<ActivationSource> source = OpenSource(spec, options);
  const double scale = Measure(spec, *source).activation_scale;
  StepTuning wanted;
  wanted.machine = MachineOf(name);
  wanted.shapes = {{{shape.d_sae, shape.batch_tokens}, {}}};
  const StepTuning tuning = TuneSteps(shape.hidden, wanted, device);
  SaeSpec sae;
  sae.d_sae = shape.d_sae;
  const double threshold = ThresholdFor(source->HeldOut().narrow(0, 0, 1024) * scale, sae);
  const auto open = [&](std::int64_t members) {
    Job job = JobOf(shape, spec, threshold, members);
    job.device = name;
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
          {"predicted_bytes", PredictedBytes(shape, JobOf(shape, spec, threshold, shape.members))},
          {"turns", together},
          {"alone_turns", solo}};
}

void Run(const std::string& name, const std::string& out, bool quick) {
  OpenDevice(name, false, [](const std::string& line) { fmt::print(stderr, "{}\n", line); });
  Job any;
  any.device = name;
  any.threads = quick ? 1 : 4;
  ConfigureNumerics(any);
  const c10::InferenceMode no_autograd;
  const at::Device device(name);
  const Shape shape = ShapeOf(quick);
  const Folder folder;
  const SourceSpec source = MakeSource(shape, device, folder.path());
  const double gemm = GemmFlops(device, quick ? 256 : 8192);
  Json result = {{"benchmark", "gpu stream"},
                 {"quick", quick},
                 {"device", name},
                 {"machine", MachineOf(name)},
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
  try {
    if (given[0] == "--model") {
      at::manual_seed(1);
      saelaw::WriteModel(saelaw::SmallShape(), at::kCPU, given[1]);
      saelaw::WriteText(given[1]);
    } else {
      saelaw::Run(given[0], given[1], given.size() > 2 && given[2] == "--quick");
    }
    return 0;
  } catch (const saelaw::Error& error) {
    fmt::print(stderr, "saelaw-bench-stream: {}\n", error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "saelaw-bench-stream: {}\n", error.what());
    return 1;
  }
}
