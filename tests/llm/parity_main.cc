// The forward pass alone, for scripts/check-llm-parity: writes the hidden states of given tokens
// at every hook, and the logits, so that they can be compared with another implementation's.
#include <chrono>
#include <cstdlib>
#include <string>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "llm/llama.h"
#include "tensors/npy.h"
#include "tensors/safetensors.h"

namespace {

using saelaw::Hook;
using saelaw::LlamaModel;

constexpr const char* kUsage =
    "usage: saelaw-llm-activations states MODEL TOKENS.npy CONTEXT LAYERS fp32|bf16 "
    "OUT.safetensors\n"
    "       saelaw-llm-activations time   MODEL TOKENS.npy CONTEXT LAYERS fp32|bf16 THREADS\n"
    "states: hook.LAYER for every hook of the first LAYERS layers, and when these are all, logits\n"
    "and zeroed.hook: the losses of each next token without that hook of the middle layer, but "
    "for\n"
    "the first position's\n"
    "time: for every line on standard input one forward pass of all tokens; prints its seconds\n";

at::Tensor ReadTokens(const std::string& path, std::int64_t context) {
  const saelaw::NpyFile file(path);
  if (context < 1 || file.size() % context != 0) {
    throw saelaw::UsageError(fmt::format("{}: not a multiple of {} tokens", path, context));
  }
  at::Tensor tokens = at::empty({file.size() / context, context}, at::kLong);
  file.Read(0, {tokens.mutable_data_ptr<std::int64_t>(), static_cast<std::size_t>(file.size())});
  return tokens;
}

saelaw::LlamaPrecision Precision(const std::string& name) {
  if (name == "fp32") return saelaw::LlamaPrecision::kFp32;
  if (name == "bf16") return saelaw::LlamaPrecision::kBf16;
  throw saelaw::UsageError(name + " is neither fp32 nor bf16");
}

void WriteStates(const LlamaModel& model,
                 const at::Tensor& tokens,
                 std::int64_t layers,
                 const std::string& path) {
  std::vector<at::Tensor> kept;
  std::vector<saelaw::TensorView> views;
  const auto add = [&](const std::string& name, const at::Tensor& state) {
    kept.push_back(state.contiguous());
    const auto* data = static_cast<const std::byte*>(kept.back().const_data_ptr());
    views.push_back({name, saelaw::TensorType::kF32, state.sizes().vec(), {data, state.nbytes()}});
  };
  for (std::int64_t layer = 0; layer < layers; ++layer) {
    for (const saelaw::HookSite& site : saelaw::kHooks) {
      const Hook hook = site.hook;
      const std::string name = fmt::format("{}.{}", saelaw::HookName(hook), layer);
      add(name, model.Activations(tokens, hook, layer));
    }
  }
  if (layers == model.config().layers) {
    add("logits", model.Logits(tokens));
    for (const saelaw::HookSite& site : saelaw::kHooks) {
      const Hook hook = site.hook;
      at::Tensor residual;
      const at::Tensor spliced = model.Activations(tokens, hook, layers / 2, {}, &residual);
      spliced.narrow(1, 1, spliced.size(1) - 1).zero_();
      add(fmt::format("zeroed.{}", saelaw::HookName(hook)),
          model.NextTokenLosses(tokens, hook, layers / 2, residual, spliced));
    }
  }
  saelaw::WriteSafetensors(path, views, {});
}

void TimePasses(const LlamaModel& model, const at::Tensor& tokens, std::int64_t layers) {
  while (std::getchar() == '\n') {
    const auto start = std::chrono::steady_clock::now();
    model.Activations(tokens, Hook::kResidPost, layers - 1);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
    fmt::print("{}\n", seconds.count());
    std::fflush(stdout);
  }
}

void Run(char** arguments) {
  const std::string verb = arguments[1];
  const at::Tensor tokens = ReadTokens(arguments[3], std::atoll(arguments[4]));
  const std::int64_t layers = std::atoll(arguments[5]);
  if (verb == "time") at::set_num_threads(std::atoi(arguments[7]));
  const LlamaModel model(arguments[2], layers, Precision(arguments[6]), at::kCPU);
  if (verb == "states") WriteStates(model, tokens, layers, arguments[7]);
  if (verb == "time") TimePasses(model, tokens, layers);
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 8) {
    fmt::print(stderr, "{}", kUsage);
    return static_cast<int>(saelaw::ExitCode::kUsage);
  }
  try {
    Run(arguments);
    return 0;
  } catch (const saelaw::Error& error) {
    fmt::print(stderr, "{}\n", error.what());
    return static_cast<int>(error.code());
  }
}
