#include "orchestrate/capture_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

using ::testing::SizeIs;

class CaptureSourceTest : public WorkplaceTest {
 protected:
  Sweep sweep_ = SmallSweep();
};

TEST_F(CaptureSourceTest, IsOneJobWithTheThreadsOfAllTrainers) {
  IdentifyCaptureData(&sweep_, 1000, cache_);
  sweep_.execution.workers = 2;
  sweep_.execution.threads = 3;
  EXPECT_EQ(CaptureSource(work_, sweep_, {"shards", 1000, "fp32"}), ExitCode::kComplete);
  ASSERT_THAT(world_.started, SizeIs(1));
  const Job& job = world_.started[0];
  EXPECT_EQ(job.kind, JobKind::kCapture);
  EXPECT_EQ(job.threads, 6);
  EXPECT_EQ(job.capture.tokens, 1000);
  EXPECT_EQ(job.capture.dtype, "fp32");
}

TEST_F(CaptureSourceTest, ThatEndedOtherwiseHasFailed) {
  world_.end = [](const Job&) { return AttemptEnd{74, "no space"}; };
  EXPECT_EQ(CaptureSource(work_, sweep_, {"shards", 1000, "fp32"}), ExitCode::kIo);
}

}  // namespace
}  // namespace saelaw
