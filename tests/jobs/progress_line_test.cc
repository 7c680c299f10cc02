#include <limits>

#include <gtest/gtest.h>

#include "jobs/job.h"

namespace saelaw {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

TEST(ProgressLine, IsTheMeanOverTheMembersStillTraining) {
  const Progress progress{
      "training",
      1500,
      90,
      {{"a", 1000, 4000, 0.5, 60}, {"b", 2000, 4000, 0.7, 40}, {"c", 4000, 4000, 9, 9}}};
  EXPECT_EQ(ProgressLine(progress),
            "training 3 runs: 7K of 12K tokens, loss 0.6, L0 50, 1.5K tokens/s, 90 s left");
}

TEST(ProgressLine, SaysNothingOfWhatIsNotKnown) {
  EXPECT_EQ(ProgressLine({"loading", 0, -1, {}}), "loading");
  EXPECT_EQ(ProgressLine({"training", 0, -1, {{"a", 0, 4000, kNaN, kNaN}}}),
            "training 1 run: 0 of 4K tokens");
  EXPECT_EQ(ProgressLine({"reading the stream", 0, -1, {{"", 0, 4000, 0, 0}}}),
            "reading the stream: 0 of 4K tokens");
}

}  // namespace
}  // namespace saelaw
