#include "report/predictions_csv.h"

#include <limits>

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(PredictionsCsv, AddsColumnsToTheRows) {
  const CsvPlaces places{{"name", "tokens"}, {{"a, b", "1M"}, {"c", "9M"}, {"d", "1T"}}, {}};
  std::vector<Foretold> told(3);
  told[0].prediction = {{}, 0.5, {0.45, 0.55}, {0.4, 0.6}};
  told[0].prediction.extrapolation = 1;
  told[1].prediction = {{}, 0.25, {0.2, 0.3}, {}};
  told[1].prediction.confidence.hi = std::numeric_limits<double>::infinity();
  told[1].prediction.extrapolation = 8.41;
  told[1].doubt = "far away";
  told[2].prediction.value = std::numeric_limits<double>::quiet_NaN();
  told[2].prediction.extrapolation = 5000;
  told[2].refusal = "no prediction without --force";
  EXPECT_EQ(PredictionsCsv(places, told),
            "name,tokens,prediction,lo,hi,note\n"
            "\"a, b\",1M,0.5,0.4,0.6,\n"
            "c,9M,0.25,0.2,,beyond the points by factor 8.41; far away\n"
            "d,1T,,,,no prediction without --force\n");
}

}  // namespace
}  // namespace saelaw
