#include "study/findings/held_out_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::IsEmpty;

// A run of 64Ki tokens whose documents have these many tokens.
KnownRun Measured(std::vector<std::int64_t> counts, double train_loss, double loss, double se) {
  KnownRun run;
  run.result.tokens = 65'536;
  run.result.train_loss = train_loss;
  run.result.final.loss = loss;
  run.result.final.se.loss = se;
  HeldOutRecord& record = run.result.held_out;
  for (const std::int64_t count : counts) record.tokens += count;
  record.documents = static_cast<std::int64_t>(counts.size());
  record.counts = std::move(counts);
  return run;
}

StudyWarnings WarningsOf(const std::vector<KnownRun>& runs) {
  std::vector<const KnownRun*> all;
  for (const KnownRun& run : runs) all.push_back(&run);
  StudyWarnings warnings;
  WarnOfHeldOut(all, &warnings);
  return warnings;
}

const std::vector<std::int64_t> kMany(64, 128);

TEST(WarnOfHeldOut, IsSilentOfManyDocumentsThatAreLikeTheTrainingText) {
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.45, 0.44, 0.007)}), IsEmpty());
  EXPECT_THAT(WarningsOf({}), IsEmpty());
}

// As in the quickstart of 0.1.0: 32 of 33 contexts of one document.
TEST(WarnOfHeldOut, NamesFewDocuments) {
  const StudyWarnings warnings = WarningsOf({Measured({8192, 256}, 0.45, 0.44, 0.2)});
  ASSERT_EQ(warnings.size(), 1u);
  const auto& few = std::get<warning::FewDocuments>(warnings[0]);
  EXPECT_EQ(few.documents, 2);
  EXPECT_EQ(few.tokens, 8448);
  EXPECT_NEAR(few.effective, 1.06, 0.01);  // 8448² / (8192² + 256²)
}

TEST(WarnOfHeldOut, NamesAGapThatErrorsDoNotExplain) {
  const StudyWarnings warnings = WarningsOf({Measured(kMany, 0.43, 0.51, 0.007)});
  ASSERT_EQ(warnings.size(), 1u);
  const auto& gap = std::get<warning::HeldOutGap>(warnings[0]);
  EXPECT_EQ(gap.gaps, 1u);
  EXPECT_EQ(gap.runs, 1u);
  EXPECT_NEAR(gap.share, 0.51 / 0.43 - 1, 1e-12);
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.43, 0.51, 0.05)}), IsEmpty());
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.43, 0.44, 0.0001)}), IsEmpty());
}

// The mean over a run's last tenth lies above its end.
TEST(WarnOfHeldOut, LetsTheHeldOutLossLieSomewhatBelow) {
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.50, 0.45, 0.002)}), IsEmpty());
  const StudyWarnings warnings = WarningsOf({Measured(kMany, 0.50, 0.38, 0.002)});
  ASSERT_EQ(warnings.size(), 1u);
  EXPECT_LT(std::get<warning::HeldOutGap>(warnings[0]).share, 0);
}

TEST(WarnOfHeldOut, OfFewRunsAmongManyOrWithoutRecordIsSilent) {
  const KnownRun far = Measured(kMany, 0.43, 0.51, 0.007);
  const KnownRun near = Measured(kMany, 0.45, 0.44, 0.007);
  EXPECT_THAT(WarningsOf({far, near, near}), IsEmpty());
  KnownRun old = Measured({}, 0.43, 0.51, 0);
  EXPECT_THAT(WarningsOf({old}), IsEmpty());
}

}  // namespace
}  // namespace saelaw
