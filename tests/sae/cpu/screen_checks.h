// The screens against plain loops. For screen_avx512_test.cc and screen_amx_test.cc.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "sae/cpu/screen.h"

namespace saelaw::testing {

// A batch and latents of small whole numbers, which bf16 holds and whose sums of products are exact
// in any order. No tile divides the latents, no panel the tokens.
class ScreenCase {
 public:
  static constexpr std::size_t kLatents = 51, kTokens = 45, kDIn = 70;

  ScreenCase() : panels_(PaddedTo(kTokens, kScreenTokens) * kWidth), rows_(kReadable * kStride) {
    std::vector<Bf16> batch(PaddedTo(kTokens, kScreenTokens) * kWidth);
    for (std::size_t t = 0; t < kTokens; ++t) {
      for (std::size_t c = 0; c < kDIn; ++c) batch[t * kWidth + c] = Operand(X(t, c));
    }
    for (std::size_t t = 0; t < kTokens; t += kScreenTokens) {
      PackPanel(batch.data() + t * kWidth,
                kWidth,
                std::min(kScreenTokens, kTokens - t),
                kWidth,
                panels_.data() + t * kWidth);
    }
    for (std::size_t j = 0; j < kLatents; ++j) {
      for (std::size_t c = 0; c < kDIn; ++c) rows_[j * kStride + c] = Operand(W(j, c));
      bias_.push_back(static_cast<float>(j % 3));
      floor_.push_back(static_cast<float>(20 + j % 9));
    }
  }

  // What is kept is what does not lie at or below the floor, in the order of the tokens.
  void ExpectEntries(Screen screen) const {
    constexpr std::size_t kCapacity = 64 + 16;
    std::vector<std::uint32_t> counts(kScreenLatents, 77), tokens(kLatents * kCapacity);
    std::vector<float> pre_acts(tokens.size());
    screen(Batch(), Rows(), {counts.data(), tokens.data(), pre_acts.data(), kCapacity});
    std::size_t all = 0;
    for (std::size_t j = 0; j < kLatents; ++j) {
      std::size_t next = 0;
      for (std::size_t t = 0; t < kTokens; ++t) {
        const float pre = Product(j, t) + bias_[j];
        if (pre <= floor_[j]) continue;
        ASSERT_LT(next, counts[j]) << "latent " << j;
        EXPECT_EQ(tokens[j * kCapacity + next], t) << "latent " << j;
        EXPECT_EQ(pre_acts[j * kCapacity + next], pre);
        ++next;
      }
      EXPECT_EQ(counts[j], next) << "latent " << j;
      all += next;
    }
    // Neither none nor nearly all, or the floor would not be tested.
    EXPECT_GT(all, kLatents * kTokens / 10);
    EXPECT_LT(all, kLatents * kTokens / 2);
  }

  // A sum that is no number lies at or below nothing: a diverged run must stay visible.
  void ExpectNanIsKept(Screen screen) {
    bias_.assign(kLatents, std::nanf(""));
    constexpr std::size_t kCapacity = 64 + 16;
    std::vector<std::uint32_t> counts(kScreenLatents), tokens(kLatents * kCapacity);
    std::vector<float> pre_acts(tokens.size());
    screen(Batch(), Rows(), {counts.data(), tokens.data(), pre_acts.data(), kCapacity});
    for (std::size_t j = 0; j < kLatents; ++j) EXPECT_EQ(counts[j], kTokens);
  }

  // Without bias, and nothing behind the last token.
  void ExpectSums(EncoderKernel encode) const {
    constexpr std::size_t kSums = kTokens + 3;
    std::vector<float> sums(kLatents * kSums, -1);
    encode(Batch(), Rows(), {sums.data(), kSums});
    for (std::size_t j = 0; j < kLatents; ++j) {
      for (std::size_t t = 0; t < kSums; ++t) {
        EXPECT_EQ(sums[j * kSums + t], t < kTokens ? Product(j, t) : -1) << j << " " << t;
      }
    }
  }

 private:
  static constexpr std::size_t kWidth = PaddedTo(kDIn, kScreenWidth);
  static constexpr std::size_t kStride = kWidth + 32;
  static constexpr std::size_t kReadable = PaddedTo(kLatents, 32);

  static float X(std::size_t t, std::size_t c) {
    return static_cast<float>((t * t + c * (t + 3)) % 11) - 5;
  }
  static float W(std::size_t j, std::size_t c) {
    return static_cast<float>(((j + 2) * c * c + j) % 13) - 6;
  }
  static Bf16 Operand(float value) {
    return static_cast<Bf16>(std::bit_cast<std::uint32_t>(value) >> 16);
  }
  static float Product(std::size_t j, std::size_t t) {
    float sum = 0;
    for (std::size_t c = 0; c < kDIn; ++c) sum += W(j, c) * X(t, c);
    return sum;
  }
  PackedBatch Batch() const { return {panels_.data(), kTokens, kWidth}; }
  ScreenRows Rows() const { return {rows_.data(), kStride, bias_.data(), floor_.data(), kLatents}; }

  std::vector<Bf16> panels_, rows_;
  std::vector<float> bias_, floor_;
};

}  // namespace saelaw::testing
