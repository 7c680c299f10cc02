#include "fit/points/fit_refusal.h"

#include <set>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

template <std::size_t... kAt>
std::set<std::string_view> AllCodes(std::index_sequence<kAt...>) {
  return {std::variant_alternative_t<kAt, FitRefusal>::kCode...};
}

TEST(FitRefusal, EachKindHasACodeOfItsOwn) {
  constexpr std::size_t kKinds = std::variant_size_v<FitRefusal>;
  EXPECT_EQ(AllCodes(std::make_index_sequence<kKinds>()).size(), kKinds);
  EXPECT_EQ(Code(refusal::FewPoints{}), "few-points");
}

}  // namespace
}  // namespace saelaw
