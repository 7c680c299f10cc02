#include "report/tables/transfer_words.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(TransferWords, NameTheFieldAndTheLaw) {
  const Transfer size{TransferOf::kRateSize, CarriedBy::kOneSize, false, {1152}, 4608};
  EXPECT_EQ(FieldText(size.of), "d_sae (learning rate)");
  EXPECT_EQ(FieldName(size.of), "d_sae");
  EXPECT_EQ(TargetText(size), "4608");
  EXPECT_EQ(RuleText(size), "none: the rate was swept at one size");
}

TEST(TransferWords, GiveTheRangeThatWasSwept) {
  Transfer tokens{TransferOf::kTokens, CarriedBy::kLossLaw, true, {262'144, 32'768}, 4'194'304};
  EXPECT_EQ(SweptText(tokens), "32.8K to 262K");
  EXPECT_EQ(TargetText(tokens), "4.19M");
  tokens.swept = {32'768};
  EXPECT_EQ(SweptText(tokens), "32.8K");
  tokens.swept.clear();
  EXPECT_EQ(SweptText(tokens), "nothing");
  EXPECT_EQ(SweptText({TransferOf::kBatch, CarriedBy::kNothing, false, {4096}, 512}), "4096");
}

TEST(BasisText, SaysTheLawsRateAndSize) {
  EXPECT_EQ(BasisText({true, 0, 1152}),
            "law of loss against data at each size's best rate, d_sae 1152");
  EXPECT_EQ(BasisText({true, 7e-5, 0}), "law of loss against size and data at lr 7e-05");
  EXPECT_EQ(BasisText({}), "none");
}

}  // namespace
}  // namespace saelaw
