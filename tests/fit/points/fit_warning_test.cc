#include "fit/points/fit_warning.h"

#include <set>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// Programs tell warnings by their codes, so no two kinds may share one.
template <std::size_t... kAt>
std::set<std::string_view> AllCodes(std::index_sequence<kAt...>) {
  return {std::variant_alternative_t<kAt, FitWarning>::kCode...};
}

TEST(FitWarning, EachKindHasACodeOfItsOwn) {
  constexpr std::size_t kKinds = std::variant_size_v<FitWarning>;
  EXPECT_EQ(AllCodes(std::make_index_sequence<kKinds>()).size(), kKinds);
  EXPECT_EQ(Code(warning::LackOfFit{}), "lack-of-fit");
}

TEST(FindWarning, GivesTheFirstOfAKind) {
  const FitWarnings warnings = {
      warning::NoNoise{}, warning::OnBound{"floor", 0}, warning::OnBound{"coef", 1}};
  ASSERT_NE(FindWarning<warning::OnBound>(warnings), nullptr);
  EXPECT_EQ(FindWarning<warning::OnBound>(warnings)->parameter, "floor");
  EXPECT_EQ(FindWarning<warning::TwoSizes>(warnings), nullptr);
}

}  // namespace
}  // namespace saelaw
