#include "report/tables/law_words.h"

#include <set>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

// The keys of `laws` (docs/json.md) and the quantities of laws.csv. Others read them.
TEST(WordsFor, NamesEachLawOfAStudyAsItIsStored) {
  const Findings findings;
  std::string keys, quantities;
  for (const FoundLaw& law : ListLaws(findings)) {
    keys += WordsFor(law).json + " ";
    quantities += WordsFor(law).csv + " ";
  }
  EXPECT_EQ(keys, "loss best_loss mse fvu l0 lr lr_surface lr_max ");
  EXPECT_EQ(quantities, "loss loss_at_best_lr mse fvu l0 lr lr_surface lr_max ");
}

TEST(WordsFor, TellsTitlesApart) {
  const Findings findings;
  std::set<std::string> titles;
  for (const FoundLaw& law : ListLaws(findings)) {
    EXPECT_TRUE(titles.insert(WordsFor(law).title).second) << WordsFor(law).title;
  }
}

TEST(WordsFor, NamesTheRateOfALawAtOneRate) {
  FoundLaw law;
  law.role = LawRole::kLossAtOneRate;
  law.lr = 0.004;
  EXPECT_EQ(WordsFor(law).title, "Loss against data at lr 0.004");
}

}  // namespace
}  // namespace saelaw
