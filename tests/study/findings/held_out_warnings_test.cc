#include "study/findings/held_out_warnings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
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

std::vector<std::string> WarningsOf(const std::vector<KnownRun>& runs) {
  std::vector<const KnownRun*> all;
  for (const KnownRun& run : runs) all.push_back(&run);
  std::vector<std::string> warnings;
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
  EXPECT_THAT(WarningsOf({Measured({8192, 256}, 0.45, 0.44, 0.2)}),
              ElementsAre(HasSubstr("2 documents of 8.45K tokens count as 1.1 of equal length")));
}

TEST(WarnOfHeldOut, NamesAGapThatErrorsDoNotExplain) {
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.43, 0.51, 0.007)}),
              ElementsAre(HasSubstr("in 1 of 1 runs the held-out loss lies 19 % above")));
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.43, 0.51, 0.05)}), IsEmpty());
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.43, 0.44, 0.0001)}), IsEmpty());
}

// The mean over a run's last tenth lies above its end.
TEST(WarnOfHeldOut, LetsTheHeldOutLossLieSomewhatBelow) {
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.50, 0.45, 0.002)}), IsEmpty());
  EXPECT_THAT(WarningsOf({Measured(kMany, 0.50, 0.38, 0.002)}), ElementsAre(HasSubstr("below")));
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
