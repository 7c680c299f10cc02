#include "study/planner.h"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "study/recommendation.h"

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
    if (plan.runs.empty()) break;
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
  const Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  EXPECT_EQ(knowledge.runs.size(), 5u);
  const Plan plan = NextRound(sweep, knowledge);
  EXPECT_FALSE(plan.complete);
  EXPECT_GT(plan.cut, 0);
  ASSERT_FALSE(plan.notes.empty());
  EXPECT_NE(plan.notes.front().find("unfinished"), std::string::npos);
}

// Two runs that share a stream of a language model cost it once, and the cheapest come first.
TEST(NextRound, PricesSharedStreamsOnceAgainstTheBudget) {
  Sweep sweep = SomeSweep();
  sweep.source.kind = SourceKind::kModel;
  sweep.source.model.layer = 7;
  sweep.model_shape = ModelShape{"llama-3.2-1b", 1200000000, 16, 2048, 8192, 32, 8, 64, 128256};
  sweep.lr_law.tokens.clear();
  sweep.loss_law = {0.002, {64000, 128000}, {128, 256}, 1};
  std::vector<PlannedRun> alone = NextRound(sweep, {}).runs;
  ASSERT_EQ(alone.size(), 4U);
  const double stream = alone.back().predicted.stream_flops;  // of the longest
  double saes = 0;
  for (const PlannedRun& run : alone) saes += run.predicted.sae_flops;
  sweep.budget.flops = (stream + saes) * 1.0001;
  EXPECT_EQ(NextRound(sweep, {}).runs.size(), 4U);
  sweep.budget.flops = (stream + saes) * 0.9999;
  const Plan plan = NextRound(sweep, {});
  ASSERT_EQ(plan.runs.size(), 3U);
  EXPECT_EQ(plan.cut, 1);
  EXPECT_FALSE(plan.complete);
  for (const PlannedRun& run : plan.runs) {
    EXPECT_FALSE(run.spec.tokens == 128000 && run.spec.sae.d_sae == 256) << "the dearest was kept";
  }
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

// What was written down before the run began is what was predicted, whatever laws say today.
TEST(Study, ReportsTheStoredPrediction) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const HoldOutCheck now = Study(sweep, knowledge).hold_out.front();
  EXPECT_FALSE(now.stored);
  EXPECT_EQ(now.today, now.predicted);
  knowledge.predictions.push_back({now.run, 1.1 * now.predicted, {1.05 * now.predicted, 2}});
  const Findings findings = Study(sweep, knowledge);
  ASSERT_EQ(findings.hold_out.size(), 1U);
  const HoldOutCheck& check = findings.hold_out.front();
  EXPECT_TRUE(check.stored);
  EXPECT_EQ(check.predicted, 1.1 * now.predicted);
  EXPECT_EQ(check.interval.lo, 1.05 * now.predicted);
  EXPECT_EQ(check.today, now.predicted);
  EXPECT_FALSE(check.inside);
  ASSERT_EQ(findings.warnings.size(), 2U);
  EXPECT_NE(findings.warnings[1].find("today's laws say"), std::string::npos);
}

// Laws that changed their mind about the rate say nothing of the run at the former one.
TEST(Study, JudgesAHoldOutAtAFormerRateByWhatWasStored) {
  const Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  const KnownRun former = Measure(MakeRun(sweep, sweep.hold_out.tokens, 128, 1e-5, 0), 4);
  knowledge.runs.push_back(former);
  EXPECT_EQ(Study(sweep, knowledge).hold_out.size(), 1U);
  knowledge.predictions.push_back({former.result.id, 1, {0.9, 1.1}});
  const Findings findings = Study(sweep, knowledge);
  ASSERT_EQ(findings.hold_out.size(), 2U);
  const bool first = findings.hold_out.front().run == former.result.id;
  EXPECT_TRUE(std::isnan(findings.hold_out[first ? 0 : 1].today));
  EXPECT_FALSE(std::isnan(findings.hold_out[first ? 1 : 0].today));
}

// Extra runs at another rate, or beyond the hold-out, are no points and do not shorten the reach.
TEST(Study, CountsTheLawsPointsOnly) {
  Sweep sweep = SomeSweep();
  sweep.extra_runs = {
      {8388608, 128, 0.003, ""}, {33554432, 128, 0.002, ""}, {8388608, 128, 0.002, ""}};
  sweep.lr_law.tokens.clear();
  const Findings findings = Study(sweep, RunAll(sweep, 1e9, 1000).knowledge);
  EXPECT_EQ(findings.fitted_tokens, 8388608);
  EXPECT_EQ(Recommend(sweep, findings, false).extrapolation_factor, 8);
  int points = 0;
  for (const StudyRun& run : findings.runs) {
    points += run.reason_left_out.empty() ? 1 : 0;
    if (run.stage != Stage::kExtra) continue;
    const bool point = run.tokens == 8388608 && run.lr == 0.002;
    EXPECT_EQ(run.reason_left_out.empty(), point) << run.reason_left_out;
  }
  EXPECT_EQ(points, findings.loss_law.n_points);
  EXPECT_EQ(points, 9);
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
  EXPECT_FALSE(advice.lr_interval.known());
  EXPECT_FALSE(advice.lr_max.interval.known());
  EXPECT_FALSE(advice.lr_surface.interval.known());
  EXPECT_TRUE(std::isnan(advice.lr_regret));
  ASSERT_FALSE(advice.warnings.empty());
  EXPECT_NE(advice.warnings.front().find("d_sae"), std::string::npos);
}

TEST(Recommend, GivesNoIntervalForAnotherBatch) {
  Sweep sweep = SomeSweep();
  const Knowledge knowledge = RunAll(sweep, 100, 1000).knowledge;
  EXPECT_TRUE(Recommend(sweep, Study(sweep, knowledge), false).lr_interval.known());
  sweep.target.batch_tokens = 128;
  const Recommendation advice = Recommend(sweep, Study(sweep, knowledge), false);
  EXPECT_FALSE(advice.loss.interval.known());
  EXPECT_FALSE(advice.lr_interval.known());
  EXPECT_FALSE(advice.lr_max.interval.known());
  EXPECT_FALSE(advice.lr_surface.interval.known());
  EXPECT_EQ(advice.lr_bound, 0);
}

TEST(Recommend, RefusesAThousandfoldExtrapolation) {
  Sweep sweep = SomeSweep();
  sweep.target.tokens = 4194304LL * 1001;
  const Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  const Recommendation refused = Recommend(sweep, findings, false);
  EXPECT_TRUE(refused.refused);
  // What is refused is not printed all the same.
  EXPECT_EQ(refused.lr, 0);
  EXPECT_FALSE(refused.lr_interval.known());
  EXPECT_TRUE(std::isnan(refused.loss.value));
  EXPECT_TRUE(std::isnan(refused.alternatives.back().loss.value));
  const Recommendation forced = Recommend(sweep, findings, true);
  EXPECT_FALSE(forced.refused);
  EXPECT_GT(forced.lr, 0);
  EXPECT_GT(forced.loss.value, 0);
}

// The loss law's runs are long, those of the learning rate all short.
TEST(Recommend, RefusesARateFromShortRunsAlone) {
  Sweep sweep = SomeSweep();
  const Findings both = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  EXPECT_FALSE(both.lr_all_short);
  sweep.lr_law.tokens = {65536, 131072, 262144};
  Findings findings = Study(sweep, RunAll(sweep, 4, 1000).knowledge);
  ASSERT_TRUE(findings.lr_law.ok()) << findings.lr_law.law.refusal;
  EXPECT_TRUE(findings.lr_all_short);
  findings.all_short = false;  // as where the loss is predicted by long runs
  EXPECT_TRUE(Recommend(sweep, findings, false).refused);
  EXPECT_FALSE(Recommend(sweep, findings, true).refused);
}

// A size whose best rate is the highest swept is no point of the loss at the best rates.
TEST(Study, LeavesSizesOnTheirGridsEdgeOutOfTheBestLoss) {
  Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 100, 1000).knowledge;
  const int all = Study(sweep, knowledge).best_loss_law.n_points;
  const double tokens = static_cast<double>(sweep.lr_law.tokens.back());
  std::erase_if(knowledge.runs, [&](const KnownRun& run) {
    return static_cast<double>(run.spec.tokens) == tokens &&
           run.spec.training.lr > 0.9 * BestRate(tokens);
  });
  const Findings findings = Study(sweep, knowledge);
  ASSERT_EQ(findings.lr_law.optima.back().censoring, Censoring::kGridHigh);
  ASSERT_TRUE(findings.best_loss_law.ok());
  EXPECT_LT(findings.best_loss_law.n_points, all);
  for (const StudyRun& run : findings.runs) {
    if (static_cast<double>(run.tokens) != tokens) continue;
    EXPECT_EQ(run.reason_left_out.find("a point of the law at the best rates"), std::string::npos);
  }
}

TEST(Study, SaysWhyARunFailed) {
  Sweep sweep = SomeSweep();
  Knowledge knowledge = RunAll(sweep, 4, 1000).knowledge;
  for (KnownRun& run : knowledge.runs) {
    if (run.outcome != Outcome::kCompleted) run.reason = "0.63 of the latents are dead (limit 0.5)";
  }
  int failed = 0;
  for (const StudyRun& run : Study(sweep, knowledge).runs) {
    if (run.outcome == Outcome::kCompleted) continue;
    ++failed;
    EXPECT_EQ(run.reason_left_out, "collapsed: 0.63 of the latents are dead (limit 0.5)");
  }
  EXPECT_GT(failed, 0);
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

TEST(FormJobs, CheckpointsAreWrittenAsTheSweepSaysUnderTheSameNames) {
  Sweep sweep = SomeSweep();
  const std::vector<PlannedRun> runs = ForeseenRuns(sweep);
  const Job usual = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "").front();
  sweep.execution.checkpoint_seconds = 7;
  sweep.execution.checkpoint_tokens = 4096;
  const Job often = FormJobs(runs, sweep.execution, 1e12, Measurement{}, "").front();
  EXPECT_EQ(usual.checkpoint_tokens, 0);
  EXPECT_EQ(often.checkpoint_seconds, 7);
  EXPECT_EQ(often.checkpoint_tokens, 4096);
  EXPECT_EQ(often.id, usual.id);
  EXPECT_EQ(IdOf(often), often.id);
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
