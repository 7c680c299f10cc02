#include "study/findings/name_runs.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(NameRuns, PutsNamesInThePlaceOfRows) {
  KnownRun first, second;
  first.result.id = "aaaa";
  second.result.id = "bbbb";
  Criticism criticism;
  criticism.influence.resize(2);
  criticism.influence[0].row = 1;
  criticism.influence[1].row = 7;  // of no run that is known here
  criticism.would_change = {"without the run at 65K tokens (row 1) it moves", "(row 7) stays"};
  NameRuns({&first, &second}, &criticism);
  EXPECT_EQ(criticism.influence[0].run, "bbbb");
  EXPECT_EQ(criticism.influence[1].run, "");
  EXPECT_EQ(criticism.would_change[0], "without the run at 65K tokens (run bbbb) it moves");
  EXPECT_EQ(criticism.would_change[1], "(row 7) stays");
}

TEST(WithRunNames, NamesEveryRowOfAList) {
  const auto run_of = [](std::int64_t row) { return row < 10 ? "r" + std::to_string(row) : ""; };
  EXPECT_EQ(WithRunNames("(rows 3, 4, ...): fit each", run_of), "(runs r3, r4, ...): fit each");
  EXPECT_EQ(WithRunNames("row 3, 20 % off; row 5 too", run_of), "run r3, 20 % off; run r5 too");
  // What is no run, and no row at all.
  EXPECT_EQ(WithRunNames("rows 3, 12 grow 7, 2 rows dropped", run_of),
            "rows 3, 12 grow 7, 2 rows dropped");
}

}  // namespace
}  // namespace saelaw
