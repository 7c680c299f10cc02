#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/made_up.h"
#include "report/tables/figures.h"

namespace saelaw {
namespace {

using document::Figure;

TEST(SweepFigure, DrawsACurveForEachDataSize) {
  const Figure figure = SweepFigure(made_up::TheFindings());
  ASSERT_EQ(figure.curves.size(), 4);
  ASSERT_EQ(figure.points.size(), 5);  // and the runs that failed
  EXPECT_EQ(figure.points.front().label, "32.8K tokens");
  EXPECT_EQ(figure.points.front().places.size(), 8);
  EXPECT_EQ(figure.points.back().places.size(), 8);
}

TEST(SweepFigure, JoinsTheMeansOfSeeds) {
  Findings findings;
  findings.runs = {made_up::Run(32768, 0.004, 0), made_up::Run(32768, 0.004, 1)};
  findings.runs[0].final.loss = 0.4;
  findings.runs[1].final.loss = 0.5;
  const Figure figure = SweepFigure(findings);
  ASSERT_EQ(figure.curves.front().places.size(), 1);
  EXPECT_DOUBLE_EQ(figure.curves.front().places.front().y, 0.45);
}

TEST(SweepFigure, NamesTheWidthWhereItVaries) {
  Findings findings;
  findings.runs = {made_up::Run(32768, 0.004, 0), made_up::Run(32768, 0.004, 1)};
  findings.runs[1].d_sae = 2304;
  const Figure figure = SweepFigure(findings);
  EXPECT_EQ(figure.points.at(1).label, "32.8K tokens, d_sae 2304");
  EXPECT_NE(figure.points.at(0).series, figure.points.at(1).series);
}

TEST(SweepFigure, LeavesOutLossesThatAreNone) {
  Findings findings;
  findings.runs = {made_up::Run(32768, 0.004, 0)};
  findings.runs[0].final.loss = std::nan("");
  EXPECT_TRUE(SweepFigure(findings).x.empty());
}

}  // namespace
}  // namespace saelaw
