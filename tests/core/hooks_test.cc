#include "core/hooks.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(Hooks, AreFoundByTheirNames) {
  for (const HookSite& site : kHooks) {
    EXPECT_EQ(ParseHook(site.name), site.hook);
    EXPECT_EQ(HookName(site.hook), site.name);
    EXPECT_FALSE(site.what.empty()) << site.name;
  }
  EXPECT_EQ(ParseHook("mlp_in"), std::nullopt);
}

TEST(Hooks, AreListedAsKeysAndMessagesHaveThem) {
  std::string choices;
  for (const HookSite& site : kHooks) {
    choices += choices.empty() ? "" : "|";
    choices += site.name;
    EXPECT_NE(HookNames().find(site.name), std::string::npos);
  }
  EXPECT_EQ(kHookChoices, choices);
  EXPECT_NE(HookNames().find(" or "), std::string::npos);
}

}  // namespace
}  // namespace saelaw
