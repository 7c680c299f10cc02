#include "report/tables/plan_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

// These stand in databases, beside those of earlier versions.
TEST(WhyAskedText, IsWhatDatabasesHold) {
  EXPECT_EQ(WhyAskedText(asked::LossLaw{0.004}), "loss against data at lr 0.004");
  EXPECT_EQ(WhyAskedText(asked::Extra{""}), "asked for by the sweep");
  EXPECT_EQ(WhyAskedText(asked::Extra{"longer"}), "longer");
  EXPECT_EQ(WhyAskedText(asked::FirstGrid{}), "first grid of learning rates");
  EXPECT_EQ(WhyAskedText(asked::Widened{true}),
            "widened upwards: the best rate lies on the grid's edge");
  EXPECT_EQ(WhyAskedText(asked::Cliff{}), "between the last survivor and the first collapse");
  EXPECT_EQ(WhyAskedText(asked::Refined{}), "refines the best rate");
  EXPECT_EQ(WhyAskedText(asked::HoldOut{7e-5, "optimum"}), "hold-out at lr 7e-05 (optimum)");
  EXPECT_EQ(WhyAskedText(asked::HoldOut{}), "hold-out; its rate follows from the lr law");
}

TEST(NoteText, NamesEachBudgetThatIsSet) {
  note::BudgetCut cut;
  cut.runs = 4;
  cut.known = 4;
  cut.cut = 2;
  cut.of = 3;
  EXPECT_EQ(NoteText(PlanNote{cut}),
            "budget.runs of 4 (4 are there) leaves out 2 of 3 runs of this round: the study stays "
            "unfinished");
  cut.foreseen = true;
  EXPECT_THAT(NoteText({cut}), HasSubstr("2 of 3 runs that can be foreseen"));
  cut.flops = 1e15;
  cut.flops_used = 9e14;
  EXPECT_THAT(NoteText(PlanNote{cut}),
              HasSubstr(", or budget.flops of 1e+15 (9e+14 are used) leaves out"));
  EXPECT_THAT(NoteText(PlanNote{note::OverWall{60, 7200}}), StartsWith("budget.wall is"));
}

TEST(NoteText, CountsRunsThatWereTrainedAlone) {
  EXPECT_EQ(NoteText(PlanNote{note::TrainedAlone{1}}),
            "1 run of the study was trained by `saelaw train` already: its result is used");
  EXPECT_THAT(NoteText(PlanNote{note::TrainedAlone{2}}),
              StartsWith("2 runs of the study were trained"));
}

TEST(PlanWords, NameTheArmWhereThereAreSeveral) {
  PlannedRun run;
  run.why = asked::Refined{};
  EXPECT_EQ(WhyAskedText(run), "refines the best rate");
  run.arm = "ours";
  EXPECT_EQ(WhyAskedText(run), "ours: refines the best rate");
  EXPECT_THAT(NoteText(PlanNote{note::NotHashed{}, "ours"}),
              StartsWith("ours: plan reads no weights"));
  ExpectedInterval expected;
  expected.arm = "ours";
  EXPECT_EQ(ForeseenFromText(expected), "");
  expected.from = ForeseenFrom{12};
  EXPECT_EQ(ForeseenFromText(expected), "ours: the law of the 12 runs that carry it so far");
}

TEST(ForeseenFromText, SaysWhatIsAssumed) {
  ExpectedInterval expected;
  EXPECT_EQ(ForeseenFromText(expected), "");
  expected.from = ForeseenFrom{0, 0.565, 0.46, 0.32, true};
  EXPECT_EQ(ForeseenFromText(expected),
            "assumed: loss 0.565 at the smallest size, a floor of 46 % of it, exponent 0.32, a "
            "tenth of it by the SAE's size (a guess), noise of 0.5 % (as first measured on a "
            "small language model)");
  expected.from->runs = 12;
  EXPECT_EQ(ForeseenFromText(expected), "the law of the 12 runs that carry it so far");
}

TEST(UnforeseenText, NamesWhatIsMissing) {
  ExpectedInterval expected;
  EXPECT_EQ(UnforeseenText(expected), "");
  expected.refusal = unforeseen::NoLawAtSize{16384};
  EXPECT_THAT(UnforeseenText(expected), StartsWith("no law will hold at d_sae 16384"));
  expected.refusal = unforeseen::OtherLaw{"size-data-coupled"};
  EXPECT_THAT(UnforeseenText(expected), HasSubstr("not for size-data-coupled"));
}

}  // namespace
}  // namespace saelaw
