// The kernels of cpu_kernels.h in the compiler's portable vectors. Included by one .cc file for
// each instruction set, which defines SAELAW_VECTOR_BYTES; everything here has internal linkage, as
// two files of different instruction sets must not share a function.
#pragma once

namespace saelaw {
namespace {

constexpr std::size_t kLanes = SAELAW_VECTOR_BYTES / sizeof(float);

using Floats [[gnu::vector_size(SAELAW_VECTOR_BYTES)]] = float;
using Words [[gnu::vector_size(SAELAW_VECTOR_BYTES)]] = std::uint32_t;
using Halves [[gnu::vector_size(SAELAW_VECTOR_BYTES / 2)]] = std::uint16_t;

// Rows are cut into whole vectors and one partial one; memory beyond a row is never touched.
struct Whole {
  static constexpr std::size_t count = kLanes;
};
struct Part {
  std::size_t count;
};

template <typename Cut>
inline Floats Load(const float* from, Cut cut) {
  Floats value = {};
  __builtin_memcpy(&value, from, cut.count * sizeof(float));
  return value;
}
template <typename Cut>
inline Floats Load(const Bf16Bits* from, Cut cut) {
  Halves halves = {};
  __builtin_memcpy(&halves, from, cut.count * sizeof(Bf16Bits));
  return reinterpret_cast<Floats>(__builtin_convertvector(halves, Words) << 16);
}
template <typename Cut>
inline void Store(Floats value, float* to, Cut cut) {
  __builtin_memcpy(to, &value, cut.count * sizeof(float));
}
// To nearest even; NaN stays NaN.
template <typename Cut>
inline void Store(Floats value, Bf16Bits* to, Cut cut) {
  const Words words = reinterpret_cast<Words>(value);
  const Words rounded = words + 0x7fff + ((words >> 16) & 1);
  const Words kept = value == value ? rounded : Words{} + 0x7fc00000;
  const Halves halves = __builtin_convertvector(kept >> 16, Halves);
  __builtin_memcpy(to, &halves, cut.count * sizeof(Bf16Bits));
}

template <typename Body>
inline void ForEach(std::size_t width, Body body) {
  std::size_t c = 0;
  for (; c + kLanes <= width; c += kLanes) body(c, Whole{});
  if (c < width) body(c, Part{width - c});
}

inline float Sum(Floats value) {
  float total = 0;
  for (std::size_t i = 0; i < kLanes; ++i) total += value[i];
  return total;
}
inline float Max(Floats value) {
  float highest = value[0];
  for (std::size_t i = 1; i < kLanes; ++i) highest = value[i] > highest ? value[i] : highest;
  return highest;
}

// 2^n · e^r with n the nearest integer to x / ln 2 and e^r from its series: 1e-7 relative for x in
// [-87, 88], to which x is clamped. NaN stays NaN.
inline Floats Exp(Floats x) {
  const Floats highest = Floats{} + 88, lowest = Floats{} - 87;
  x = x > highest ? highest : x;
  x = x < lowest ? lowest : x;
  constexpr float kRounder = 12582912;  // 1.5 · 2^23: adding it rounds to an integer
  const Floats shifted = x * 1.44269504F + kRounder;
  const Floats n = shifted - kRounder;
  const Floats r = x - n * 0.693145752F - n * 1.42860677e-6F;  // ln 2 in two parts
  Floats series = r * (1.0F / 720) + (1.0F / 120);
  series = series * r + (1.0F / 24);
  series = series * r + (1.0F / 6);
  series = series * r + 0.5F;
  series = series * r + 1;
  series = series * r + 1;
  const Words exponent = (reinterpret_cast<Words>(shifted) - 0x4b400000U + 127U) << 23;
  return series * reinterpret_cast<Floats>(exponent);
}

void RmsNormRow(const float* x, const float* weight, std::size_t width, float eps, Bf16Bits* to) {
  Floats squares = {};
  ForEach(width, [&](std::size_t c, auto cut) {
    const Floats value = Load(x + c, cut);
    squares += value * value;
  });
  const float scale = 1 / __builtin_sqrtf(Sum(squares) / static_cast<float>(width) + eps);
  ForEach(width, [&](std::size_t c, auto cut) {
    Store(Load(x + c, cut) * scale * Load(weight + c, cut), to + c, cut);
  });
}

void RotateHead(const float* cosine, const float* sine, std::size_t half, Bf16Bits* head) {
  ForEach(half, [&](std::size_t c, auto cut) {
    const Floats first = Load(head + c, cut), second = Load(head + half + c, cut);
    const Floats cosines = Load(cosine + c, cut), sines = Load(sine + c, cut);
    Store(first * cosines - second * sines, head + c, cut);
    Store(second * cosines + first * sines, head + half + c, cut);
  });
}

void GateRow(const float* gate, const float* up, std::size_t width, Bf16Bits* to) {
  ForEach(width, [&](std::size_t c, auto cut) {
    const Floats x = Load(gate + c, cut);
    Store(x / (1 + Exp(-x)) * Load(up + c, cut), to + c, cut);
  });
}

void RoundRow(const float* from, float factor, std::size_t width, Bf16Bits* to) {
  ForEach(width,
          [&](std::size_t c, auto cut) { Store(Load(from + c, cut) * factor, to + c, cut); });
}

void WidenRow(const Bf16Bits* from, std::size_t width, float* to) {
  ForEach(width, [&](std::size_t c, auto cut) { Store(Load(from + c, cut), to + c, cut); });
}

void AddRow(const float* from, std::size_t width, float* to) {
  ForEach(width, [&](std::size_t c, auto cut) {
    Store(Load(to + c, cut) + Load(from + c, cut), to + c, cut);
  });
}

// The partial vector is joined number by number: its empty lanes are no scores.
float FindMax(const float* from, std::size_t width) {
  float highest = -__builtin_inff();
  Floats highests = Floats{} + highest;
  std::size_t c = 0;
  for (; c + kLanes <= width; c += kLanes) {
    const Floats value = Load(from + c, Whole{});
    highests = value > highests ? value : highests;
  }
  for (; c < width; ++c) highest = from[c] > highest ? from[c] : highest;
  const float other = Max(highests);
  return other > highest ? other : highest;
}

float ComputeExponentials(const float* scores, float scale, std::size_t count, Bf16Bits* to) {
  const float max = FindMax(scores, count);
  Floats sums = {};
  std::size_t c = 0;
  for (; c + kLanes <= count; c += kLanes) {
    const Floats value = Exp((Load(scores + c, Whole{}) - max) * scale);
    sums += value;
    Store(value, to + c, Whole{});
  }
  float sum = Sum(sums);
  if (c == count) return sum;
  const Part rest{count - c};
  const Floats value = Exp((Load(scores + c, rest) - max) * scale);
  Store(value, to + c, rest);
  for (std::size_t i = 0; i < rest.count; ++i) sum += value[i];
  return sum;
}

void SumExponentials(const float* from, std::size_t width, float* max, float* sum) {
  const float highest = FindMax(from, width);
  if (!(highest <= *max)) {
    *sum *= Exp(Floats{} + (*max - highest))[0];
    *max = highest;
  }
  Floats sums = {};
  std::size_t c = 0;
  for (; c + kLanes <= width; c += kLanes) sums += Exp(Load(from + c, Whole{}) - *max);
  *sum += Sum(sums);
  if (c == width) return;
  const Part rest{width - c};
  const Floats value = Exp(Load(from + c, rest) - *max);
  for (std::size_t i = 0; i < rest.count; ++i) *sum += value[i];
}

constexpr LlamaKernels kKernels = {RmsNormRow,
                                   RotateHead,
                                   GateRow,
                                   RoundRow,
                                   WidenRow,
                                   AddRow,
                                   ComputeExponentials,
                                   SumExponentials};

}  // namespace
}  // namespace saelaw
