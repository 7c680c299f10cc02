#include "sweep/devices.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Dense FLOP/s of 16-bit operands, from NVIDIA's Ada whitepaper (GeForce RTX 4090, with FP32
// accumulation) and the data sheets of A100 and H100 SXM, whose headline figures are the sparse
// ones, twice as much.
TEST(FindDevice, HasTheDensePeaksOfTheVendors) {
  EXPECT_EQ(FindDevice("rtx4090")->peak_flops, 165e12);
  EXPECT_EQ(FindDevice("a100")->peak_flops, 624e12 / 2);
  EXPECT_EQ(FindDevice("h100")->peak_flops, 1978e12 / 2);
  EXPECT_EQ(FindDevice("abacus"), nullptr);
  EXPECT_EQ(FindDevice(""), nullptr);
}

TEST(DeviceNames, CanAllBeFound) {
  EXPECT_EQ(DeviceNames().size(), 4U);
  for (const std::string& name : DeviceNames()) {
    ASSERT_NE(FindDevice(name), nullptr) << name;
    EXPECT_EQ(FindDevice(name)->name, name);
  }
}

}  // namespace
}  // namespace saelaw
