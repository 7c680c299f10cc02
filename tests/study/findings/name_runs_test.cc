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

}  // namespace
}  // namespace saelaw
