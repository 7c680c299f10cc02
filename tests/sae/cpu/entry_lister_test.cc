// Entries against plain arithmetic, on the path that every CPU with AVX2 has; cpu_stepper_test.cc
// holds the others to the reference.
#include "sae/cpu/entry_lister.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

constexpr std::size_t kDIn = 3, kDSae = 40, kTokens = 50;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

void InOrder(std::size_t count, const std::function<void(std::size_t)>& task) {
  for (std::size_t i = 0; i < count; ++i) task(i);
}

// The product is given, so that its numbers are known: latent j on token t.
float PreAct(std::size_t j, std::size_t t) {
  return static_cast<float>(static_cast<int>((j * 37 + t * 61) % 1009) - 500);
}

using Entry = std::tuple<float, std::size_t, std::size_t>;  // value, token, latent

class EntryListing : public ::testing::Test {
 protected:
  EntryListing() : kernels_(FindCpuKernels<float>(AllCpuInstructions().back())) {
    model_.d_in = kDIn;
    model_.d_sae = kDSae;
    model_.b_enc.master = zeros_.data();
    model_.theta = theta_.data();
    model_.w_enc.operand.stride = kDIn;
    batch_.tokens = kTokens;
  }
  void SetUp() override {
    if (!AllCpuInstructions().back().are_here()) GTEST_SKIP() << "this CPU has no AVX2";
  }
  EntryLister<float> Lister() {
    return {kernels_, parallel_, product_, model_, batch_, workspace_};
  }
  std::vector<Entry> Listed() const {
    std::vector<Entry> listed;
    for (const EntryBlock& block : workspace_.entries.blocks()) {
      for (std::size_t k = 0; k < block.latents(); ++k) {
        for (std::uint32_t i = block.begins[k]; i < block.begins[k + 1]; ++i) {
          listed.emplace_back(block.pre_acts[i], block.tokens[i], block.first_latent + k);
        }
      }
    }
    std::sort(listed.begin(), listed.end());
    return listed;
  }
  // Those above a floor, sorted as Listed.
  static std::vector<Entry> Above(float floor) {
    std::vector<Entry> above;
    for (std::size_t j = 0; j < kDSae; ++j) {
      for (std::size_t t = 0; t < kTokens; ++t) {
        if (PreAct(j, t) > floor) above.emplace_back(PreAct(j, t), t, j);
      }
    }
    std::sort(above.begin(), above.end());
    return above;
  }

  CpuKernels<float> kernels_;
  Parallel parallel_ = InOrder;
  EncoderProduct product_ = [](std::size_t first, std::size_t count, float* products) {
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t t = 0; t < kTokens; ++t) products[i * kTokens + t] = PreAct(first + i, t);
    }
  };
  std::vector<float> zeros_ = std::vector<float>(kDSae, 0), theta_ = std::vector<float>(kDSae, 90);
  CpuModel<float> model_;
  CpuBatch<float> batch_;
  SparseWorkspace workspace_;
};

TEST_F(EntryListing, BeginsBelowTheThreshold) {
  Lister().ListAbove(40);
  EXPECT_EQ(Listed(), Above(50));
}

// 101 is no multiple of how often a value is there, so that equals are told apart by their places.
TEST_F(EntryListing, FindsTheLargestWhereverItBegins) {
  std::vector<Entry> all = Above(0);
  std::sort(all.begin(), all.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(-std::get<0>(a), std::get<1>(a), std::get<2>(a)) <
           std::tuple(-std::get<0>(b), std::get<1>(b), std::get<2>(b));
  });
  std::vector<Entry> expected(all.begin(), all.begin() + 101);
  std::sort(expected.begin(), expected.end());
  for (const float near : {0.0F, 1.0F, 400.0F, 5e3F, kInfinity}) {
    EXPECT_EQ(Lister().ListLargest(101, near), std::get<0>(expected.front())) << near;
    EXPECT_EQ(Listed(), expected) << near;
  }
}

// Nothing that is not positive is active, however many were to be.
TEST_F(EntryListing, TakesThePositiveOnesWhereTheyAreFewer) {
  EXPECT_EQ(Lister().ListLargest(kDSae * kTokens, 0), std::get<0>(Above(0).front()));
  EXPECT_EQ(Listed(), Above(0));
}

}  // namespace
}  // namespace saelaw
