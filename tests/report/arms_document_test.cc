#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "report/documents.h"
#include "report/json.h"
#include "report/made_up_arms.h"
#include "report/render/html.h"
#include "report/render/text.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ArmsDocument, SaysFirstWhichRecipeIsBetter) {
  const std::string text = RenderText(BriefArmsDocument(MadeUpArms()), {false});
  EXPECT_THAT(text, HasSubstr("At L0 32 and 1M tokens held@32 has the lower FVU than plain@32,"));
  EXPECT_THAT(text, HasSubstr("saelaw report"));
  EXPECT_THAT(text, Not(HasSubstr("Pair by pair")));
}

TEST(ArmsDocument, ShowsWhatTheAnswerRestsOn) {
  const std::string text = RenderText(ArmsDocument(MadeUpArms()), {false});
  EXPECT_THAT(text, HasSubstr("Pair by pair"));
  EXPECT_THAT(text, HasSubstr("at least 4"));  // an open basin
  EXPECT_THAT(text, HasSubstr("none failed"));
}

TEST(ArmsDocument, HasAPageWithTheFrontier) {
  const std::string page = RenderHtml(ArmsDocument(MadeUpArms()), {});
  EXPECT_THAT(page, HasSubstr("FVU against L0"));
  EXPECT_THAT(page, HasSubstr("<svg"));
}

TEST(ArmsJson, HasTheDifferenceAndItsSentence) {
  const auto json = nlohmann::json::parse(ArmsJson(MadeUpArms()));
  EXPECT_EQ(json.at("command"), "compare-arms");
  EXPECT_EQ(json.at("arms").at(1).at("arm"), "held@32");
  EXPECT_EQ(json.at("arms").at(0).at("sizes").at(0).at("first_failure"), nullptr);
  const auto& difference = json.at("differences").at(0);
  EXPECT_NEAR(difference.at("log_fvu_ratio").get<double>(), -std::log(0.9), 1e-12);
  EXPECT_TRUE(difference.at("decided").get<bool>());
}

}  // namespace
}  // namespace saelaw
