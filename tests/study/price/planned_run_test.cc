#include "study/price/planned_run.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(AddUp, SumsAllButTheMemoryOfWhichTheMostCounts) {
  std::vector<PlannedRun> runs(2);
  runs[0].predicted.seconds = 2;
  runs[1].predicted.seconds = 3;
  runs[0].predicted.sae_flops = 5;
  runs[1].predicted.stream_flops = 7;
  runs[0].predicted.device_bytes = 11;
  runs[1].predicted.device_bytes = 10;
  runs[0].spec.tokens = 100;
  runs[1].spec.tokens = 200;
  const RunsTotal total = AddUp(runs);
  EXPECT_EQ(total.seconds, 5);
  EXPECT_EQ(total.flops, 12);
  EXPECT_EQ(total.device_bytes, 11);
  EXPECT_EQ(total.tokens, 300);
}

TEST(AddUp, IsNothingForNoRuns) { EXPECT_EQ(AddUp({}).tokens, 0); }

}  // namespace
}  // namespace saelaw
