#include "fit/points/variable.h"

#include <gtest/gtest.h>

#include "fit/points/csv_columns.h"

namespace saelaw {
namespace {

TEST(FindVariable, KnowsEachByItsNameAlone) {
  for (const Variable variable : kVariables) EXPECT_EQ(FindVariable(Name(variable)), variable);
  EXPECT_EQ(FindVariable("Tokens"), std::nullopt);
  EXPECT_EQ(FindVariable(""), std::nullopt);
}

TEST(SetVariable, IsWhatGetReads) {
  for (const Variable variable : kVariables) {
    Point point;
    Set(point, variable, 7);
    EXPECT_EQ(Get(point, variable), 7);
  }
}

TEST(VariableLike, ReadsWhatPeopleCallTheirColumns) {
  EXPECT_EQ(VariableLike(" Learning_Rate "), Variable::kLr);
  EXPECT_EQ(VariableLike("lr"), Variable::kLr);
  EXPECT_EQ(VariableLike("Batch-Size"), Variable::kBatch);
  EXPECT_EQ(VariableLike("d_sae"), Variable::kParams);
  EXPECT_EQ(VariableLike("FLOPs"), Variable::kCompute);
  EXPECT_EQ(VariableLike("tokens"), Variable::kTokens);
  EXPECT_EQ(VariableLike("l0"), std::nullopt);
  EXPECT_EQ(VariableLike("N"), std::nullopt);
  EXPECT_EQ(VariableLike("loss"), std::nullopt);
}

TEST(MakeSettingKey, IsTheKeyOfTheSameName) {
  EXPECT_EQ(MakeSettingKey(Variable::kTokens), kTokensKey);
  EXPECT_EQ(MakeSettingKey(Variable::kBatch), kBatchKey);
  EXPECT_EQ(MakeSettingKey(Variable::kL0), kL0Key);
}

}  // namespace
}  // namespace saelaw
