// Vectors of fp32 numbers, and operands in fp32 or bf16 read into them and written from them, in
// GCC's portable vectors. Included by one .cc file for each instruction set, which defines
// SAELAW_VECTOR_BYTES; everything here has internal linkage, as two files of different instruction
// sets must not share a function.
#pragma once

#include <cstddef>
#include <cstdint>

#include <immintrin.h>

#include "sae/cpu/rows.h"

namespace saelaw {
namespace {

constexpr std::size_t kLanes = SAELAW_VECTOR_BYTES / sizeof(float);
using Floats [[gnu::vector_size(SAELAW_VECTOR_BYTES)]] = float;
using Words [[gnu::vector_size(SAELAW_VECTOR_BYTES)]] = std::uint32_t;
using Integers [[gnu::vector_size(SAELAW_VECTOR_BYTES)]] = std::int32_t;
using Halves [[gnu::vector_size(SAELAW_VECTOR_BYTES / 2)]] = std::uint16_t;

inline Floats Load(const float* from) {
  Floats value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
inline void Store(float* to, Floats value) { __builtin_memcpy(to, &value, sizeof value); }

inline Floats AsFloats(Words words) {
  Floats value;
  __builtin_memcpy(&value, &words, sizeof value);
  return value;
}
inline Floats Load(const Bf16* from) {
  Halves halves;
  __builtin_memcpy(&halves, from, sizeof halves);
  return AsFloats(__builtin_convertvector(halves, Words) << 16);
}

// Two vectors' worth of a row. Of bf16 numbers one load gives two: those at even places, which are
// the lower halves of the words, and those at odd ones.
struct Pair {
  Floats first, second;
};
inline Pair LoadPair(const float* from) { return {Load(from), Load(from + kLanes)}; }
inline Pair LoadPair(const Bf16* from) {
  Words words;
  __builtin_memcpy(&words, from, sizeof words);
  return {AsFloats(words << 16), AsFloats(words & 0xffff0000)};
}

// Brings numbers in order into the places that LoadPair<T> gives them, and back.
constexpr Integers EveryOther(std::int32_t first) {
  Integers places{};
  for (std::size_t i = 0; i < kLanes; ++i) places[i] = static_cast<std::int32_t>(2 * i) + first;
  return places;
}
constexpr Integers Zipped(std::int32_t first) {
  Integers places{};
  for (std::size_t i = 0; i < kLanes; ++i) {
    places[i] = first + static_cast<std::int32_t>(i / 2 + (i % 2) * kLanes);
  }
  return places;
}
template <typename T>
inline Pair Split(Pair in_order) {
  if constexpr (sizeof(T) == sizeof(float)) return in_order;
  return {__builtin_shuffle(in_order.first, in_order.second, EveryOther(0)),
          __builtin_shuffle(in_order.first, in_order.second, EveryOther(1))};
}
template <typename T>
inline Pair Joined(Pair split) {
  if constexpr (sizeof(T) == sizeof(float)) return split;
  return {__builtin_shuffle(split.first, split.second, Zipped(0)),
          __builtin_shuffle(split.first, split.second, Zipped(kLanes / 2))};
}

inline float ToFloat(float value) { return value; }
inline float ToFloat(Bf16 value) {
  const std::uint32_t word = static_cast<std::uint32_t>(value) << 16;
  float result;
  __builtin_memcpy(&result, &word, sizeof result);
  return result;
}

inline void ToOperand(float value, float* to) { *to = value; }
inline void ToOperand(float value, Bf16* to) {
  std::uint32_t word;
  __builtin_memcpy(&word, &value, sizeof word);
  const std::uint32_t rounded = (word + 0x7fff + ((word >> 16) & 1)) >> 16;
  *to = static_cast<Bf16>(value != value ? 0x7fc0 : rounded);
}
inline void ToOperand(Floats value, float* to) { Store(to, value); }
inline void ToOperand(Floats value, Bf16* to) {
  Words words;
  __builtin_memcpy(&words, &value, sizeof words);
  const Words nan = words - words + 0x7fc0;
  const Words rounded = (words + 0x7fff + ((words >> 16) & 1)) >> 16;
  const Halves halves = __builtin_convertvector(value != value ? nan : rounded, Halves);
  __builtin_memcpy(to, &halves, sizeof halves);
}

// A comparison's lanes as bits, in the order of the lanes, and back. kLanes bits fill whole bytes.
inline void StoreBits(Integers lanes, std::uint8_t* to) {
#ifdef __AVX512F__
  const __mmask16 bits = _mm512_movepi32_mask((__m512i)lanes);
#else
  const auto bits = static_cast<std::uint8_t>(_mm256_movemask_ps((__m256)lanes));
#endif
  static_assert(8 * sizeof bits == kLanes);
  __builtin_memcpy(to, &bits, sizeof bits);
}
constexpr Words BitOfEachLane() {
  Words bits{};
  for (std::size_t i = 0; i < kLanes; ++i) bits[i] = std::uint32_t{1} << i;
  return bits;
}
inline Integers LoadBits(const std::uint8_t* from) {
  std::uint16_t bits = from[0];
  if constexpr (kLanes == 16) __builtin_memcpy(&bits, from, sizeof bits);
  return ((Words{} + bits) & BitOfEachLane()) != 0;
}
inline void SetBit(std::size_t place, std::uint8_t* bits) {
  bits[place / 8] = static_cast<std::uint8_t>(bits[place / 8] | (1U << (place % 8)));
}
inline bool HasBit(std::size_t place, const std::uint8_t* bits) {
  return ((bits[place / 8] >> (place % 8)) & 1U) != 0;
}

inline float Sum(Floats value) {
  float total = 0;
  for (std::size_t i = 0; i < kLanes; ++i) total += value[i];
  return total;
}

}  // namespace
}  // namespace saelaw
