#include "tensors/layout.h"

#include <gtest/gtest.h>

#include "tensors/bytes.h"

namespace saelaw {
namespace {

std::vector<std::string> SortedNames(std::vector<TensorExtent> extents) {
  CheckNoOverlap("x.file", extents);
  std::vector<std::string> names;
  for (const TensorExtent& extent : extents) names.push_back(extent.name);
  return names;
}

void ExpectOverlap(std::vector<TensorExtent> extents, const char* pair) {
  ExpectRefused([&] { CheckNoOverlap("x.file", extents); }, "x.file", pair);
}

TEST(CheckNoOverlap, SortsByPlaceAndAllowsHoles) {
  EXPECT_EQ(SortedNames({{8, 12, "c"}, {0, 4, "a"}, {4, 6, "b"}}),
            (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_TRUE(SortedNames({}).empty());
}

// Tensors without elements take no room between two others, nor at one place together.
TEST(CheckNoOverlap, EmptyTensorsShareNothing) {
  EXPECT_EQ(SortedNames({{4, 8, "b"}, {4, 4, "y"}, {4, 4, "x"}, {0, 4, "a"}}),
            (std::vector<std::string>{"a", "x", "y", "b"}));
}

TEST(CheckNoOverlap, NamesTheTwoInTheOrderOfTheirPlaces) {
  ExpectOverlap({{3, 5, "b"}, {0, 4, "a"}}, "tensors 'a' and 'b' share bytes");
  ExpectOverlap({{0, 4, "z"}, {0, 4, "a"}}, "tensors 'a' and 'z' share bytes");
  ExpectOverlap({{0, 9, "a"}, {1, 2, "b"}, {3, 4, "c"}}, "tensors 'a' and 'b' share bytes");
}

}  // namespace
}  // namespace saelaw
