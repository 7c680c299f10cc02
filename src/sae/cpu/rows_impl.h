// The row kernels. As vectors.h, included by one .cc file for each instruction set.
#pragma once

#include <algorithm>

#include <immintrin.h>

#include "sae/cpu/rows.h"
#include "sae/cpu/vectors.h"

namespace saelaw {
namespace {

// Sums kept in registers at once: enough chains to hide the latency of a fused multiply-add.
constexpr std::size_t kSums = SAELAW_VECTOR_BYTES == 64 ? 16 : 8;
constexpr std::size_t kChunk = kSums * kLanes;

template <typename T>
inline void Prefetch(const T* row, std::size_t c) {
  __builtin_prefetch(row + c, 0, 2);
}

// Columns [c, c + 2N·kLanes) of Accumulate.
template <std::size_t N, typename T>
inline void AccumulateColumns(
    const T* const* rows, const float* factors, std::size_t count, std::size_t c, float* sum) {
  Floats sums[2 * N] = {};
  for (std::size_t k = 0; k < count; ++k) {
    const T* row = rows[k] + c;
    const float factor = factors[k];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < N; ++i) {
      const Pair pair = LoadPair(row + 2 * i * kLanes);
      sums[2 * i] += pair.first * factor;
      sums[2 * i + 1] += pair.second * factor;
    }
  }
#pragma GCC unroll 8
  for (std::size_t i = 0; i < N; ++i) {
    const Pair in_order = Joined<T>({sums[2 * i], sums[2 * i + 1]});
    Store(sum + c + 2 * i * kLanes, in_order.first);
    Store(sum + c + (2 * i + 1) * kLanes, in_order.second);
  }
}

template <typename T>
void Accumulate(
    const T* const* rows, const float* factors, std::size_t count, std::size_t width, float* sum) {
  std::size_t c = 0;
  for (; c + kChunk <= width; c += kChunk) {
    AccumulateColumns<kSums / 2>(rows, factors, count, c, sum);
  }
  for (; c + 2 * kLanes <= width; c += 2 * kLanes) {
    AccumulateColumns<1>(rows, factors, count, c, sum);
  }
  for (; c < width; ++c) {
    float total = 0;
    for (std::size_t k = 0; k < count; ++k) total += ToFloat(rows[k][c]) * factors[k];
    sum[c] = total;
  }
}

// N rows at once share the loads of `vector`.
template <std::size_t N, typename T>
inline void ComputeDots(const T* const* rows, std::size_t width, const float* vector, float* dots) {
  Floats sums[N][2] = {};
  std::size_t c = 0;
  for (; c + 2 * kLanes <= width; c += 2 * kLanes) {
    const Pair by = Split<T>(LoadPair(vector + c));
#pragma GCC unroll 8
    for (std::size_t k = 0; k < N; ++k) {
      const Pair pair = LoadPair(rows[k] + c);
      sums[k][0] += by.first * pair.first;
      sums[k][1] += by.second * pair.second;
    }
  }
  for (std::size_t k = 0; k < N; ++k) {
    float total = Sum(sums[k][0] + sums[k][1]);
    for (std::size_t rest = c; rest < width; ++rest) total += vector[rest] * ToFloat(rows[k][rest]);
    dots[k] = total;
  }
}

template <typename T>
void Dots(
    const T* const* rows, std::size_t count, std::size_t width, const float* vector, float* dots) {
  std::size_t k = 0;
  for (; k + 4 <= count; k += 4) ComputeDots<4>(rows + k, width, vector, dots + k);
  for (; k < count; ++k) ComputeDots<1>(rows + k, width, vector, dots + k);
}

template <typename T>
void PrefetchRows(const T* const* rows, std::size_t count, std::size_t width) {
  constexpr std::size_t kLine = 64 / sizeof(T);
  for (std::size_t k = 0; k < count; ++k) {
    for (std::size_t c = 0; c < width; c += kLine) Prefetch(rows[k], c);
  }
}

inline void Add(const float* __restrict row,
                float factor,
                std::size_t width,
                float* __restrict sum) {
  for (std::size_t c = 0; c < width; ++c) sum[c] += factor * row[c];
}

template <typename T>
void Centre(const float* x, const float* bias, std::size_t width, T* operand) {
  if (bias == nullptr) {
    for (std::size_t c = 0; c < width; ++c) ToOperand(x[c], operand + c);
  } else {
    for (std::size_t c = 0; c < width; ++c) ToOperand(x[c] - bias[c], operand + c);
  }
}

template <typename T>
float Error(const float* recons,
            const float* bias,
            const float* x,
            float factor,
            std::size_t width,
            float* error,
            T* operand,
            float* bias_gradient) {
  Floats squares = {};
  std::size_t c = 0;
  for (; c + kLanes <= width; c += kLanes) {
    const Floats e = Load(recons + c) + Load(bias + c) - Load(x + c);
    const Floats scaled = e * factor;
    squares += e * e;
    Store(error + c, scaled);
    ToOperand(scaled, operand + c);
    Store(bias_gradient + c, Load(bias_gradient + c) + scaled);
  }
  float total = Sum(squares);
  for (; c < width; ++c) {
    const float e = recons[c] + bias[c] - x[c];
    total += e * e;
    error[c] = e * factor;
    ToOperand(error[c], operand + c);
    bias_gradient[c] += e * factor;
  }
  return total;
}

// 1/(√v·unbias + ε), to the last bit but one or two: the exact instructions would take longer than
// all else in an update. The least normal number keeps 0 from becoming NaN and is far below ε².
inline Floats Reciprocal(const AdamRow& adam, Floats v) {
#ifdef __AVX512F__
  const Floats positive = v + 1.17549435e-38F;
  auto root = (Floats)_mm512_maskz_rsqrt14_ps(0xffff, (__m512)positive);
  root = root * (1.5F - 0.5F * positive * root * root);
  const Floats divisor = positive * root * adam.unbias + adam.epsilon;
  const auto guess = (Floats)_mm512_maskz_rcp14_ps(0xffff, (__m512)divisor);
  return guess * (2 - divisor * guess);
#else
  for (std::size_t i = 0; i < kLanes; ++i) v[i] = __builtin_sqrtf(v[i]);
  return 1 / (v * adam.unbias + adam.epsilon);
#endif
}

inline float Updated(const AdamRow& adam, float gradient, float w, float* v) {
  *v = adam.carry * *v + adam.one_less_beta * gradient * gradient;
  return w - adam.rate * gradient / (__builtin_sqrtf(*v) * adam.unbias + adam.epsilon);
}
inline Floats Updated(const AdamRow& adam, Floats gradient, Floats w, float* v) {
  const Floats second = adam.carry * Load(v) + adam.one_less_beta * gradient * gradient;
  Store(v, second);
  return w - adam.rate * gradient * Reciprocal(adam, second);
}

template <typename T>
void UpdateEncoder(
    const AdamRow& adam, const float* gradient, std::size_t width, float* w, float* v, T* copy) {
  const AdamRow a = adam;
  std::size_t c = 0;
  for (; c + kLanes <= width; c += kLanes) {
    const Floats updated = Updated(a, Load(gradient + c), Load(w + c), v + c);
    Store(w + c, updated);
    if (copy != nullptr) ToOperand(updated, copy + c);
  }
  for (; c < width; ++c) {
    w[c] = Updated(a, gradient[c], w[c], v + c);
    if (copy != nullptr) ToOperand(w[c], copy + c);
  }
}

inline float Dot(const float* a, const float* b, std::size_t width) {
  const float* rows[1] = {a};
  float dot;
  ComputeDots<1>(rows, width, b, &dot);
  return dot;
}

template <typename T>
void UpdateDecoder(
    const AdamRow& adam, float* gradient, std::size_t width, float* w, float* v, T* copy) {
  const AdamRow a = adam;
  const float along = Dot(gradient, w, width);
  Floats squares = {};
  std::size_t c = 0;
  for (; c + kLanes <= width; c += kLanes) {
    const Floats row = Load(w + c);
    const Floats updated = Updated(a, Load(gradient + c) - along * row, row, v + c);
    squares += updated * updated;
    Store(gradient + c, updated);
  }
  float norm = Sum(squares);
  for (std::size_t rest = c; rest < width; ++rest) {
    gradient[rest] = Updated(a, gradient[rest] - along * w[rest], w[rest], v + rest);
    norm += gradient[rest] * gradient[rest];
  }
  const float scale = 1 / __builtin_sqrtf(norm);
  for (c = 0; c + kLanes <= width; c += kLanes) {
    const Floats scaled = Load(gradient + c) * scale;
    Store(w + c, scaled);
    if (copy != nullptr) ToOperand(scaled, copy + c);
  }
  for (; c < width; ++c) {
    w[c] = gradient[c] * scale;
    if (copy != nullptr) ToOperand(w[c], copy + c);
  }
}

// Of a token alone.
inline bool InWindow(float pre, float theta, float half_window) {
  const float margin = pre - theta;
  return margin < half_window && margin > -half_window;
}

template <typename T>
void Activate(const float* __restrict products,
              float bias,
              float theta,
              float half_window,
              std::size_t count,
              T* __restrict latents,
              std::uint8_t* __restrict window,
              float* __restrict l0) {
  const Floats zero = {};
  std::size_t t = 0;
  for (; t + kLanes <= count; t += kLanes) {
    const Floats pre = Load(products + t) + bias;
    const Floats margin = pre - theta;
    const auto silent = pre <= theta;
    ToOperand(silent ? zero : pre, latents + t);
    StoreBits((margin < half_window) & (margin > -half_window), window + t / 8);
    Store(l0 + t, Load(l0 + t) + (silent ? zero : zero + 1));
  }
  std::fill(window + t / 8, window + BitBytes(count), std::uint8_t{0});
  for (; t < count; ++t) {
    const float pre = products[t] + bias;
    const bool silent = pre <= theta;
    l0[t] += silent ? 0.0F : 1.0F;
    ToOperand(silent ? 0.0F : pre, latents + t);
    if (InWindow(pre, theta, half_window)) SetBit(t, window);
  }
}

// A latent is active where it is not 0: its threshold is above 0.
template <typename T>
RowGradients Backward(const T* __restrict latents,
                      const std::uint8_t* __restrict window,
                      float theta,
                      float share,
                      const float* __restrict slopes,
                      std::size_t count,
                      T* __restrict d_latents) {
  Floats biases = {}, windows = {}, fired = {};
  const Floats zero = {};
  std::size_t t = 0;
  for (; t + kLanes <= count; t += kLanes) {
    const auto silent = Load(latents + t) == zero;
    const Floats d = Load(d_latents + t);
    const Floats jump = LoadBits(window + t / 8) ? d * theta + Load(slopes + t) : zero;
    const Floats d_pre = share * jump + (silent ? zero : d);
    biases += d_pre;
    fired += silent ? zero : zero + 1;
    windows += jump;
    ToOperand(d_pre, d_latents + t);
  }
  RowGradients gradients{Sum(biases), Sum(windows), Sum(fired)};
  for (; t < count; ++t) {
    const float d = ToFloat(d_latents[t]);
    const float jump = HasBit(t, window) ? d * theta + slopes[t] : 0;
    const bool silent = ToFloat(latents[t]) == 0;
    const float d_pre = share * jump + (silent ? 0 : d);
    gradients.window += jump;
    gradients.bias += d_pre;
    gradients.fired += silent ? 0.0F : 1.0F;
    ToOperand(d_pre, d_latents + t);
  }
  return gradients;
}

inline std::size_t SelectOne(
    float pre, float floor, std::size_t t, std::size_t kept, std::uint32_t* tokens, float* list) {
  tokens[kept] = static_cast<std::uint32_t>(t);
  list[kept] = pre;
  return kept + (pre <= floor ? 0 : 1);
}

inline std::size_t Select(const float* products,
                          float bias,
                          float floor,
                          std::size_t count,
                          std::uint32_t* tokens,
                          float* pre_acts) {
  std::size_t kept = 0;
  std::size_t t = 0;
  for (; t + kLanes <= count; t += kLanes) {
    const Floats pre = Load(products + t) + bias;
    const auto silent = pre <= floor;
    int all = -1;
    for (std::size_t i = 0; i < kLanes; ++i) all &= silent[i];
    if (all != 0) continue;
    for (std::size_t i = 0; i < kLanes; ++i) {
      kept = SelectOne(pre[i], floor, t + i, kept, tokens, pre_acts);
    }
  }
  for (; t < count; ++t) {
    kept = SelectOne(products[t] + bias, floor, t, kept, tokens, pre_acts);
  }
  return kept;
}

template <typename T>
constexpr RowKernels<T> kRowKernels{Accumulate<T>,
                                    Dots<T>,
                                    PrefetchRows<T>,
                                    Add,
                                    Centre<T>,
                                    Error<T>,
                                    UpdateEncoder<T>,
                                    UpdateDecoder<T>,
                                    Activate<T>,
                                    Backward<T>,
                                    Select};

}  // namespace
}  // namespace saelaw
