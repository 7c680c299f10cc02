#include "fit/laws/formula_law.h"

#include <gtest/gtest.h>

#include "core/errors.h"
#include "fit/critic/answer_law.h"
#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

// Source: tests/fit/data/README.md: 1.69 + 406.4 N^-0.34 + 410.7 D^-0.28 without noise.
TEST(FormulaLaw, RecoversKnownParametersWithoutBeingTold) {
  const auto law = MakeFormulaLaw("E + A/N^a + B/D^b", {});
  const LawFit fit =
      FitLaw(*law, testing::SizePoints("syn_exact_ND_128.csv", 0, 1, 2), TableOptions());
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  EXPECT_NEAR(fit.Get("E"), 1.69, 1e-4);
  EXPECT_NEAR(fit.Get("A"), 406.4, 0.5);
  EXPECT_NEAR(fit.Get("a"), 0.34, 1e-4);
  EXPECT_NEAR(fit.Get("B"), 410.7, 0.5);
  EXPECT_NEAR(fit.Get("b"), 0.28, 1e-4);
}

// The same optimum and the same intervals as the law of the table that it spells.
TEST(FormulaLaw, AgreesWithTheTablesLaw) {
  const std::vector<Point> points = testing::SeededPoints("syn_1d_seeds_18.csv");
  const FitOptions options = TableOptions(Estimator::kLeastSquaresLog);
  const LawFit known = FitLaw("data", points, options);
  const LawFit own = FitLaw(*MakeFormulaLaw("E + A*D^-a", {}), points, options);
  EXPECT_NEAR(own.objective, known.objective, 1e-6 * known.objective);
  EXPECT_NEAR(own.Get("a"), known.Get("exponent"), 1e-4);
  EXPECT_NEAR(own.Find("a")->interval.lo, known.Find("exponent")->interval.lo, 2e-3);
  EXPECT_NEAR(own.Find("a")->interval.hi, known.Find("exponent")->interval.hi, 2e-3);
}

// Gao et al. 2024 (arXiv 2406.04093), section 3, with their parameters: loss of an SAE by the
// number of its latents and of those that are active (here in the batch's place).
TEST(FormulaLaw, RecoversParametersOfEitherSign) {
  const double truth[] = {-0.50, 0.26, -0.017, -0.042, -1.32, -0.085};
  std::vector<Point> points;
  for (double n = 2048; n < 3e6; n *= 4) {
    for (double k = 8; k < 1000; k *= 2) {
      Point point;
      point.params = n;
      point.batch = k;
      point.loss = std::exp(truth[0] + truth[1] * std::log(k) + truth[2] * std::log(n) +
                            truth[3] * std::log(k) * std::log(n)) +
                   std::exp(truth[4] + truth[5] * std::log(k));
      points.push_back(point);
    }
  }
  const auto law = MakeFormulaLaw(
      "exp(alpha + beta_k*log(batch) + beta_n*log(N) + gamma*log(batch)*log(N)) + "
      "exp(zeta + eta*log(batch))",
      {"alpha=0:-3:3",
       "beta_k=0:-1:1",
       "beta_n=0:-1:1",
       "gamma=0:-1:1",
       "zeta=-1:-5:3",
       "eta=0:-1:1"});
  FitOptions options = TableOptions(Estimator::kLeastSquaresLog);
  options.interval_method = IntervalMethod::kNone;
  const LawFit fit = FitLaw(*law, points, options);
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  EXPECT_LT(fit.rms_residual, 1e-5);
  EXPECT_NEAR(fit.Get("gamma"), -0.042, 1e-3);
  EXPECT_NEAR(fit.Get("zeta"), -1.32, 0.02);
}

TEST(FormulaLaw, AnswersLikeALawOfTheTable) {
  const std::vector<Point> points = testing::SeededPoints("syn_1d_seeds_18.csv");
  const auto law = MakeFormulaLaw("E + A/D^a", {"a=0.4:0.01:2"});
  LawQuestion question{"data", points, {}, TableOptions(), {testing::At(2e9)}};
  question.options.bootstrap_resamples = 20;
  question.own = law.get();
  const LawAnswer answer = AnswerLaw(question);
  ASSERT_TRUE(answer.ok()) << testing::Why(answer.law);
  EXPECT_EQ(answer.law.name(), "formula");
  EXPECT_TRUE(answer.predictions[0].confidence.known());
  EXPECT_EQ(answer.criticism.held_out.size(), 6u);
}

TEST(ParseFormulaParameter, ReadsStartAndEnds) {
  const FormulaParameter all = ParseFormulaParameter("g=-0.1:-1:1e3");
  EXPECT_EQ(all.name, "g");
  EXPECT_DOUBLE_EQ(all.start, -0.1);
  EXPECT_DOUBLE_EQ(all.lowest, -1);
  EXPECT_DOUBLE_EQ(all.highest, 1000);
  EXPECT_DOUBLE_EQ(ParseFormulaParameter("a=2").start, 2);
  for (const char* text : {"", "=1", "a=x", "a=1:2:3", "a=1:1:1", "a=1:0:2:3", "a=-1"}) {
    EXPECT_THROW(ParseFormulaParameter(text), Error) << text;
  }
  EXPECT_THROW(MakeFormulaLaw("E + A/D^a", {"b=1"}), Error);
}

}  // namespace
}  // namespace saelaw
