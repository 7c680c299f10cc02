#include "study/price/shared_trunk.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "core/trunk.h"
#include "study/price/gangs.h"

namespace saelaw {
namespace {

constexpr std::int64_t kLongest = std::int64_t{1} << 25;

// Six sizes, each twice the one before, with a cooldown of 20 %, for each of `seeds`.
std::vector<PlannedRun> FiveDoublings(std::uint64_t seeds = 1) {
  std::vector<PlannedRun> runs;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    for (std::int64_t tokens = kLongest / 32; tokens <= kLongest; tokens *= 2) {
      PlannedRun run;
      run.spec.seed = run.spec.stream_seed = seed;
      run.spec.tokens = tokens;
      run.spec.training.batch_tokens = 1024;
      run.spec.training.schedule = Schedule::kWarmupStableDecay;
      run.spec.training.lr_warmup = run.spec.training.sparsity_warmup = {0, 65536, true};
      run.id = ComputeId(run.spec);
      run.predicted.sae_flops = static_cast<double>(tokens);
      run.predicted.seconds = static_cast<double>(tokens) / 10;
      run.predicted.device_bytes = 100;
      runs.push_back(run);
    }
  }
  return runs;
}

double SumOf(const std::vector<PlannedRun>& runs, double (*value)(const Cost&)) {
  return std::accumulate(runs.begin(), runs.end(), 0.0, [&](double sum, const PlannedRun& run) {
    return sum + value(run.predicted);
  });
}

double InLongest(const std::vector<PlannedRun>& runs) {
  return SumOf(runs, [](const Cost& cost) { return cost.flops(); }) / static_cast<double>(kLongest);
}

// "One trunk per lr and a 20 % cooldown per D costs 1.19·D_max for six sizes (five doublings)
// against 1.97·D_max": 0.8 + 0.2·(1 + 1/2 + ... + 1/32) = 1.194.
TEST(ShareTrunks, FiveDoublingsCostALittleMoreThanTheLargest) {
  std::vector<PlannedRun> runs = FiveDoublings();
  EXPECT_NEAR(InLongest(runs), 1.97, 0.005);
  const Shared shared = ShareCosts(&runs);
  EXPECT_TRUE(shared.trunks);
  EXPECT_FALSE(shared.streams);  // synthetic vectors cost nothing
  EXPECT_NEAR(InLongest(runs), 1.19, 0.005);
  const double seconds = SumOf(runs, [](const Cost& cost) { return cost.seconds; });
  EXPECT_NEAR(10 * seconds / static_cast<double>(kLongest), 1.19, 0.005);
  // The trunk's first stretch belongs to all six alike, the last one to the longest alone.
  const double first = 0.8 * static_cast<double>(kLongest) / 32 / 6;
  EXPECT_NEAR(runs[0].predicted.sae_flops,
              first + 0.2 * static_cast<double>(kLongest) / 32,
              1e-3 * static_cast<double>(kLongest) / 32);
  EXPECT_TRUE(std::is_sorted(runs.begin(), runs.end(), [](const auto& a, const auto& b) {
    return a.predicted.sae_flops < b.predicted.sae_flops;
  }));
}

TEST(ShareTrunks, LeavesRunsThatShareNoneAsTheyAre) {
  std::vector<PlannedRun> runs = FiveDoublings();
  for (PlannedRun& run : runs) run.spec.training.lr_warmup = {0.05, 0, false};
  EXPECT_FALSE(ShareCosts(&runs).trunks);
  EXPECT_NEAR(InLongest(runs), 1.97, 0.005);
  std::vector<PlannedRun> alone = FiveDoublings();
  alone.resize(1);
  EXPECT_FALSE(ShareCosts(&alone).trunks);
  EXPECT_NEAR(InLongest(alone), 1.0 / 32, 1e-9);
}

TEST(MostSaesAtOnce, IsTheTrunkAndTheBranchesThatLive) {
  std::vector<PlannedRun> runs = FiveDoublings();
  std::vector<const RunSpec*> specs;
  for (const PlannedRun& run : runs) specs.push_back(&run.spec);
  EXPECT_EQ(MostSaesAtOnce({specs[0]}), 1);
  EXPECT_EQ(MostSaesAtOnce(specs), 2);
  // Cooldowns of 80 %: a size's begins before that of the two sizes before it has ended.
  for (PlannedRun& run : runs) run.spec.training.decay_fraction = 0.8;
  EXPECT_EQ(MostSaesAtOnce(specs), 4);
}

// Two trainers, one stream, two trunks: each gets a whole trunk. Short of memory for a trunk with
// its branches, all runs are on their own.
TEST(FormJobs, KeepsATrunkTogether) {
  std::vector<PlannedRun> runs = FiveDoublings(2);
  for (PlannedRun& run : runs) run.spec.stream_seed = 0;
  Execution execution;
  execution.workers = 2;
  std::vector<Job> jobs = FormJobs(runs, execution, 1e12, Measurement{}, "");
  ASSERT_EQ(jobs.size(), 2U);
  for (const Job& job : jobs) {
    ASSERT_EQ(job.runs.size(), 6U);
    for (const RunSpec& run : job.runs) EXPECT_EQ(TrunkKey(run), TrunkKey(job.runs.front()));
  }
  execution.workers = 1;
  // 200 bytes hold a trunk and a branch, whatever the number of its runs.
  jobs = FormJobs(runs, execution, 200, Measurement{}, "");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].runs.size(), 6U);
  jobs = FormJobs(runs, execution, 199, Measurement{}, "");
  EXPECT_EQ(jobs.size(), 12U);
}

}  // namespace
}  // namespace saelaw
