#include "orchestrate/ledger_points.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "orchestrate/fakes.h"
#include "store/store_testing.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

class LedgerPointsTest : public WorkplaceTest {
 protected:
  LedgerPointsTest() {
    store_.SaveSweep("small", "", "");
    store_.SaveSweep("other", "", "");
  }

  RunSpec Run(std::int64_t tokens, double lr, std::uint64_t seed = 0) const {
    return MakeRun(sweep_, tokens, 128, lr, seed);
  }
  void Finish(const std::string& sweep, const RunSpec& run, const RunResult& result) {
    store_.AddRuns(sweep, {{run, "loss-law", ""}});
    Job job;
    job.runs = {run};
    job.id = ComputeId(job);
    store_.AddJob(job);
    store_.AcceptResult(store_.BeginAttempt(job.id), result, "");
  }
  void Finish(const std::string& sweep, const RunSpec& run) {
    Finish(sweep, run, WorldResult(run));
  }
  CsvPoints Points(const LedgerChoice& choice) const {
    return ReadPoints(store_, "r.db", choice).points;
  }
  std::string Refusal(const LedgerChoice& choice) const {
    try {
      Points(choice);
    } catch (const Error& error) {
      return error.what();
    }
    return "nothing was thrown";
  }

  Sweep sweep_ = SmallSweep();
};

TEST_F(LedgerPointsTest, AreJudgedAsStudiesJudge) {
  const RunSpec good = Run(524288, 0.002), bad = Run(524288, 0.2);
  RunResult dead = WorldResult(bad);
  dead.final.dead_fraction = 0.9;
  Finish("small", good);
  Finish("small", bad, dead);
  store_.AddRuns("small", {{Run(1048576, 0.002), "loss-law", ""}});  // not trained yet
  const LedgerPoints ledger = ReadPoints(store_, "r.db", {});
  ASSERT_THAT(ledger.points.points, SizeIs(1));
  const Point& point = ledger.points.points[0];
  EXPECT_EQ(point.tokens, 524288);
  EXPECT_EQ(point.params, 128);
  EXPECT_EQ(point.lr, 0.002);
  EXPECT_EQ(point.batch, 64);
  EXPECT_EQ(point.loss, WorldLoss(good));
  EXPECT_EQ(ledger.FindRun(point.row), ComputeId(good));
  EXPECT_EQ(ledger.FindRun(1), "");
  EXPECT_EQ(ledger.FindRun(4), "");
  ASSERT_THAT(ledger.points.failed, SizeIs(1));
  EXPECT_EQ(ledger.points.failed[0].failure, Failure::kCollapsed);
}

TEST_F(LedgerPointsTest, AreOfASweepWhereOneIsNamed) {
  Finish("small", Run(524288, 0.002));
  Finish("other", Run(1048576, 0.002));
  EXPECT_THAT(Points({}).points, SizeIs(2));
  EXPECT_THAT(Points({"small", "", {}}).points, SizeIs(1));
  EXPECT_THAT(Points({"small", "", {"stage=loss-law"}}).points, SizeIs(1));
  EXPECT_THAT(Refusal({"large", "", {}}),
              StartsWith("--sweep: the database holds no sweep 'large'"));
}

TEST_F(LedgerPointsTest, AreOfAllArmsWhereTheSweepCompares) {
  for (const char* sweep : {"two/plain", "two/held", "two", "twofold"}) {
    store_.SaveSweep(sweep, "", "");
  }
  Finish("two/plain", Run(524288, 0.002));
  Finish("two/held", Run(1048576, 0.002));
  Finish("twofold", Run(2097152, 0.002));
  EXPECT_THAT(Points({"two", "", {}}).points, SizeIs(2));
  EXPECT_THAT(Points({"two/held", "", {}}).points, SizeIs(1));
  const CsvPoints held = Points({"two", "", {"arm=held"}});
  ASSERT_THAT(held.points, SizeIs(1));
  EXPECT_EQ(held.points[0].tokens, 1048576);
}

TEST_F(LedgerPointsTest, AreFilteredByAnyFieldOfTheSpecAndByMetrics) {
  Finish("small", Run(524288, 0.002));
  Finish("small", Run(524288, 0.004, 1));
  Finish("small", Run(1048576, 0.002));
  const auto kept = [&](const std::string& where) {
    return Points({"", "", {where}}).points.size();
  };
  EXPECT_EQ(kept("lr=2e-3"), 2U);
  EXPECT_EQ(kept("stream_seed=1"), 1U);
  EXPECT_EQ(kept("training.batch_tokens = 64"), 3U);
  EXPECT_EQ(kept("run.tokens>600K"), 1U);
  EXPECT_EQ(kept("activations.source=synthetic"), 3U);
  EXPECT_EQ(kept("schedule!=cosine"), 0U);
  EXPECT_EQ(kept("l0<=20"), 3U);
  EXPECT_EQ(kept("hook=mlp_out"), 0U);  // of language models alone
  EXPECT_THAT(Refusal({"", "", {"color=red"}}), HasSubstr("no column 'color'"));
}

TEST_F(LedgerPointsTest, ReadAnotherMetricByItsColumn) {
  const RunSpec run = Run(524288, 0.002);
  Finish("small", run);
  const CsvPoints points = Points({"", "loss=mse", {}});
  ASSERT_THAT(points.points, SizeIs(1));
  EXPECT_EQ(points.points[0].loss, WorldResult(run).final.mse);
  EXPECT_EQ(points.points[0].lr, 0.002);  // of the other keys the table's own columns
}

TEST_F(LedgerPointsTest, LeaveOutOtherNumericVersionsAndSaySo) {
  Finish("small", Run(524288, 0.002));
  Finish("small", Run(1048576, 0.002));
  EXPECT_THAT(Points({}).warnings, IsEmpty());
  // Such a result's name is another than today's version would give its run.
  Rows(database_,
       "UPDATE runs SET spec = replace(spec, '\"stream_seed\":0', '\"stream_seed\":5')"
       " WHERE tokens = 1048576");
  EXPECT_THAT(Points({}).points, SizeIs(1));
  const FitWarnings warnings = Points({}).warnings;
  const auto* others = FindWarning<warning::OtherVersions>(warnings);
  ASSERT_NE(others, nullptr);
  EXPECT_EQ(others->runs, 1);
}

TEST_F(LedgerPointsTest, AreMissedByName) {
  EXPECT_EQ(Refusal({}), "r.db holds no finished run");
  EXPECT_EQ(Refusal({"small", "", {}}), "r.db holds no finished run of sweep 'small'");
}

TEST_F(LedgerPointsTest, AreNamedInTheAnswer) {
  Finish("small", Run(524288, 0.002));
  const LedgerPoints ledger = ReadPoints(store_, "r.db", {});
  const RunId id = ledger.runs[0];
  LawAnswer answer;
  answer.law.warnings = {warning::Outliers{{{{2}, 3.0, 2.0}}, false}};
  answer.law.dropped = {{2, "collapsed"}};
  change::WithoutRun without;
  without.row = 2;
  answer.criticism.would_change = {without};
  NameRuns(ledger, &answer);
  EXPECT_EQ(std::get<warning::Outliers>(answer.law.warnings[0]).rows[0].row.run, id);
  EXPECT_EQ(answer.law.dropped[0].reason, "run " + id + ": collapsed");
  EXPECT_EQ(std::get<change::WithoutRun>(answer.criticism.would_change[0]).run, id);
}

}  // namespace
}  // namespace saelaw
