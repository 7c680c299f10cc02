// Sequences are handed to threads one by one, and each is computed from the embedding to the hook
// by one thread. No number is ever summed over threads, and so the bits do not depend on how many
// there are.
#include "llm/cpu_llama.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <utility>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>

namespace saelaw {
namespace {

void CopyTile(const ProductTile& tile, std::int64_t width, float* to) {
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    std::copy_n(tile.Row(r), tile.columns, to + (tile.first_row + r) * width + tile.first_column);
  }
}

}  // namespace

bool CpuLlama::Supports(const ModelConfig& config) {
  // Packed products take pairs of inputs.
  return config.hidden_size % 2 == 0 && config.intermediate_size % 2 == 0;
}

CpuLlama::CpuLlama(const ModelConfig& config, at::Tensor embedding, at::Tensor inverse_frequencies)
    : shape_{{config.heads, config.kv_heads, config.head_dim, config.rms_norm_eps},
             config.hidden_size,
             config.intermediate_size},
      kernels_(BestLlamaKernels()),
      embedding_(std::move(embedding)),
      inverse_frequencies_(std::move(inverse_frequencies)) {}

void CpuLlama::Finish(const at::Tensor& norm, const at::Tensor& output) {
  norm_ = WideVector(norm);
  output_ = CpuMatrix(output);
}

at::Tensor CpuLlama::Activations(const at::Tensor& token_ids,
                                 Hook hook,
                                 std::int64_t layer,
                                 const StopCheck& stop,
                                 at::Tensor* residual) const {
  const at::Tensor ids = token_ids.contiguous();
  const std::int64_t context = ids.size(1);
  const std::int64_t width = FindSite(hook).inside_mlp ? shape_.inner : shape_.hidden;
  const at::Tensor out = at::empty({ids.size(0), context, width}, at::kFloat);
  auto* to = out.mutable_data_ptr<float>();
  const auto* from = ids.const_data_ptr<std::int64_t>();
  float* residual_to = nullptr;
  // Where the hook is the stream itself, nothing else is needed to go on.
  if (residual != nullptr && FindSite(hook).beside_stream) {
    *residual = at::empty({ids.size(0), context, shape_.hidden}, at::kFloat);
    residual_to = residual->mutable_data_ptr<float>();
  }
  ForEach(ids.size(0), context, [&](std::int64_t i, CpuSequence& sequence) {
    Embed(from + i * context, sequence);
    RunToBlock(sequence, layer, stop);
    RunToHook(sequence, hook, layer, to + i * context * width);
    if (residual_to != nullptr) {
      const std::vector<float>& own = sequence.residual();
      std::copy(own.begin(), own.end(), residual_to + i * context * shape_.hidden);
    }
  });
  return out;
}

at::Tensor CpuLlama::Logits(const at::Tensor& token_ids) const {
  const at::Tensor ids = token_ids.contiguous();
  const std::int64_t context = ids.size(1);
  const std::int64_t width = output_.out();
  const at::Tensor out = at::empty({ids.size(0), context, width}, at::kFloat);
  auto* to = out.mutable_data_ptr<float>();
  const auto* from = ids.const_data_ptr<std::int64_t>();
  ForEach(ids.size(0), context, [&](std::int64_t i, CpuSequence& sequence) {
    Embed(from + i * context, sequence);
    RunBlocks(sequence, 0);
    MultiplyOutput(sequence, [&](const ProductTile& tile) {
      CopyTile(tile, width, to + i * context * width);
    });
  });
  return out;
}

at::Tensor CpuLlama::NextTokenLosses(const at::Tensor& token_ids,
                                     Hook hook,
                                     std::int64_t layer,
                                     const at::Tensor& residual,
                                     const at::Tensor& activations) const {
  const at::Tensor ids = token_ids.contiguous();
  const at::Tensor spliced = activations.contiguous();
  const at::Tensor before = residual.defined() ? residual.contiguous() : residual;
  const std::int64_t context = ids.size(1);
  const at::Tensor out = at::empty({ids.size(0), context - 1}, at::kFloat);
  auto* to = out.mutable_data_ptr<float>();
  const auto* tokens = ids.const_data_ptr<std::int64_t>();
  const auto* from = spliced.const_data_ptr<float>();
  const float* residuals = before.defined() ? before.const_data_ptr<float>() : nullptr;
  ForEach(ids.size(0), context, [&](std::int64_t i, CpuSequence& sequence) {
    if (residuals != nullptr) {
      const std::int64_t size = std::ssize(sequence.residual());
      std::copy_n(residuals + i * size, size, sequence.residual().begin());
    }
    RunFromHook(sequence, hook, layer, from + i * context * spliced.size(2));
    RunBlocks(sequence, layer + 1);
    Losses(sequence, tokens + i * context, to + i * (context - 1));
  });
  return out;
}

void CpuLlama::ForEach(std::int64_t count,
                       std::int64_t context,
                       const std::function<void(std::int64_t, CpuSequence&)>& task) const {
  std::atomic<std::int64_t> next{0};
  const std::int64_t threads = std::min<std::int64_t>(count, at::get_num_threads());
  at::parallel_for(0, threads, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode no_autograd;  // not inherited from the thread that asked
    for (std::int64_t thread = begin; thread < end; ++thread) {
      std::int64_t i = next++;
      if (i >= count) break;
      CpuSequence sequence(shape_, inverse_frequencies_, context);
      for (; i < count; i = next++) task(i, sequence);
      ReleasePackedProducts();
    }
  });
}

void CpuLlama::Embed(const std::int64_t* token_ids, CpuSequence& sequence) const {
  const auto* rows = static_cast<const Bf16Bits*>(embedding_.const_data_ptr());
  const auto width = static_cast<std::size_t>(shape_.hidden);
  for (std::int64_t token = 0; token < sequence.tokens(); ++token) {
    kernels_.widen(rows + token_ids[token] * shape_.hidden,
                   width,
                   sequence.residual().data() + token * shape_.hidden);
  }
}

void CpuLlama::RunToBlock(CpuSequence& sequence, std::int64_t layer, const StopCheck& stop) const {
  for (std::int64_t i = 0; i < layer; ++i) {
    StopIfAsked(stop);
    const CpuBlock& block = blocks_[static_cast<std::size_t>(i)];
    block.AddAttention(sequence);
    RunMlp(sequence, block);
  }
  StopIfAsked(stop);
}

void CpuLlama::RunToHook(CpuSequence& sequence, Hook hook, std::int64_t layer, float* to) const {
  const CpuBlock& block = blocks_[static_cast<std::size_t>(layer)];
  const std::vector<float>& residual = sequence.residual();
  const auto copy = [&](const ProductTile& tile) { CopyTile(tile, shape_.hidden, to); };
  if (hook == Hook::kResidPre) {
    std::copy(residual.begin(), residual.end(), to);
    return;
  }
  if (hook == Hook::kAttnOut) return block.Attend(sequence, copy);
  block.AddAttention(sequence);
  block.ComputeInner(sequence);
  if (hook == Hook::kMlpAct) {
    kernels_.widen(
        reinterpret_cast<const Bf16Bits*>(sequence.inner().data()), sequence.inner().size(), to);
    return;
  }
  if (hook == Hook::kMlpOut) return block.Down(sequence, copy);
  block.AddDown(sequence);
  std::copy(residual.begin(), residual.end(), to);
}

void CpuLlama::RunFromHook(CpuSequence& sequence,
                           Hook hook,
                           std::int64_t layer,
                           const float* from) const {
  const CpuBlock& block = blocks_[static_cast<std::size_t>(layer)];
  std::vector<float>& residual = sequence.residual();
  if (!FindSite(hook).beside_stream) std::copy_n(from, residual.size(), residual.begin());
  switch (hook) {
    case Hook::kResidPre:
      block.AddAttention(sequence);
      RunMlp(sequence, block);
      break;
    case Hook::kAttnOut:
      kernels_.add(from, residual.size(), residual.data());
      RunMlp(sequence, block);
      break;
    case Hook::kMlpAct:
      kernels_.round(
          from, 1, sequence.inner().size(), reinterpret_cast<Bf16Bits*>(sequence.inner().data()));
      block.AddDown(sequence);
      break;
    case Hook::kMlpOut:
      kernels_.add(from, residual.size(), residual.data());
      break;
    case Hook::kResidPost:
      break;
  }
}

void CpuLlama::RunMlp(CpuSequence& sequence, const CpuBlock& block) const {
  block.ComputeInner(sequence);
  block.AddDown(sequence);
}

void CpuLlama::RunBlocks(CpuSequence& sequence, std::int64_t first) const {
  for (std::int64_t i = first; i < std::ssize(blocks_); ++i) {
    const CpuBlock& block = blocks_[static_cast<std::size_t>(i)];
    block.AddAttention(sequence);
    RunMlp(sequence, block);
  }
}

void CpuLlama::MultiplyOutput(CpuSequence& sequence,
                              c10::function_ref<void(const ProductTile&)> use) const {
  std::vector<at::BFloat16> normed(sequence.residual().size());
  RmsNormRows(kernels_, sequence.residual(), norm_, shape_.attention.rms_norm_eps, normed);
  std::vector<float> scratch(static_cast<std::size_t>(CpuMatrix::kScratch));
  output_.Multiply(normed.data(), sequence.tokens(), scratch.data(), use);
}

// ln Σ exp(logits) - logit of the next token, gathered tile by tile: the logits are never stored.
void CpuLlama::Losses(CpuSequence& sequence, const std::int64_t* token_ids, float* to) const {
  const std::int64_t rows = sequence.tokens() - 1;
  const auto size = static_cast<std::size_t>(sequence.tokens());
  std::vector<float> maxima(size, -std::numeric_limits<float>::infinity());
  std::vector<float> sums(size, 0), targets(size, 0);
  MultiplyOutput(sequence, [&](const ProductTile& tile) {
    // The last position predicts nothing.
    const std::int64_t end = std::min(tile.first_row + tile.rows, rows);
    for (std::int64_t row = tile.first_row; row < end; ++row) {
      const float* logits = tile.Row(row - tile.first_row);
      const auto i = static_cast<std::size_t>(row);
      kernels_.sum_exponentials(
          logits, static_cast<std::size_t>(tile.columns), &maxima[i], &sums[i]);
      const std::int64_t column = token_ids[row + 1] - tile.first_column;
      if (column >= 0 && column < tile.columns) targets[i] = logits[column];
    }
  });
  for (std::int64_t row = 0; row < rows; ++row) {
    const auto i = static_cast<std::size_t>(row);
    to[row] = std::log(sums[i]) + maxima[i] - targets[i];
  }
}

}  // namespace saelaw
