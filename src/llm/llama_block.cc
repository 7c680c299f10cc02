// A block is LibTorch's operations, or kernels of the CUDA library where they apply. The
// kernels round once where a chain of operations rounds several times.
#include "llm/llama_block.h"

#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include <ATen/ATen.h>
#include <c10/util/Exception.h>

#include "llm/gpu_kernels.h"

namespace saelaw {
namespace {

// Rotates the pairs (i, i + head_dim / 2) of the first `rotated` heads, in place: x cos +
// rotate_half(x) sin (Su et al., 2021, arXiv:2104.09864, eq. 34, in the half-split order of Hugging
// Face checkpoints). heads: [batch, context, heads, head_dim].
void Rotate(at::Tensor& heads, std::int64_t rotated, const RotaryTables& rotary) {
  if (LlamaKernelsApply(heads)) {
    RotateByKernel(heads, rotated, rotary.cosine, rotary.sine);
    return;
  }
  const at::Tensor x = heads.narrow(2, 0, rotated);
  const std::int64_t half = x.size(-1) / 2;
  const auto part = [half](const at::Tensor& of, int which) {
    return of.narrow(-1, which * half, half);
  };
  const at::Tensor turned = x * rotary.cosine;
  part(turned, 0).addcmul_(part(x, 1), part(rotary.sine, 0), -1);
  part(turned, 1).addcmul_(part(x, 0), part(rotary.sine, 1));
  x.copy_(turned);
}

// Whether attention takes fewer heads of keys than of queries: LibTorch's fast kernels for a GPU do
// in bf16, those for fp32 and for a CPU do not.
bool SharesHeads(const at::Tensor& x) { return x.is_cuda() && x.scalar_type() == at::kBFloat16; }

// [batch, context, kv_heads, head_dim] → [batch, kv_heads, context, head_dim], or each repeated for
// the query heads that share it.
at::Tensor KeyHeads(const at::Tensor& x, std::int64_t heads) {
  const std::int64_t repeats = heads / x.size(2);
  const at::Tensor by_head = x.transpose(1, 2);
  return repeats == 1 || SharesHeads(x) ? by_head : by_head.repeat_interleave(repeats, 1);
}

// Shapes that cuDNN has refused. By shape, so that what is chosen never depends on what came
// before: a run that goes on from a checkpoint must meet the same bits.
class RefusedShapes {
 public:
  bool Have(at::IntArrayRef shape) {
    const std::lock_guard lock(mutex_);
    return shapes_.count(shape.vec()) > 0;
  }
  void Add(at::IntArrayRef shape) {
    const std::lock_guard lock(mutex_);
    shapes_.insert(shape.vec());
  }

 private:
  std::mutex mutex_;
  std::set<std::vector<std::int64_t>> shapes_;
};

// By cuDNN, on Hopper in two thirds of the time of what LibTorch chooses: it leaves cuDNN out where
// operations must be deterministic, because of gradients that are not. Nothing where cuDNN cannot.
std::optional<at::Tensor> AttendByCudnn(const at::Tensor& query,
                                        const at::Tensor& key,
                                        const at::Tensor& value) {
  static RefusedShapes refused;
  // Contexts of other lengths were not tried.
  constexpr std::int64_t kLengths = 64;
  if (!SharesHeads(query) || query.size(2) % kLengths != 0 || refused.Have(query.sizes())) {
    return std::nullopt;
  }
  try {
    return std::get<0>(at::_scaled_dot_product_cudnn_attention(query,
                                                               key,
                                                               value,
                                                               /*attn_bias=*/{},
                                                               /*compute_log_sumexp=*/false,
                                                               /*dropout_p=*/0.0,
                                                               /*is_causal=*/true));
  } catch (const c10::OutOfMemoryError&) {
    throw;
  } catch (const c10::Error&) {
    refused.Add(query.sizes());
    return std::nullopt;
  }
}

at::Tensor Attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value) {
  if (std::optional<at::Tensor> mixed = AttendByCudnn(query, key, value)) return *mixed;
  return at::scaled_dot_product_attention(query,
                                          key,
                                          value,
                                          /*attn_mask=*/{},
                                          /*dropout_p=*/0.0,
                                          /*is_causal=*/true,
                                          /*scale=*/{},
                                          /*enable_gqa=*/SharesHeads(query));
}

}  // namespace

at::Tensor RmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps) {
  return at::rms_norm(x, weight.sizes(), weight, eps);
}

void ResidualStream::Add(at::Tensor delta) {
  Sum();
  pending_ = std::move(delta);
}

at::Tensor ResidualStream::Normed(const at::Tensor& weight, double eps) {
  if (LlamaKernelsApply(x_)) {
    return AddNormByKernel(x_, std::exchange(pending_, {}), weight, eps);
  }
  return RmsNorm(Sum(), weight, eps);
}

const at::Tensor& ResidualStream::Sum() {
  if (pending_.defined()) x_.add_(std::exchange(pending_, {}));
  return x_;
}

at::Tensor Attention(const LlamaBlock& block,
                     const LlamaBlockShape& shape,
                     const RotaryTables& rotary,
                     ResidualStream& stream) {
  const at::Tensor normed = stream.Normed(block.attention_norm, shape.rms_norm_eps);
  const std::int64_t batch = normed.size(0);
  const std::int64_t context = normed.size(1);
  const std::int64_t rotated = shape.heads + shape.kv_heads;
  at::Tensor heads = at::linear(normed, block.qkv)
                         .view({batch, context, rotated + shape.kv_heads, shape.head_dim});
  Rotate(heads, rotated, rotary);
  const at::Tensor query = heads.narrow(2, 0, shape.heads).transpose(1, 2);
  const at::Tensor key = KeyHeads(heads.narrow(2, shape.heads, shape.kv_heads), shape.heads);
  const at::Tensor value = KeyHeads(heads.narrow(2, rotated, shape.kv_heads), shape.heads);
  const at::Tensor mixed = Attend(query, key, value);
  const at::Tensor joined = mixed.transpose(1, 2).reshape({batch, context, -1});
  return at::linear(joined, block.attention_out);
}

at::Tensor MlpActivation(const LlamaBlock& block,
                         const LlamaBlockShape& shape,
                         ResidualStream& stream) {
  const at::Tensor normed = stream.Normed(block.mlp_norm, shape.rms_norm_eps);
  const at::Tensor gate_up = at::linear(normed, block.gate_up);
  if (LlamaKernelsApply(gate_up)) return GateByKernel(gate_up);
  const auto halves = gate_up.chunk(2, -1);
  return at::silu(halves[0]).mul_(halves[1]);
}

void PassBlock(const LlamaBlock& block,
               const LlamaBlockShape& shape,
               const RotaryTables& rotary,
               ResidualStream& stream) {
  stream.Add(Attention(block, shape, rotary, stream));
  stream.Add(at::linear(MlpActivation(block, shape, stream), block.down));
}

}  // namespace saelaw
