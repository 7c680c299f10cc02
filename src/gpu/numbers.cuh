// Rows of numbers in eights: a thread's share of a row, read and written in words of 16 bytes.
#pragma once

#include "gpu/bf16.h"
#include "gpu/device.h"

namespace saelaw::gpu {

// Words of 16 bytes over other numbers.
struct alignas(16) [[gnu::may_alias]] Packed {  // eight bf16
  std::uint32_t words[4];
};
struct alignas(16) [[gnu::may_alias]] Four {
  float value[4];
};
struct Eight {
  float value[kEight];
};

SAELAW_DEVICE float ToFloat(Bf16 number) {
  return AsFloat(static_cast<std::uint32_t>(number.bits) << 16);
}
SAELAW_DEVICE Bf16 ToBf16(float value) {
  return {static_cast<std::uint16_t>(Bf16Pair(value, 0) & 0xffff)};
}
// As the matrix products would take it.
SAELAW_DEVICE float Rounded(float value) { return AsFloat(Bf16Pair(value, 0) << 16); }

SAELAW_DEVICE Packed LoadPacked(const Bf16* from) { return *reinterpret_cast<const Packed*>(from); }
SAELAW_DEVICE void StorePacked(Bf16* to, const Packed& packed) {
  *reinterpret_cast<Packed*>(to) = packed;
}

SAELAW_DEVICE Eight Unpack(const Packed& packed) {
  Eight eight;
  SAELAW_UNROLL
  for (int i = 0; i < 4; ++i) {
    eight.value[2 * i] = AsFloat(packed.words[i] << 16);
    eight.value[2 * i + 1] = AsFloat(packed.words[i] & 0xffff0000U);
  }
  return eight;
}
SAELAW_DEVICE Packed Pack(const Eight& eight) {
  Packed packed;
  SAELAW_UNROLL
  for (int i = 0; i < 4; ++i) {
    packed.words[i] = Bf16Pair(eight.value[2 * i], eight.value[2 * i + 1]);
  }
  return packed;
}
SAELAW_DEVICE Eight LoadEight(const Bf16* from) { return Unpack(LoadPacked(from)); }

// The eight numbers of an fp32 row from column c on; 0 beyond the row's end at `width`. Rows of
// widths that eight divides are aligned. By `load` each word of four is read.
template <typename Load>
SAELAW_DEVICE Eight LoadEightBy(const float* row, int c, int width, Load load) {
  Eight eight;
  if (width % kEight == 0) {
    SAELAW_UNROLL
    for (int half = 0; half < 2; ++half) {
      const Four four = load(reinterpret_cast<const Four*>(row + c + 4 * half));
      SAELAW_UNROLL
      for (int i = 0; i < 4; ++i) eight.value[4 * half + i] = four.value[i];
    }
  } else {
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) eight.value[i] = c + i < width ? row[c + i] : 0;
  }
  return eight;
}
SAELAW_DEVICE Eight LoadEight(const float* row, int c, int width) {
  return LoadEightBy(row, c, width, [](const Four* from) { return *from; });
}
SAELAW_DEVICE Eight LoadEightOnce(const float* row, int c, int width) {
  return LoadEightBy(row, c, width, [](const Four* from) { return LoadOnce(from); });
}

template <typename Store>
SAELAW_DEVICE void StoreEightBy(float* row, int c, int width, const Eight& eight, Store store) {
  if (width % kEight == 0) {
    SAELAW_UNROLL
    for (int half = 0; half < 2; ++half) {
      Four four;
      SAELAW_UNROLL
      for (int i = 0; i < 4; ++i) four.value[i] = eight.value[4 * half + i];
      store(reinterpret_cast<Four*>(row + c + 4 * half), four);
    }
  } else {
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      if (c + i < width) row[c + i] = eight.value[i];
    }
  }
}
SAELAW_DEVICE void StoreEight(float* row, int c, int width, const Eight& eight) {
  StoreEightBy(row, c, width, eight, [](Four* to, const Four& four) { *to = four; });
}
SAELAW_DEVICE void StoreEightOnce(float* row, int c, int width, const Eight& eight) {
  StoreEightBy(row, c, width, eight, [](Four* to, const Four& four) { StoreOnce(to, four); });
}
// Of shared memory, whose rows are padded.
SAELAW_DEVICE Eight LoadShared(const float* from) { return LoadEight(from, 0, kEight); }
SAELAW_DEVICE void StoreShared(float* to, const Eight& eight) { StoreEight(to, 0, kEight, eight); }

SAELAW_DEVICE void Add(Eight& sum, float factor, const Eight& row) {
  SAELAW_UNROLL
  for (int i = 0; i < kEight; ++i) sum.value[i] += factor * row.value[i];
}
SAELAW_DEVICE float Dot(const Eight& a, const Eight& b) {
  float dot = 0;
  SAELAW_UNROLL
  for (int i = 0; i < kEight; ++i) dot += a.value[i] * b.value[i];
  return dot;
}

// Calls visit(c) for each eight of this thread's columns.
template <typename Visit>
SAELAW_DEVICE void ForOwnColumns(int width, Visit visit) {
  const int step = static_cast<int>(blockDim.x) * kEight;
  for (int c = static_cast<int>(threadIdx.x) * kEight; c < width; c += step) visit(c);
}

}  // namespace saelaw::gpu
