#include "orchestrate/loop/measure_source.h"

#include <gtest/gtest.h>

#include "orchestrate/fakes.h"

namespace saelaw {
namespace {

class MeasureSourceTest : public WorkplaceTest {
 protected:
  ExitCode Ensure() { return EnsureMeasured(work_, sweep_.source, sweep_.execution, {{128, 64}}); }

  Sweep sweep_ = SmallSweep();
};

TEST_F(MeasureSourceTest, ASourceIsMeasuredOnceOnThisMachine) {
  sweep_.execution.threads = 3;
  sweep_.execution.workers = 2;
  EXPECT_EQ(Ensure(), ExitCode::kComplete);
  EXPECT_EQ(Ensure(), ExitCode::kComplete);
  ASSERT_EQ(world_.started.size(), 1U);
  const Job& job = world_.started[0];
  EXPECT_EQ(job.kind, JobKind::kMeasure);
  EXPECT_EQ(job.threads, 6);  // those of both trainers
  EXPECT_EQ(job.tuning.machine, NameMachine("cpu"));
  EXPECT_EQ(store_.FindMeasurement(SourceKey(sweep_.source))->mean_squared_norm, 4);
}

TEST_F(MeasureSourceTest, AnotherMachinesMeasurementIsMadeAnew) {
  Measurement elsewhere = WorldMeasurement(sweep_.source);
  elsewhere.tuning.machine = "elsewhere";
  store_.SaveMeasurement(elsewhere);
  EXPECT_EQ(Ensure(), ExitCode::kComplete);
  EXPECT_EQ(world_.started.size(), 1U);
}

TEST_F(MeasureSourceTest, AFailureIsTheCallers) {
  world_.end = [](const Job&) { return AttemptEnd{78, "no such model"}; };
  world_.measures = false;
  EXPECT_EQ(Ensure(), ExitCode::kConfiguration);
}

}  // namespace
}  // namespace saelaw
