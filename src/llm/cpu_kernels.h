// The passes of a transformer block between its matrix products, on rows of numbers in memory. One
// implementation, cpu_kernels_impl.h, compiled once for each instruction set; they differ by the
// order of sums alone.
#pragma once

#include <cstddef>
#include <cstdint>

namespace saelaw {

// The upper half of an fp32, rounded to nearest even.
using Bf16Bits = std::uint16_t;

struct LlamaKernels {
  // to[c] = x[c] / rms(x) * weight[c], all in fp32 (Zhang and Sennrich, 2019, arXiv:1910.07467,
  // eq. 4).
  void (*rms_norm)(const float* x, const float* weight, std::size_t width, float eps, Bf16Bits* to);
  // Rotates the pairs (i, i + half) of one head in place: x cos + rotate_half(x) sin (Su et al.,
  // 2021, arXiv:2104.09864, eq. 34, in the half-split order of Hugging Face checkpoints).
  void (*rotate)(const float* cosine, const float* sine, std::size_t half, Bf16Bits* head);
  // to[c] = silu(gate[c]) * up[c]
  void (*gate)(const float* gate, const float* up, std::size_t width, Bf16Bits* to);
  // to[c] = factor * from[c]
  void (*round)(const float* from, float factor, std::size_t width, Bf16Bits* to);
  // to[c] = from[c]
  void (*widen)(const Bf16Bits* from, std::size_t width, float* to);
  // to[c] += from[c]
  void (*add)(const float* from, std::size_t width, float* to);
  // to[c] = exp(scale * (scores[c] - max)); returns the sum of the values before rounding.
  float (*exponentials)(const float* scores, float scale, std::size_t count, Bf16Bits* to);
  // max and sum become those of all numbers seen so far and these, sum being Σ exp(x - max); begin
  // with -infinity and 0.
  void (*sum_exponentials)(const float* from, std::size_t width, float* max, float* sum);
};

// The best that this machine can run.
const LlamaKernels& BestLlamaKernels();

// For any CPU; and for those alone that have the instructions.
const LlamaKernels& LlamaKernelsPlain();
const LlamaKernels& LlamaKernelsAvx2();
const LlamaKernels& LlamaKernelsAvx512();

}  // namespace saelaw
