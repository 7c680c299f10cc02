// Gao et al. 2024 (arXiv 2406.04093), section 3: their equation with their constants of SAEs on
// GPT-4 (alpha -0.50, beta_k 0.26, beta_n -0.017, gamma -0.042, zeta -1.32, eta -0.085).
#include "fit/laws/size_l0_law.h"

#include <map>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "fit/critic/answer_law.h"
#include "fit/critic/column_guard.h"
#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"
#include "fit/points/csv.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

const std::map<std::string_view, double> kTruth = {{"alpha", -0.50},
                                                   {"beta_k", 0.26},
                                                   {"beta_n", -0.017},
                                                   {"gamma", -0.042},
                                                   {"zeta", -1.32},
                                                   {"eta", -0.085}};

double Loss(double n, double k) {
  const auto of = [](std::string_view name) { return kTruth.at(name); };
  return std::exp(of("alpha") + of("beta_k") * std::log(k) + of("beta_n") * std::log(n) +
                  of("gamma") * std::log(k) * std::log(n)) +
         std::exp(of("zeta") + of("eta") * std::log(k));
}

// A grid of sizes and of active latents.
std::vector<Point> Grid() {
  std::vector<Point> points;
  for (double n = 2048; n < 3e6; n *= 4) {
    for (double k = 8; k < 1000; k *= 2) {
      Point point;
      point.params = n;
      point.l0 = k;
      point.loss = Loss(n, k);
      points.push_back(point);
    }
  }
  return points;
}

TEST(SizeL0Law, RecoversThePublishedParameters) {
  for (const Estimator estimator : {Estimator::kHuberLog, Estimator::kLeastSquaresLog}) {
    FitOptions options = TableOptions(estimator);
    options.interval_method = IntervalMethod::kNone;
    const LawFit fit = FitLaw("size-l0", Grid(), options);
    ASSERT_TRUE(fit.ok()) << testing::Why(fit);
    EXPECT_TRUE(fit.converged);
    for (const auto& [name, value] : kTruth) EXPECT_NEAR(fit.Get(name), value, 1e-6) << name;
    EXPECT_NEAR(fit.Predict([] {
                     Point at;
                     at.params = 1.6e7;
                     at.l0 = 512;
                     return at;
                   }())
                    .value,
                Loss(1.6e7, 512),
                1e-7);
  }
}

// The intervals are of the parameters as published, not of those about the centres.
TEST(SizeL0Law, HasIntervalsOfTheParametersThemselves) {
  std::vector<Point> points = Grid();
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].loss *= std::exp(1e-4 * std::sin(12.9898 * static_cast<double>(i)));
  }
  const LawFit fit = FitLaw("size-l0", points, TableOptions(Estimator::kLeastSquaresLog));
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  for (const auto& [name, value] : kTruth) {
    const Interval& interval = fit.Find(name)->interval;
    EXPECT_TRUE(testing::Contains(interval, value)) << name << " " << interval.lo;
    EXPECT_LT(interval.hi - interval.lo, 0.5) << name;
  }
}

TEST(SizeL0Law, IsReadFromATable) {
  std::string csv = "latents,k,nmse\n";
  for (const Point& point : Grid()) {
    csv += std::to_string(point.params) + "," + std::to_string(point.l0) + "," +
           std::to_string(point.loss) + "\n";
  }
  const CsvPoints table =
      ParseCsvPoints(csv, "sae.csv", ParseCsvColumns("params=latents,l0=k,loss=nmse"));
  Point at;
  at.params = 1e6;
  at.l0 = 100;
  LawQuestion question{"size-l0", table.points, {}, TableOptions(Estimator::kHuberLog), {at}};
  question.options.bootstrap_resamples = 20;
  const LawAnswer answer = AnswerLaw(question);
  ASSERT_TRUE(answer.ok()) << testing::Why(answer.law);
  // Six digits of a decimal are what the table holds.
  EXPECT_NEAR(answer.predictions[0].value, Loss(1e6, 100), 1e-5);
  // Scales are those of the size.
  EXPECT_EQ(answer.criticism.held_out.back().tokens, 2048 * std::pow(4, 5));
}

TEST(SizeL0Law, SaysWhatATableLacks) {
  std::vector<Point> points = Grid();
  for (Point& point : points) point.l0 = std::nan("");
  const LawFit unread = FitLaw("size-l0", points, TableOptions());
  ASSERT_NE(testing::RefusedAs<refusal::NoColumn>(unread), nullptr) << testing::Why(unread);
  EXPECT_EQ(testing::RefusedAs<refusal::NoColumn>(unread)->variable, Variable::kL0);
  EXPECT_EQ(unread.dropped[0].reason, "l0 must be > 0 and finite, got nan");
  points = Grid();
  for (Point& point : points) point.l0 = point.l0 < 64 ? 32 : 64;
  const LawFit few = FitLaw("size-l0", points, TableOptions());
  ASSERT_NE(testing::RefusedAs<refusal::FewValues>(few), nullptr) << testing::Why(few);
  EXPECT_EQ(testing::RefusedAs<refusal::FewValues>(few)->variable, Variable::kL0);
  EXPECT_EQ(testing::RefusedAs<refusal::FewValues>(few)->got, 2);
  points = Grid();
  for (Point& point : points) point.loss = 1 / point.loss;
  const LawFit rising = FitLaw("size-l0", points, TableOptions());
  ASSERT_NE(testing::RefusedAs<refusal::DoesNotFall>(rising), nullptr) << testing::Why(rising);
  EXPECT_EQ(testing::RefusedAs<refusal::DoesNotFall>(rising)->variable, Variable::kParams);
}

// Data that varies beside the size would pass for noise.
TEST(SizeL0Law, RefusesTokensThatVary) {
  std::string csv = "tokens,params,l0,loss\n";
  int row = 0;
  for (const Point& point : Grid()) {
    csv += (row++ % 2 == 0 ? "1000000," : "4000000,") + std::to_string(point.params) + "," +
           std::to_string(point.l0) + "," + std::to_string(point.loss) + "\n";
  }
  CsvPoints table = ParseCsvPoints(csv, "sae.csv", {});
  EXPECT_THROW(GuardColumns(RequireLossLaw("size-l0"), {}, table), Error);
}

}  // namespace
}  // namespace saelaw
