#include "study/advice/transfer.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// A law of loss that holds at 128 latents alone; rates were swept there too.
struct Swept {
  Sweep sweep;
  Findings findings;
};

Swept AtOneSize() {
  Swept swept;
  swept.sweep.sae.d_sae = swept.sweep.target.d_sae = 128;
  swept.sweep.loss_law = {1e-3, {1'000'000, 4'000'000}, {128}, 1};
  swept.sweep.target.tokens = 64'000'000;
  swept.findings.loss.target_d_sae = 128;
  swept.findings.loss.at_one_rate.d_sae = 128;
  swept.findings.loss.at_one_rate.lr = 1e-3;
  swept.findings.loss.at_best_rates.fit.refusal = refusal::NoAdvisedRate{};
  swept.findings.rates.best.law.refusal = refusal::NoSurvivor{};
  swept.findings.rates.edge_d_sae = 128;
  return swept;
}

RateChoice Recipe() {
  RateChoice choice;
  choice.lr = 1e-3;
  choice.law = LossLawOf::kItsRate;
  return choice;
}

TEST(FindTransfers, OfASweptSizeAndRateAreTokensAlone) {
  const Swept swept = AtOneSize();
  const auto transfers = FindTransfers(swept.sweep, swept.findings, Recipe());
  ASSERT_EQ(transfers.size(), 1U);
  EXPECT_EQ(transfers[0].of, TransferOf::kTokens);
  EXPECT_TRUE(transfers[0].supported);
  EXPECT_TRUE(FindSupport(swept.sweep, swept.findings.rates, transfers).loss);
}

TEST(FindTransfers, OfAnotherSizeAreToldForLossAndRate) {
  Swept swept = AtOneSize();
  swept.sweep.target.d_sae = swept.findings.loss.target_d_sae = 256;
  const auto transfers = FindTransfers(swept.sweep, swept.findings, Recipe());
  ASSERT_EQ(transfers.size(), 3U);
  EXPECT_EQ(transfers[1].of, TransferOf::kLossSize);
  EXPECT_EQ(transfers[1].by, CarriedBy::kOtherSizesLaw);
  EXPECT_EQ(transfers[2].of, TransferOf::kRateSize);
  EXPECT_EQ(transfers[2].by, CarriedBy::kRecipe);
  const Support support = FindSupport(swept.sweep, swept.findings.rates, transfers);
  EXPECT_FALSE(support.loss);
  EXPECT_FALSE(support.rate);
  EXPECT_FALSE(support.edge);
}

TEST(FindTransfers, OfAnotherBatchLeaveNothingSupported) {
  Swept swept = AtOneSize();
  swept.sweep.training.batch_tokens = 64;
  swept.sweep.target.batch_tokens = 128;
  const auto transfers = FindTransfers(swept.sweep, swept.findings, Recipe());
  EXPECT_EQ(transfers.back().of, TransferOf::kBatch);
  const Support support = FindSupport(swept.sweep, swept.findings.rates, transfers);
  EXPECT_FALSE(support.loss || support.rate || support.edge || support.surface);
}

}  // namespace
}  // namespace saelaw
