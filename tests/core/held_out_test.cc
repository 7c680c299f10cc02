#include "core/held_out.h"

#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

HeldOutRecord Record(std::vector<std::int64_t> counts, std::vector<double> loss) {
  HeldOutRecord record;
  record.documents = static_cast<std::int64_t>(counts.size());
  record.tokens = std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
  record.counts = std::move(counts);
  record.loss = std::move(loss);
  return record;
}

// Of a plain mean the jackknife is the textbook's s/√n: values 1, 2, 3, 6, s² = 14/3.
TEST(RatioError, IsTheStandardErrorOfTheMeanForEqualClusters) {
  const std::vector<double> tops = {1, 2, 3, 6};
  const std::vector<double> bottoms = {1, 1, 1, 1};
  EXPECT_NEAR(RatioError(tops, bottoms), std::sqrt(14.0 / 3 / 4), 1e-12);
}

// By hand: 15/6; without each 12/4, 9/4, 9/4, whose mean is 2.5.
TEST(RatioError, LeavesOneClusterOutInTurn) {
  const std::vector<double> tops = {3, 6, 6};
  const std::vector<double> bottoms = {2, 2, 2};
  EXPECT_DOUBLE_EQ(Ratio(tops, bottoms), 2.5);
  EXPECT_NEAR(RatioError(tops, bottoms), std::sqrt(2.0 / 3 * (0.25 + 0.0625 + 0.0625)), 1e-12);
}

TEST(JackknifeError, IsUnknownForOneCluster) {
  EXPECT_TRUE(std::isnan(JackknifeError(std::vector<double>{1})));
  EXPECT_TRUE(std::isnan(JackknifeError({})));
}

TEST(MergedBegins, KeepsWholeDocumentsAndBothEnds) {
  std::vector<std::int64_t> begins(1001);
  for (std::size_t i = 0; i < begins.size(); ++i) begins[i] = static_cast<std::int64_t>(7 * i);
  EXPECT_EQ(MergedBegins(begins, 4), (std::vector<std::int64_t>{0, 1750, 3500, 5250, 7000}));
  EXPECT_EQ(MergedBegins(begins, 2000), begins);
  EXPECT_EQ(MergedBegins(begins, 256).size(), 257U);
}

TEST(EffectiveDocuments, CountsUnequalOnesForLess) {
  EXPECT_NEAR(EffectiveDocuments(Record({10, 10, 10, 10}, {})), 4, 1e-12);
  EXPECT_NEAR(EffectiveDocuments(Record({970, 10, 10, 10}, {})), 1 / 0.9412, 1e-12);
  EXPECT_EQ(EffectiveDocuments({}), 0);
}

// Documents differ by 1, two runs by 0.01: paired, the difference is far surer than either level.
TEST(ComparePaired, CancelsWhatTheDocumentsHaveInCommon) {
  const HeldOutRecord a = Record({100, 100, 200}, {1.01, 2.02, 3.01});
  const HeldOutRecord b = Record({100, 100, 200}, {1.00, 2.00, 3.00});
  const PairedComparison compared = ComparePaired(a, b);
  EXPECT_NEAR(compared.difference, 0.0125, 1e-12);
  EXPECT_LT(compared.se, 0.005);
  EXPECT_EQ(compared.parts, 3);
  // Leaving each out: (2.02 + 2)... of the differences 1, 2, 2 (sums) over 100, 100, 200 tokens.
  const std::vector<double> without = {4.0 / 300, 3.0 / 300, 3.0 / 200};
  EXPECT_NEAR(compared.se, JackknifeError(without), 1e-12);
}

TEST(ComparePaired, RefusesOtherDocuments) {
  const HeldOutRecord a = Record({100, 100}, {1, 2});
  EXPECT_EQ(ComparePaired(a, Record({100, 101}, {1, 2})).parts, 0);
  EXPECT_EQ(ComparePaired(a, {}).parts, 0);
  EXPECT_EQ(ComparePaired({}, {}).parts, 0);
}

// 50 parts in 20 groups: the g-th leaves out parts g, g + 20 and g + 40, and nothing else.
TEST(HeldOutReplicates, LeaveOutOneGroupOfPartsEach) {
  std::vector<std::int64_t> counts;
  std::vector<double> loss;
  for (int i = 0; i < 50; ++i) {
    counts.push_back(10 + i % 3);
    loss.push_back(1 + 0.01 * i);
  }
  const HeldOutRecord record = Record(counts, loss);
  const std::vector<double> replicates = HeldOutReplicates(record, record.loss);
  ASSERT_EQ(replicates.size(), kHeldOutGroups);
  double sum = 0, tokens = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (i % kHeldOutGroups == 3) continue;
    sum += loss[i] * static_cast<double>(counts[i]);
    tokens += static_cast<double>(counts[i]);
  }
  EXPECT_NEAR(replicates[3], sum / tokens, 1e-12);
  EXPECT_TRUE(HeldOutReplicates(Record({5}, {1}), {1}).empty());
  EXPECT_TRUE(HeldOutReplicates({}, {}).empty());
}

TEST(FvuReplicates, AreRatiosOfSums) {
  HeldOutRecord record = Record({10, 30}, {1, 2});
  record.mse = {0.5, 0.25};
  record.variance = {1, 0.5};
  const std::vector<double> replicates = FvuReplicates(record);
  ASSERT_EQ(replicates.size(), 2U);
  EXPECT_DOUBLE_EQ(replicates[0], 0.5);  // of the second part alone
  record.variance.clear();
  EXPECT_TRUE(FvuReplicates(record).empty());
}

}  // namespace
}  // namespace saelaw
