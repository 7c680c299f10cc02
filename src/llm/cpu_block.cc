// Each product's tiles are used as they come, while they lie in the cache: rounded, added to the
// residual stream or gated, so that no fp32 result is ever stored as a whole.
#include "llm/cpu_block.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

constexpr std::int64_t kPairs = CpuMatrix::kTileColumns / 2;  // gates of one tile

std::size_t Size(std::int64_t count) { return static_cast<std::size_t>(count); }

Bf16Bits* Bits(at::BFloat16* values) { return reinterpret_cast<Bf16Bits*>(values); }

// Rows of gate and up in turns, 32 of each; zeros make the last turn full.
at::Tensor InTurns(const at::Tensor& gate_up) {
  const std::int64_t inner = gate_up.size(0) / 2;
  const std::int64_t turns = (inner + kPairs - 1) / kPairs;
  // A tile of 64 columns then holds 32 gates and their 32 partners, and the gate can be computed
  // from one tile.
  const at::Tensor rows = at::zeros({2, turns * kPairs, gate_up.size(1)}, gate_up.options());
  rows.narrow(1, 0, inner).copy_(gate_up.view({2, inner, gate_up.size(1)}));
  return rows.view({2, turns, kPairs, gate_up.size(1)})
      .transpose(0, 1)
      .reshape({2 * turns * kPairs, gate_up.size(1)});
}

}  // namespace

std::vector<float> WideVector(const at::Tensor& weight) {
  const at::Tensor wide = weight.to(at::kFloat).contiguous();
  const auto* data = wide.const_data_ptr<float>();
  return {data, data + wide.numel()};
}

void RmsNormRows(const LlamaKernels& kernels,
                 const std::vector<float>& x,
                 const std::vector<float>& weight,
                 double eps,
                 std::vector<at::BFloat16>& to) {
  for (std::size_t row = 0; row < x.size(); row += weight.size()) {
    kernels.rms_norm(
        &x[row], weight.data(), weight.size(), static_cast<float>(eps), Bits(&to[row]));
  }
}

CpuSequence::CpuSequence(const CpuBlockShape& shape,
                         const at::Tensor& inverse_frequencies,
                         std::int64_t context)
    : tokens_(context),
      attention_(shape.attention, context),
      residual_(Size(context * shape.hidden)),
      normed_(residual_.size()),
      qkv_(Size(context * (shape.attention.heads + 2 * shape.attention.kv_heads) *
                shape.attention.head_dim)),
      mixed_(Size(context * shape.attention.heads * shape.attention.head_dim)),
      inner_(Size(context * shape.inner)),
      scratch_(Size(CpuMatrix::kScratch)) {
  // The angles of all positions are computed once for all layers.
  const std::vector<float> frequencies = WideVector(inverse_frequencies);
  for (std::int64_t token = 0; token < context; ++token) {
    for (const float frequency : frequencies) {
      const float angle = static_cast<float>(token) * frequency;
      cosine_.push_back(std::cos(angle));
      sine_.push_back(std::sin(angle));
    }
  }
}

CpuBlock::CpuBlock(const LlamaBlock& block, const CpuBlockShape& shape)
    : shape_(shape),
      kernels_(&BestLlamaKernels()),
      attention_norm_(WideVector(block.attention_norm)),
      mlp_norm_(WideVector(block.mlp_norm)),
      qkv_(block.qkv),
      attention_out_(block.attention_out),
      gate_up_(InTurns(block.gate_up)),
      down_(block.down) {}

void CpuBlock::Attend(CpuSequence& sequence,
                      c10::function_ref<void(const ProductTile&)> use) const {
  Normalise(attention_norm_, sequence);
  const std::int64_t width = qkv_.out();
  qkv_.Multiply(sequence.normed_.data(),
                sequence.tokens_,
                sequence.scratch_.data(),
                [&](const ProductTile& tile) {
                  for (std::int64_t r = 0; r < tile.rows; ++r) {
                    at::BFloat16* to = &sequence.qkv_[Size((tile.first_row + r) * width)];
                    kernels_->round(
                        tile.Row(r), 1, Size(tile.columns), Bits(to + tile.first_column));
                  }
                });
  Rotate(sequence);
  sequence.attention_.Run(sequence.qkv_.data(), sequence.tokens_, sequence.mixed_.data());
  attention_out_.Multiply(sequence.mixed_.data(), sequence.tokens_, sequence.scratch_.data(), use);
}

void CpuBlock::AddAttention(CpuSequence& sequence) const {
  Attend(sequence, [&](const ProductTile& tile) { AddToResidual(tile, sequence); });
}

void CpuBlock::ComputeInner(CpuSequence& sequence) const {
  Normalise(mlp_norm_, sequence);
  gate_up_.Multiply(sequence.normed_.data(),
                    sequence.tokens_,
                    sequence.scratch_.data(),
                    [&](const ProductTile& tile) { Gate(tile, sequence); });
}

void CpuBlock::Down(CpuSequence& sequence, c10::function_ref<void(const ProductTile&)> use) const {
  down_.Multiply(sequence.inner_.data(), sequence.tokens_, sequence.scratch_.data(), use);
}

void CpuBlock::AddDown(CpuSequence& sequence) const {
  Down(sequence, [&](const ProductTile& tile) { AddToResidual(tile, sequence); });
}

void CpuBlock::Normalise(const std::vector<float>& weight, CpuSequence& sequence) const {
  RmsNormRows(
      *kernels_, sequence.residual_, weight, shape_.attention.rms_norm_eps, sequence.normed_);
}

void CpuBlock::Rotate(CpuSequence& sequence) const {
  const std::int64_t width = qkv_.out();
  const std::int64_t half = shape_.attention.head_dim / 2;
  // Queries and keys are turned, values are not.
  const std::int64_t rotated = shape_.attention.heads + shape_.attention.kv_heads;
  for (std::int64_t token = 0; token < sequence.tokens_; ++token) {
    const float* cosine = &sequence.cosine_[Size(token * half)];
    const float* sine = &sequence.sine_[Size(token * half)];
    at::BFloat16* row = &sequence.qkv_[Size(token * width)];
    for (std::int64_t head = 0; head < rotated; ++head) {
      kernels_->rotate(cosine, sine, Size(half), Bits(row + head * 2 * half));
    }
  }
}

void CpuBlock::AddToResidual(const ProductTile& tile, CpuSequence& sequence) const {
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    float* to = &sequence.residual_[Size((tile.first_row + r) * shape_.hidden + tile.first_column)];
    kernels_->add(tile.Row(r), Size(tile.columns), to);
  }
}

void CpuBlock::Gate(const ProductTile& tile, CpuSequence& sequence) const {
  for (std::int64_t r = 0; r < tile.rows; ++r) {
    at::BFloat16* row = &sequence.inner_[Size((tile.first_row + r) * shape_.inner)];
    for (std::int64_t c = 0; c < tile.columns; c += 2 * kPairs) {
      const std::int64_t first = (tile.first_column + c) / 2;
      const float* gates = tile.Row(r) + c;
      kernels_->gate(
          gates, gates + kPairs, Size(std::min(kPairs, shape_.inner - first)), Bits(row + first));
    }
  }
}

}  // namespace saelaw
