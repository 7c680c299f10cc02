// The row kernels of a set of instructions against plain loops, at widths that fill no vector, one,
// and several with a rest. For rows_avx2_test.cc and rows_avx512_test.cc.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "sae/cpu/rows.h"

namespace saelaw::testing {

inline constexpr std::size_t kWidths[] = {1, 7, 16, 33, 300};

// Operands and the numbers that they stand for. These are whole and small, so that both types hold
// them and every sum of products is exact, whatever its order.
inline float ComputeValue(float operand) { return operand; }
inline float ComputeValue(Bf16 operand) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(operand) << 16);
}
template <typename T>
T OperandOf(float value) {
  if constexpr (sizeof(T) == sizeof(float)) return value;
  return static_cast<T>(std::bit_cast<std::uint32_t>(value) >> 16);
}
inline float Whole(std::size_t i) { return static_cast<float>(i * 37 % 23) - 11; }

template <typename T>
class RowChecks {
 public:
  explicit RowChecks(const RowKernels<T>& kernels) : kernels_(kernels) {}

  void Run() const {
    for (const std::size_t width : kWidths) {
      SCOPED_TRACE(width);
      ProductsAreExact(width);
      ErrorsAreScaledAndSummed(width);
      OperandsAreRoundedToEven(width);
      LatentsPassAboveTheThreshold(width);
      GradientsAreThoseOfActiveLatents(width);
      RowsOfTheDecoderStayOnTheSphere(width);
    }
  }

 private:
  using Floats = std::vector<float>;

  void ProductsAreExact(std::size_t width) const {
    constexpr std::size_t kRows = 6;  // four at a time, and two more
    std::vector<std::vector<T>> rows(kRows);
    std::vector<const T*> pointers;
    Floats factors, sum(width), dots(kRows), vector;
    for (std::size_t c = 0; c < width; ++c) vector.push_back(Whole(c + 5));
    for (std::size_t k = 0; k < kRows; ++k) {
      for (std::size_t c = 0; c < width; ++c) rows[k].push_back(OperandOf<T>(Whole(k * width + c)));
      pointers.push_back(rows[k].data());
      factors.push_back(Whole(k + 3));
    }
    kernels_.prefetch(pointers.data(), kRows, width);
    kernels_.accumulate(pointers.data(), factors.data(), kRows, width, sum.data());
    kernels_.dots(pointers.data(), kRows, width, vector.data(), dots.data());
    for (std::size_t k = 0; k < kRows; ++k) {
      float dot = 0;
      for (std::size_t c = 0; c < width; ++c) {
        dot += vector[c] * ComputeValue(rows[k][c]);
        sum[c] -= factors[k] * ComputeValue(rows[k][c]);
      }
      EXPECT_EQ(dots[k], dot);
    }
    EXPECT_EQ(sum, Floats(width, 0));
  }

  void ErrorsAreScaledAndSummed(std::size_t width) const {
    Floats recons, bias, x, bias_gradient(width, 1);
    for (std::size_t c = 0; c < width; ++c) {
      recons.push_back(Whole(c));
      bias.push_back(Whole(c + 1));
      x.push_back(Whole(c + 2));
    }
    std::vector<T> operand(width);
    Floats error(width);
    const float squares = kernels_.error(recons.data(),
                                         bias.data(),
                                         x.data(),
                                         0.5F,
                                         width,
                                         error.data(),
                                         operand.data(),
                                         bias_gradient.data());
    float expected = 0;
    for (std::size_t c = 0; c < width; ++c) {
      const float e = recons[c] + bias[c] - x[c];
      expected += e * e;
      EXPECT_EQ(error[c], e / 2);
      EXPECT_EQ(ComputeValue(operand[c]), e / 2);
      EXPECT_EQ(bias_gradient[c], 1 + e / 2);
    }
    EXPECT_EQ(squares, expected);
  }

  // Of bf16's numbers above 1 two neighbours are 1/128 apart: halfway goes to the even one.
  void OperandsAreRoundedToEven(std::size_t width) const {
    if constexpr (sizeof(T) == sizeof(float)) return;
    const Floats x(width, 1 + 3.0F / 256), zeros(width, 0), nan(width, std::nanf(""));
    std::vector<T> operand(width);
    kernels_.centre(x.data(), nullptr, width, operand.data());
    for (const T one : operand) EXPECT_EQ(ComputeValue(one), 1 + 4.0F / 256);
    kernels_.centre(nan.data(), zeros.data(), width, operand.data());
    for (const T one : operand) EXPECT_TRUE(std::isnan(ComputeValue(one)));
  }

  // Tokens whose pre-activations go 1/4 up each; at the threshold a latent is still silent.
  void LatentsPassAboveTheThreshold(std::size_t tokens) const {
    Floats products, l0(tokens, 2);
    for (std::size_t t = 0; t < tokens; ++t) products.push_back(static_cast<float>(t) / 4);
    std::vector<T> latents(tokens);
    std::vector<std::uint8_t> window(BitBytes(tokens), 0xff);
    kernels_.activate(
        products.data(), 1, 2, 0.5F, tokens, latents.data(), window.data(), l0.data());
    for (std::size_t t = 0; t < tokens; ++t) {
      const float pre = products[t] + 1;
      EXPECT_EQ(ComputeValue(latents[t]) != 0, pre > 2) << t;
      EXPECT_EQ(l0[t], pre > 2 ? 3 : 2) << t;
      EXPECT_EQ((window[t / 8] >> (t % 8) & 1) != 0, std::abs(pre - 2) < 0.5F) << t;
    }
    std::vector<std::uint32_t> kept(tokens + 16);
    Floats pre_acts(tokens + 16);
    const std::size_t count =
        kernels_.select(products.data(), 1, 2, tokens, kept.data(), pre_acts.data());
    ASSERT_EQ(count, tokens > 5 ? tokens - 5 : 0);
    for (std::size_t i = 0; i < count; ++i) {
      EXPECT_EQ(kept[i], i + 5);
      EXPECT_EQ(pre_acts[i], products[i + 5] + 1);
    }
  }

  // Every third latent is active, and every second token lies in the window. With input gradients
  // of half the window's sum (share 1/2), bf16 still holds every number.
  void GradientsAreThoseOfActiveLatents(std::size_t tokens) const {
    for (const float share : {0.0F, 0.5F}) GradientsAreThoseOfPairs(tokens, share);
  }
  void GradientsAreThoseOfPairs(std::size_t tokens, float share) const {
    std::vector<T> latents, d_latents;
    std::vector<std::uint8_t> window(BitBytes(tokens), 0x55);
    Floats slopes, d_pre;
    RowGradients expected;
    for (std::size_t t = 0; t < tokens; ++t) {
      latents.push_back(OperandOf<T>(t % 3 == 0 ? 3.0F : 0.0F));
      d_latents.push_back(OperandOf<T>(Whole(t)));
      slopes.push_back(Whole(t + 7));
      const float jump = t % 2 == 0 ? 2 * Whole(t) + slopes[t] : 0;
      d_pre.push_back((t % 3 == 0 ? Whole(t) : 0) + share * jump);
      expected.bias += d_pre[t];
      expected.fired += t % 3 == 0 ? 1 : 0;
      expected.window += jump;
    }
    const RowGradients got = kernels_.backward(
        latents.data(), window.data(), 2, share, slopes.data(), tokens, d_latents.data());
    EXPECT_EQ(got.bias, expected.bias);
    EXPECT_EQ(got.fired, expected.fired);
    EXPECT_EQ(got.window, expected.window);
    for (std::size_t t = 0; t < tokens; ++t) EXPECT_EQ(ComputeValue(d_latents[t]), d_pre[t]) << t;
  }

  // And a gradient along the row moves nothing: it is taken out.
  void RowsOfTheDecoderStayOnTheSphere(std::size_t width) const {
    const AdamRow adam{0, 1, 1, 0.1F, 1e-8F};
    Floats w(width, 1 / std::sqrt(static_cast<float>(width))), v(width, 0), gradient, before = w;
    for (std::size_t c = 0; c < width; ++c) gradient.push_back(Whole(c));
    std::vector<T> copy(width);
    T* const to = sizeof(T) == sizeof(float) ? nullptr : copy.data();
    kernels_.update_decoder(adam, gradient.data(), width, w.data(), v.data(), to);
    double norm = 0;
    for (const float one : w) norm += static_cast<double>(one) * one;
    EXPECT_NEAR(norm, 1, 1e-5);
    for (std::size_t c = 0; to != nullptr && c < width; ++c) {
      EXPECT_NEAR(ComputeValue(copy[c]), w[c], std::abs(w[c]) / 256);
    }
    w = before;
    v.assign(width, 1);
    gradient = before;
    kernels_.update_decoder(adam, gradient.data(), width, w.data(), v.data(), to);
    for (std::size_t c = 0; c < width; ++c) EXPECT_NEAR(w[c], before[c], 2e-3 * before[c]);
  }

  const RowKernels<T>& kernels_;
};

}  // namespace saelaw::testing
