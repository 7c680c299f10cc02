#include "llm/cpu_kernels.h"

#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

struct Named {
  std::string name;
  const LlamaKernels& kernels;
};

// All that this machine can run.
std::vector<Named> Kernels() {
  std::vector<Named> all = {{"plain", LlamaKernelsPlain()}};
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) all.push_back({"avx2", LlamaKernelsAvx2()});
  if (__builtin_cpu_supports("avx512bw")) all.push_back({"avx512", LlamaKernelsAvx512()});
#endif
  return all;
}

// Whole vectors of every instruction set, and parts.
constexpr std::size_t kWidths[] = {1, 3, 8, 16, 31, 32, 64, 100};
constexpr double kRounding = 1.0 / 256;  // half a unit of bf16's last place

double Value(Bf16Bits bits) {
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16));
}

// In [-4, 4], irregular.
std::vector<float> Numbers(std::size_t count, double phase) {
  std::vector<float> numbers;
  for (std::size_t i = 0; i < count; ++i) {
    numbers.push_back(static_cast<float>(4 * std::sin(phase + 1.7 * static_cast<double>(i))));
  }
  return numbers;
}

constexpr Bf16Bits kUntouched = 0x1234;

void ExpectNear(const std::vector<Bf16Bits>& got, const std::vector<double>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    EXPECT_NEAR(Value(got[i]), expected[i], kRounding * std::abs(expected[i]) + 1e-7) << i;
  }
  for (std::size_t i = expected.size(); i < got.size(); ++i) EXPECT_EQ(got[i], kUntouched);
}

class LlamaKernelsTest : public ::testing::Test {
 protected:
  template <typename Check>
  void ForAll(Check check) {
    for (const auto& [name, kernels] : Kernels()) {
      for (const std::size_t width : kWidths) {
        SCOPED_TRACE(name + ", width " + std::to_string(width));
        check(kernels, width);
      }
    }
  }
};

TEST_F(LlamaKernelsTest, RmsNormDividesByTheRootMeanSquare) {
  ForAll([](const LlamaKernels& kernels, std::size_t width) {
    const std::vector<float> x = Numbers(width, 1), weight = Numbers(width, 2);
    std::vector<Bf16Bits> got(width + 20, kUntouched);
    kernels.rms_norm(x.data(), weight.data(), width, 0.5F, got.data());
    double squares = 0;
    for (const float value : x) squares += static_cast<double>(value) * static_cast<double>(value);
    std::vector<double> expected;
    for (std::size_t i = 0; i < width; ++i) {
      expected.push_back(static_cast<double>(x[i]) * static_cast<double>(weight[i]) /
                         std::sqrt(squares / static_cast<double>(width) + 0.5));
    }
    ExpectNear(got, expected);
  });
}

TEST_F(LlamaKernelsTest, RotateTurnsPairsByTheirAngles) {
  ForAll([](const LlamaKernels& kernels, std::size_t half) {
    std::vector<Bf16Bits> head(2 * half + 20, kUntouched);
    const std::vector<float> from = Numbers(2 * half, 3);
    kernels.round(from.data(), 1, 2 * half, head.data());
    std::vector<float> cosine, sine;
    std::vector<double> expected(2 * half);
    for (std::size_t i = 0; i < half; ++i) {
      const double angle = 0.3 * static_cast<double>(i);
      cosine.push_back(static_cast<float>(std::cos(angle)));
      sine.push_back(static_cast<float>(std::sin(angle)));
      const double first = Value(head[i]), second = Value(head[half + i]);
      expected[i] = first * std::cos(angle) - second * std::sin(angle);
      expected[half + i] = second * std::cos(angle) + first * std::sin(angle);
    }
    kernels.rotate(cosine.data(), sine.data(), half, head.data());
    ExpectNear(head, expected);
  });
}

TEST_F(LlamaKernelsTest, GateIsSiluTimesUp) {
  ForAll([](const LlamaKernels& kernels, std::size_t width) {
    std::vector<float> gate = Numbers(width, 4), up = Numbers(width, 5);
    gate[width / 2] = -200;  // exp(200) overflows
    std::vector<Bf16Bits> got(width + 20, kUntouched);
    kernels.gate(gate.data(), up.data(), width, got.data());
    std::vector<double> expected;
    for (std::size_t i = 0; i < width; ++i) {
      const auto x = static_cast<double>(gate[i]);
      expected.push_back(x / (1 + std::exp(-x)) * static_cast<double>(up[i]));
    }
    ExpectNear(got, expected);
  });
}

TEST_F(LlamaKernelsTest, RoundGoesToNearestEvenAndKeepsNaN) {
  ForAll([](const LlamaKernels& kernels, std::size_t width) {
    const struct {
      std::uint32_t from;
      Bf16Bits to;
    } cases[] = {{0x3f808000, 0x3f80},   // a tie, down to even
                 {0x3f818000, 0x3f82},   // a tie, up to even
                 {0x3f808001, 0x3f81},   // above the tie
                 {0xbf7fffff, 0xbf80},   // carries into the exponent
                 {0x7f800000, 0x7f80}};  // infinity
    for (const auto& [from, to] : cases) {
      const std::vector<float> row(width, std::bit_cast<float>(from));
      std::vector<Bf16Bits> got(width);
      kernels.round(row.data(), 1, width, got.data());
      EXPECT_EQ(got, std::vector<Bf16Bits>(width, to)) << std::hex << from;
    }
    const std::vector<float> row(width, std::bit_cast<float>(0x7fffffffU));
    std::vector<Bf16Bits> got(width);
    kernels.round(row.data(), 1, width, got.data());
    for (const Bf16Bits bits : got) EXPECT_TRUE(std::isnan(Value(bits)));
  });
}

TEST_F(LlamaKernelsTest, AddAndWidenAreExact) {
  ForAll([](const LlamaKernels& kernels, std::size_t width) {
    const std::vector<Bf16Bits> halves(width, 0x3fc0);  // 1.5
    std::vector<float> sum(width + 20, 2);
    std::vector<float> wide(width);
    kernels.widen(halves.data(), width, wide.data());
    kernels.add(wide.data(), width, sum.data());
    for (std::size_t i = 0; i < sum.size(); ++i) EXPECT_EQ(sum[i], i < width ? 3.5F : 2.0F);
  });
}

TEST_F(LlamaKernelsTest, ExponentialsAreThoseBelowTheMaximum) {
  ForAll([](const LlamaKernels& kernels, std::size_t width) {
    const std::vector<float> scores = Numbers(width, 6);
    float max = -std::numeric_limits<float>::infinity();
    for (const float score : scores) max = std::max(max, score);
    std::vector<double> expected;
    double sum = 0;
    for (const float score : scores) {
      expected.push_back(std::exp(0.5 * (static_cast<double>(score) - static_cast<double>(max))));
      sum += expected.back();
    }
    std::vector<Bf16Bits> got(width + 20, kUntouched);
    const float total = kernels.exponentials(scores.data(), 0.5F, width, got.data());
    EXPECT_NEAR(static_cast<double>(total), sum, 1e-6 * sum);
    ExpectNear(got, expected);
  });
}

TEST_F(LlamaKernelsTest, SumExponentialsGoesOnFromEarlierNumbers) {
  ForAll([](const LlamaKernels& kernels, std::size_t width) {
    std::vector<float> numbers = Numbers(3 * width, 7);
    numbers[width] += 300;  // the maximum rises in the second part
    double expected = 0;
    for (const float number : numbers) {
      expected += std::exp(static_cast<double>(number) - static_cast<double>(numbers[width]));
    }
    float max = -std::numeric_limits<float>::infinity(), sum = 0;
    for (std::size_t part = 0; part < 3; ++part) {
      kernels.sum_exponentials(numbers.data() + part * width, width, &max, &sum);
    }
    EXPECT_EQ(max, numbers[width]);
    EXPECT_NEAR(static_cast<double>(sum), expected, 1e-6 * expected);
  });
}

}  // namespace
}  // namespace saelaw
