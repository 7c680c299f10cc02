#include "plan/planner.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "plan/recommendation.h"

namespace saelaw {
namespace {

// A world with known laws: L = 0.1 + 30·D^-0.5 at the best rate LR*(D) = 0.004·(D/65536)^-0.25,
// a parabola in ln lr around it, and a cliff at four times the best rate.
constexpr double kFloor = 0.1, kCoef = 30, kExponent = 0.5;

double BestRate(double tokens) { return 0.004 * std::pow(tokens / 65536, -0.25); }

KnownRun Measure(const RunSpec& spec, double cliff) {
  const auto tokens = static_cast<double>(spec.tokens);
  const double off = std::log(spec.training.lr / BestRate(tokens));
  KnownRun run;
  run.spec = spec;
  run.result.id = IdOf(spec);
  run.result.tokens = spec.tokens;
  // A fixed small noise by seed, so that intervals are finite.
  const double noise =
      1 + 0.001 * (static_cast<double>((spec.seed * 7 + spec.tokens / 1024) % 5) - 2);
  run.result.final.loss =
      (kFloor + kCoef * std::pow(tokens, -kExponent)) * (1 + 0.02 * off * off) * noise;
  run.result.final.mse = run.result.final.fvu = 0.7 * run.result.final.loss;
  run.result.final.l0 = 20;
  run.outcome =
      spec.training.lr > cliff * BestRate(tokens) ? Outcome::kCollapsed : Outcome::kCompleted;
  return run;
}

Sweep SomeSweep() {
  Sweep sweep;
  sweep.name = "world";
  sweep.source.d_in = 64;
  sweep.source.identity = "world";
  sweep.sae.d_sae = 128;
  sweep.training.batch_tokens = 64;  // long runs: none is short
  sweep.loss_law = {0.002, {524288, 1048576, 2097152, 4194304}, {128}, 2};
  sweep.lr_law.tokens = sweep.loss_law.tokens;
  sweep.lr_law.seeds = 2;
  sweep.hold_out = {16777216, 1};
  sweep.target.tokens = 67108864;
  sweep.target.d_sae = 128;
  return sweep;
}

struct Finished {
  Knowledge knowledge;
  int rounds = 0;
};

Finished RunAll(const Sweep& sweep, double cliff, std::size_t at_a_time) {
  Finished finished;
  for (; finished.rounds < 1000; ++finished.rounds) {
    const Plan plan = NextRound(sweep, finished.knowledge);
    if (plan.complete) break;
    for (std::size_t i = 0; i < std::min(at_a_time, plan.runs.size()); ++i) {
      finished.knowledge.runs.push_back(Measure(plan.runs[i].spec, cliff));
    }
  }
  return finished;
}

std::set<RunId> Ids(const Knowledge& knowledge) {
  std::set<RunId> ids;
  for (const KnownRun& run : knowledge.runs) ids.insert(run.result.id);
  return ids;
}

TEST(NextRound, EndsAndAsksForNoRunTwice) {
  const Finished finished = RunAll(SomeSweep(), 4, 1000);
  EXPECT_LT(finished.rounds, 12);
  EXPECT_EQ(Ids(finished.knowledge).size(), finished.knowledge.runs.size());
}

// A sweep that is killed after every single run ends with the same runs.
TEST(NextRound, DoesNotDependOnWhereItWasInterrupted) {
  EXPECT_EQ(Ids(RunAll(SomeSweep(), 4, 1000).knowledge), Ids(RunAll(SomeSweep(), 4, 1).knowledge));
}

TEST(NextRound, RespectsTheBudgetOfRuns) {
  Sweep sweep = SomeSweep();
  sweep.budget.runs = 5;
  EXPECT_EQ(RunAll(sweep, 4, 1000).knowledge.runs.size(), 5u);
}

TEST(Study, RecoversTheWorldsLaws) {
  const Sweep sweep = SomeSweep();
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  ASSERT_TRUE(findings.lr_law.ok()) << findings.lr_law.law.refusal;
  EXPECT_NEAR(findings.lr_law.law.Get("exponent"), -0.25, 0.05);
  ASSERT_TRUE(findings.predicting_law().ok());
  ASSERT_EQ(findings.hold_out.size(), 1u);
  EXPECT_NEAR(findings.hold_out.front().predicted, findings.hold_out.front().measured, 0.01);
  EXPECT_TRUE(findings.hold_out.front().inside);
}

// The hold-out's prediction must not know its measurement.
TEST(Study, PredictsTheHoldOutWithoutIt) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const double predicted = Study(sweep, knowledge).hold_out.front().predicted;
  for (KnownRun& run : knowledge.runs) {
    if (run.spec.tokens == sweep.hold_out.tokens) run.result.final.loss *= 10;
  }
  EXPECT_EQ(Study(sweep, knowledge).hold_out.front().predicted, predicted);
  EXPECT_FALSE(Study(sweep, knowledge).hold_out.front().inside);
}

TEST(Recommend, AdvisesTheOptimumOfTheWorld) {
  const Sweep sweep = SomeSweep();
  const Recommendation advice =
      Recommend(sweep, Study(sweep, RunAll(sweep, 100, 1000).knowledge), false);
  EXPECT_EQ(advice.lr_basis, LrBasis::kOptimum);
  EXPECT_NEAR(std::log(advice.lr / BestRate(67108864)), 0, 0.2);
  EXPECT_FALSE(advice.refused);
  EXPECT_EQ(advice.alternatives.size(), 4u);
  EXPECT_EQ(advice.extrapolation_factor, 16);
}

TEST(Recommend, GivesNoIntervalForAnUnsweptDifference) {
  Sweep sweep = SomeSweep();
  sweep.target.d_sae = 256;
  const Recommendation advice =
      Recommend(sweep, Study(sweep, RunAll(sweep, 4, 1000).knowledge), false);
  EXPECT_FALSE(advice.loss.interval.known());
  ASSERT_FALSE(advice.warnings.empty());
  EXPECT_NE(advice.warnings.front().find("d_sae"), std::string::npos);
}

TEST(Recommend, RefusesAThousandfoldExtrapolation) {
  Sweep sweep = SomeSweep();
  sweep.target.tokens = 4194304LL * 1001;
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_TRUE(Recommend(sweep, findings, false).refused);
  EXPECT_FALSE(Recommend(sweep, findings, true).refused);
}

TEST(FormJobs, GroupsByStreamAndMemory) {
  Sweep sweep = SomeSweep();
  std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  const std::vector<Job> jobs = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "");
  std::set<std::string> keys;
  std::size_t members = 0;
  for (const Job& job : jobs) {
    for (const RunSpec& run : job.runs) EXPECT_EQ(StreamKey(run), StreamKey(job.runs.front()));
    keys.insert(StreamKey(job.runs.front()));
    members += job.runs.size();
  }
  EXPECT_EQ(members, runs.size());
  EXPECT_EQ(keys.size(), jobs.size());
  EXPECT_EQ(FormJobs(runs, sweep.execution, 1, Measurement{}, "").size(), runs.size());
}

TEST(FormJobs, TakesTheTuningThatWasMeasuredButForWhatTheSweepFixes) {
  Sweep sweep = SomeSweep();
  Measurement measured;
  measured.activation_scale = 0.25;
  measured.tuning = {"avx2", 0.1, 0.2};
  const std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  Job job = FormJobs(runs, sweep.execution, 1e12, measured, "").front();
  EXPECT_EQ(job.activation_scale, 0.25);
  EXPECT_EQ(job.tuning.path, "avx2");
  EXPECT_EQ(job.tuning.dense_above_bf16, 0.2);
  sweep.execution.kernels = "reference";
  sweep.execution.dense_above = 0.03;
  job = FormJobs(runs, sweep.execution, 1e12, measured, "").front();
  EXPECT_EQ(job.tuning.path, "reference");
  EXPECT_EQ(job.tuning.dense_above_fp32, 0.03);
}

// Three gangs of one stream on two GPUs: halves, though a stream is not repeated on one device.
TEST(FormJobs, SpreadsGangsOverDevices) {
  Sweep sweep = SomeSweep();
  sweep.source.kind = SourceKind::kModel;
  sweep.loss_law.seeds = sweep.lr_law.seeds = 1;
  sweep.execution.workers = 3;
  const std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  EXPECT_EQ(FormJobs(runs, sweep.execution, 1e12, Measurement{}, "").size(), 1U);
  sweep.execution.devices = {"cuda:0", "cuda:1"};
  sweep.execution.device = "cuda";
  const std::vector<Job> jobs = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "");
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].runs.size() + jobs[1].runs.size(), runs.size());
  EXPECT_LE(jobs[0].runs.size() - jobs[1].runs.size(), 1U);
  EXPECT_EQ(jobs[0].device, "cuda");
}

// Runs of 1, 1 and 3 units of tokens that share a stream of 6 FLOP a unit: the first unit is
// divided by three, the other two are the longest run's own.
TEST(ShareCosts, DividesEachStretchAmongThoseWhoTrainThere) {
  std::vector<PlannedRun> runs(3);
  const std::int64_t tokens[] = {1000, 3000, 1000};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    runs[i].spec.tokens = tokens[i];
    runs[i].spec.training.lr = 0.001 * static_cast<double>(i + 1);
    runs[i].predicted.sae_flops = 2;
    runs[i].predicted.stream_flops = 6e-3 * static_cast<double>(tokens[i]);
    runs[i].predicted.seconds = runs[i].predicted.flops();
  }
  EXPECT_TRUE(ShareCosts(&runs).streams);
  EXPECT_DOUBLE_EQ(runs[0].predicted.stream_flops, 2);
  EXPECT_DOUBLE_EQ(runs[1].predicted.stream_flops, 14);
  EXPECT_DOUBLE_EQ(runs[2].predicted.stream_flops, 2);
  EXPECT_DOUBLE_EQ(runs[1].predicted.seconds, 16);
  EXPECT_DOUBLE_EQ(WallSeconds(runs, {}, 1e12), 4 + 16 + 4);
  runs[0].spec.stream_seed = 7;
  runs.resize(1);
  EXPECT_FALSE(ShareCosts(&runs).streams);
}

}  // namespace
}  // namespace saelaw
