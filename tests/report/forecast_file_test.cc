#include "report/forecast_file.h"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "report/made_up.h"

namespace saelaw {
namespace {

using testing::HasSubstr;

TEST(Forecast, IsReadAsItWasFrozen) {
  const Recommendation r = made_up::TheRecommendation();
  const auto frozen = Freeze(r, made_up::TheFindings(), "lr: 1\n", "2026-01-02 07:30 +0100");
  ASSERT_TRUE(frozen);
  const auto read = ReadForecast(frozen->text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->run, ComputeId(r.run));
  EXPECT_EQ(read->config_hash, HashBytes("lr: 1\n"));
  EXPECT_EQ(read->made_at, "2026-01-02 07:30 +0100");
  EXPECT_EQ(read->loss, r.loss.value);
  EXPECT_EQ(read->interval.hi, r.loss.interval.hi);
  EXPECT_THAT(read->text, HasSubstr("\"loss_law\""));
}

TEST(Forecast, IsNoneWithoutALossOrOfAnotherText) {
  Recommendation r = made_up::TheRecommendation();
  EXPECT_FALSE(ReadForecast("lr: 1"));
  EXPECT_FALSE(ReadForecast("{\"command\": \"recommend\"}"));
  r.loss = {};
  EXPECT_FALSE(Freeze(r, made_up::TheFindings(), "", ""));
}

TEST(Forecast, IsComparedWithWhatWasMeasured) {
  FrozenForecast forecast{"", "", "2026-01-02", 0.5, {0.45, 0.55}, ""};
  EXPECT_EQ(
      CompareText(forecast, 0.51),
      "the forecast of 2026-01-02 was loss 0.5 (0.45 to 0.55): measured 0.51, +2.00 %, inside");
  EXPECT_THAT(CompareText(forecast, 0.6), HasSubstr("OUTSIDE"));
}

}  // namespace
}  // namespace saelaw
