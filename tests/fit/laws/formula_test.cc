#include "fit/laws/formula.h"

#include <cmath>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "fit/fit_testing.h"

namespace saelaw {
namespace {

double ComputeValue(const char* text, const Vector& parameters, const Vector& variables) {
  return Formula(text).Value(parameters.data(), variables.data(), nullptr);
}

// By hand: a power binds before a sign and from the right, products before sums.
TEST(Formula, FollowsTheRulesOfArithmetic) {
  EXPECT_DOUBLE_EQ(ComputeValue("a + 2*N^2", {1}, {3}), 19);
  EXPECT_DOUBLE_EQ(ComputeValue("-N^2 + a", {1}, {3}), -8);
  EXPECT_DOUBLE_EQ(ComputeValue("a*N^-1/2", {1}, {4}), 0.125);
  EXPECT_DOUBLE_EQ(ComputeValue("a*2^N^2", {1}, {3}), 512);
  EXPECT_DOUBLE_EQ(ComputeValue("a - N - 1", {10}, {3}), 6);
  EXPECT_DOUBLE_EQ(ComputeValue("a/(N - 1)/2", {8}, {3}), 2);
  EXPECT_DOUBLE_EQ(ComputeValue("exp(a*log(D)) + sqrt(D) - ln(D)/1e3", {0.5}, {4}),
                   4 - std::log(4) / 1e3);
}

TEST(Formula, KnowsVariablesFromParameters) {
  const Formula law("E + A/N^a + B/D^b");
  EXPECT_EQ(law.parameters(), (std::vector<std::string>{"E", "A", "a", "B", "b"}));
  EXPECT_EQ(law.variables(), (std::vector<Variable>{Variable::kParams, Variable::kTokens}));
  EXPECT_EQ(Formula("c*compute^-k*batch/lr").variables().size(), 3u);
}

TEST(Formula, HasItsExactDerivatives) {
  const Formula law("E + A/N^a + exp(z + h*log(D)*c) - sqrt(c*D)/9 + (a - 2)^2 - -h");
  const Vector at = {3.0, 7.0};
  testing::ExpectGradient(
      [&](const double* u, double* gradient) { return law.Value(u, at.data(), gradient); },
      {1.5, 2.2, 0.4, 0.3, 0.2, 1.1});
}

TEST(Formula, RefusesWithThePlaceOfTheMistake) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"E + A/N^", "--formula:9: a number, a name or '(' belongs here"},
      {"E + (A/N", "--formula:9: a closing parenthesis is missing"},
      {"E A", "--formula:3: an operator"},
      {"exp N", "--formula:5: a function takes parentheses"},
      {"E + A", "no variable"},
      {"N^2", "no parameter"},
      {"", "belongs here"},
      {"a+b+c+d+e+f+g+h+i+j+k+l+m+N", "more than 12 parameters"}};
  for (const auto& [text, message] : mistakes) {
    try {
      const Formula formula(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
    }
  }
  EXPECT_THROW(Formula(std::string(1000, '(')), Error);
  EXPECT_THROW(Formula(std::string(1000, '-')), Error);
}

}  // namespace
}  // namespace saelaw
