#include "sae/model/largest.h"

#include <limits>

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

at::Tensor Mask(const std::vector<std::int64_t>& bits, std::int64_t rows) {
  return at::tensor(bits, at::kLong).to(at::kBool).reshape({rows, -1});
}

TEST(LargestOfRows, TakesThoseOfEachRow) {
  const at::Tensor rows = at::tensor({3.0, -1.0, 2.0, 5.0, -7.0, -2.0, -3.0, -9.0}).reshape({2, 4});
  EXPECT_TRUE(at::equal(LargestOfRows(rows, 2), Mask({1, 0, 0, 1, 0, 1, 1, 0}, 2)));
  EXPECT_TRUE(LargestOfRows(rows, 4).all().item<bool>());
}

// Of equal ones the first, however the search goes about it.
TEST(LargestOfRows, TakesTheFirstOfEquals) {
  const at::Tensor rows = at::tensor({1.0, 4.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0}).reshape({2, 4});
  EXPECT_TRUE(at::equal(LargestOfRows(rows, 2), Mask({1, 1, 0, 0, 1, 1, 0, 0}, 2)));
}

TEST(LargestOfRows, NeverTakesANan) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const at::Tensor rows = at::tensor({nan, 4.0, 1.0, 3.0}).reshape({1, 4});
  const at::Tensor taken = LargestOfRows(rows, 3);
  EXPECT_FALSE(taken[0][0].item<bool>());
  EXPECT_TRUE(taken[0][1].item<bool>());
}

TEST(LargestOfRows, TakesSoManyOfManyRows) {
  const at::Tensor rows =
      at::randn({50, 301}, at::detail::createCPUGenerator(3), at::kFloat).mul_(4).round_();
  for (const std::int64_t count : {1, 17, 300}) {
    const at::Tensor taken = LargestOfRows(rows, count);
    EXPECT_TRUE(taken.sum(1).eq(count).all().item<bool>()) << count;
    const at::Tensor least = rows.masked_fill(taken.logical_not(), 1e9).amin(1);
    const at::Tensor most = rows.masked_fill(taken, -1e9).amax(1);
    EXPECT_TRUE(least.ge(most).all().item<bool>()) << count;
  }
}

}  // namespace
}  // namespace saelaw
