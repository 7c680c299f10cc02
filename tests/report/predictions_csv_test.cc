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
  told[1].doubt = warning::FarBeyond{Variable::kTokens, 8.41, true, false, 8};
  told[2].prediction.value = std::numeric_limits<double>::quiet_NaN();
  told[2].prediction.extrapolation = 5000;
  told[2].refusal = warning::PlaceLacks{"data", {Variable::kTokens}};
  EXPECT_EQ(PredictionsCsv(places, told),
            "name,tokens,prediction,lo,hi,note\n"
            "\"a, b\",1M,0.5,0.4,0.6,\n"
            "c,9M,0.25,0.2,,beyond the points by factor 8.41; the target is 8.4 times the largest "
            "fitted run (doubtful from 8)\n"
            "d,1T,,,,no prediction: the data law needs tokens there\n");
}

}  // namespace
}  // namespace saelaw
