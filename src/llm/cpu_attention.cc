// Attention goes in blocks of queries over packed keys and values, with the matrix kernels of
// LibTorch: scores stay in the cache, and are divided by their sums only at the end. Machines
// without these kernels take LibTorch's own attention.
#include "llm/cpu_attention.h"

#include <algorithm>
#include <cmath>

#include <ATen/ATen.h>

#include "llm/cpu_matrix.h"

namespace saelaw {
namespace {

constexpr std::int64_t kPanel = CpuMatrix::kTileColumns;
constexpr std::int64_t kQueries = 64;  // rows of scores at once: they stay in the cache
// Keys of one product with the values: few different depths, so that few kernels are made.
constexpr std::int64_t kDepth = 256;

std::int64_t RoundUp(std::int64_t count) { return (count + kPanel - 1) / kPanel * kPanel; }

Bf16Bits* Bits(at::BFloat16* values) { return reinterpret_cast<Bf16Bits*>(values); }

}  // namespace

CpuAttention::CpuAttention(const LlamaBlockShape& shape, std::int64_t context)
    : shape_(shape),
      kernels_(BestLlamaKernels()),
      context_(RoundUp(context)),
      row_((shape.heads + 2 * shape.kv_heads) * shape.head_dim),
      value_panels_(RoundUp(shape.head_dim) / kPanel),
      packed_(HasPackedProducts()) {
  if (!packed_) return;
  const auto size = [](std::int64_t count) { return static_cast<std::size_t>(count); };
  keys_.resize(size(context_ * shape.head_dim));
  values_.resize(size(value_panels_ * kPanel * context_));
  scores_.resize(size(kQueries * context_));
  weights_.resize(size(kQueries * context_));
  sums_.resize(size(kQueries));
  mixed_.resize(size(kQueries * kPanel));
}

void CpuAttention::Run(const at::BFloat16* qkv, std::int64_t tokens, at::BFloat16* to) {
  if (!packed_) return RunWithLibTorch(qkv, tokens, to);
  // Keys and values are packed once for all query heads that share them.
  const std::int64_t group = shape_.heads / shape_.kv_heads;
  for (std::int64_t kv_head = 0; kv_head < shape_.kv_heads; ++kv_head) {
    const at::BFloat16* keys = qkv + (shape_.heads + kv_head) * shape_.head_dim;
    PackKeys(keys, tokens);
    PackValues(keys + shape_.kv_heads * shape_.head_dim, tokens);
    for (std::int64_t head = kv_head * group; head < (kv_head + 1) * group; ++head) {
      const std::int64_t offset = head * shape_.head_dim;
      for (std::int64_t first = 0; first < tokens; first += kQueries) {
        RunQueries(qkv + first * row_ + offset,
                   first,
                   std::min(kQueries, tokens - first),
                   to + first * shape_.heads * shape_.head_dim + offset);
      }
    }
  }
}

void CpuAttention::RunWithLibTorch(const at::BFloat16* qkv,
                                   std::int64_t tokens,
                                   at::BFloat16* to) const {
  const auto options = at::dtype(at::kBFloat16);
  const at::Tensor all = at::from_blob(const_cast<at::BFloat16*>(qkv),
                                       {1, tokens, row_ / shape_.head_dim, shape_.head_dim},
                                       options)
                             .to(HasBf16Products() ? at::kBFloat16 : at::kFloat)
                             .transpose(1, 2);
  const at::Tensor mixed = at::scaled_dot_product_attention(
      all.narrow(1, 0, shape_.heads),
      all.narrow(1, shape_.heads, shape_.kv_heads),
      all.narrow(1, shape_.heads + shape_.kv_heads, shape_.kv_heads),
      /*attn_mask=*/{},
      /*dropout_p=*/0.0,
      /*is_causal=*/true,
      /*scale=*/{},
      /*enable_gqa=*/true);
  at::from_blob(to, {tokens, shape_.heads, shape_.head_dim}, options)
      .copy_(mixed[0].transpose(0, 1));
}

// Keys are columns here: pairs of their components lie side by side. Beyond the last there are
// zeros.
void CpuAttention::PackKeys(const at::BFloat16* keys, std::int64_t tokens) {
  const std::int64_t pairs = shape_.head_dim / 2;
  auto* to = reinterpret_cast<std::uint32_t*>(keys_.data());
  std::fill_n(to, RoundUp(tokens) * pairs, 0U);
  for (std::int64_t token = 0; token < tokens; ++token) {
    const auto* from = reinterpret_cast<const std::uint32_t*>(keys + token * row_);
    std::uint32_t* column = to + token / kPanel * pairs * kPanel + token % kPanel;
    for (std::int64_t pair = 0; pair < pairs; ++pair) column[pair * kPanel] = from[pair];
  }
}

// Values are rows: pairs of tokens lie side by side.
void CpuAttention::PackValues(const at::BFloat16* values, std::int64_t tokens) {
  std::fill(values_.begin(), values_.end(), at::BFloat16(0));
  for (std::int64_t panel = 0; panel < value_panels_; ++panel) {
    const std::int64_t first = panel * kPanel;
    const std::int64_t width = std::min(kPanel, shape_.head_dim - first);
    for (std::int64_t token = 0; token < tokens; ++token) {
      const at::BFloat16* from = values + token * row_ + first;
      at::BFloat16* to =
          values_.data() + panel * context_ * kPanel + token / 2 * kPanel * 2 + token % 2;
      for (std::int64_t c = 0; c < width; ++c) to[2 * c] = from[c];
    }
  }
}

// softmax(q kᵀ / √head_dim) v for `count` queries, the first being token `first`: each sees the
// tokens up to itself.
void CpuAttention::RunQueries(const at::BFloat16* queries,
                              std::int64_t first,
                              std::int64_t count,
                              at::BFloat16* to) {
  // No query of the block sees a key beyond its last one.
  const std::int64_t keys = RoundUp(first + count);
  for (std::int64_t key = 0; key < keys; key += kPanel) {
    MultiplyPacked(queries,
                   row_,
                   count,
                   shape_.head_dim,
                   keys_.data() + key * shape_.head_dim,
                   /*add=*/false,
                   context_,
                   scores_.data() + key);
  }
  const float scale = 1 / std::sqrt(static_cast<float>(shape_.head_dim));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t seen = first + i + 1;
    at::BFloat16* row = weights_.data() + i * context_;
    sums_[static_cast<std::size_t>(i)] = kernels_.exponentials(
        scores_.data() + i * context_, scale, static_cast<std::size_t>(seen), Bits(row));
    // Tokens that come later have a weight of zero: this is the causal mask.
    std::fill(row + seen, row + keys, at::BFloat16(0));
  }
  MixValues(count, keys, to);
}

void CpuAttention::MixValues(std::int64_t count, std::int64_t keys, at::BFloat16* to) {
  for (std::int64_t panel = 0; panel < value_panels_; ++panel) {
    const at::BFloat16* values = values_.data() + panel * context_ * kPanel;
    for (std::int64_t key = 0; key < keys; key += kDepth) {
      MultiplyPacked(weights_.data() + key,
                     context_,
                     count,
                     std::min(kDepth, keys - key),
                     values + key * kPanel,
                     /*add=*/key > 0,
                     kPanel,
                     mixed_.data());
    }
    const std::int64_t width = std::min(kPanel, shape_.head_dim - panel * kPanel);
    for (std::int64_t i = 0; i < count; ++i) {
      kernels_.round(mixed_.data() + i * kPanel,
                     // The softmax divides once for each row instead of once for each weight.
                     1 / sums_[static_cast<std::size_t>(i)],
                     static_cast<std::size_t>(width),
                     Bits(to + i * shape_.heads * shape_.head_dim + panel * kPanel));
    }
  }
}

}  // namespace saelaw
