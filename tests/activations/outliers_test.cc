// What WithoutOutliers leaves is tested where sources are measured (measure_test.cc).
#include "activations/outliers.h"

#include <limits>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

TEST(FirstNotFinite, IsTheFirstVectorWithANanOrAnInfinity) {
  at::Tensor vectors = at::ones({4, 3});
  EXPECT_FALSE(FirstNotFinite(vectors).has_value());
  vectors[3][0] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(FirstNotFinite(vectors), 3);
  vectors[1][2] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(FirstNotFinite(vectors), 1);
}

TEST(CheckHeldOut, NamesTheVectorAndWhatToDo) {
  at::Tensor vectors = at::ones({4, 3});
  EXPECT_NO_THROW(CheckHeldOut(vectors));
  vectors[2].fill_(std::numeric_limits<double>::infinity());
  try {
    CheckHeldOut(vectors);
    FAIL() << "was accepted";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("held-out vector 2 is not finite"));
    EXPECT_THAT(error.what(), testing::HasSubstr("capture or compute the activations anew"));
  }
}

}  // namespace
}  // namespace saelaw
