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
  change::WithoutRun of_second, of_nobody;
  of_second.row = 1;
  of_nobody.row = 7;
  criticism.would_change = {change::Floor{0.4, 0.5}, of_second, of_nobody};
  NameRuns({&first, &second}, &criticism);
  EXPECT_EQ(criticism.influence[0].run, "bbbb");
  EXPECT_EQ(criticism.influence[1].run, "");
  EXPECT_EQ(std::get<change::WithoutRun>(criticism.would_change[1]).run, "bbbb");
  EXPECT_EQ(std::get<change::WithoutRun>(criticism.would_change[2]).run, "");
}

TEST(NameRuns, NamesEveryRowOfAWarning) {
  const auto run_of = [](std::int64_t row) { return row < 10 ? "r" + std::to_string(row) : ""; };
  warning::TwoPopulations two;
  two.above = {{3}, {4}, {12}};  // the last is of no run
  FitWarnings warnings = {warning::NoNoise{},
                          warning::Outliers{{{{5}, 3.0, 2.0}}, false},
                          two,
                          warning::ComputeOddRow{{6}, 7}};
  NameRuns(run_of, &warnings);
  EXPECT_EQ(std::get<warning::Outliers>(warnings[1]).rows[0].row.run, "r5");
  const auto& above = std::get<warning::TwoPopulations>(warnings[2]).above;
  EXPECT_EQ(above[0].run + above[1].run + above[2].run, "r3r4");
  EXPECT_EQ(std::get<warning::ComputeOddRow>(warnings[3]).row.run, "r6");
}

}  // namespace
}  // namespace saelaw
