#include "fit/compare/reach.h"

#include <gtest/gtest.h>

#include "fit/compare/compare_testing.h"
#include "fit/fit_testing.h"
#include "fit/laws/loss_laws.h"

namespace saelaw {
namespace {

FitOptions Bare() {
  FitOptions options;
  options.interval_method = IntervalMethod::kNone;
  return options;
}

// A pure power of exponent 0.3 promises 0.3 for every e-fold.
TEST(Span, CountsThePromisedFallBeyondThePoints) {
  const auto points = testing::Sweep([](double x) { return std::pow(x, -0.3); }, 0);
  const LawFit fit = FitLaw("power", points, Bare());
  const Span span(RequireLossLaw("power"), points);
  EXPECT_NEAR(span.Fall(fit, testing::At(32e6 * std::exp(2))), 0.6, 1e-4);
  EXPECT_NEAR(span.Fall(fit, testing::At(1e6 * std::exp(-1))), 0.3, 1e-4);
  EXPECT_EQ(span.Fall(fit, testing::At(5e6)), 0);
  EXPECT_EQ(span.Fall(fit, testing::At(32e6)), 0);
}

// The slope is that of the edge: with a floor of .5 at x = 32 it is .3 times the share of the term.
TEST(Span, TakesTheSlopeAtTheEdge) {
  const auto points = testing::Sweep(testing::Floored, 0);
  const LawFit fit = FitLaw("data", points, Bare());
  const double term = std::pow(32, -0.3);
  const double slope = 0.3 * term / (0.5 + term);
  const Span span(RequireLossLaw("data"), points);
  EXPECT_NEAR(span.Fall(fit, testing::At(32e6 * 8)), slope * std::log(8), 1e-4);
}

TEST(Span, AddsVariables) {
  const auto points = testing::SizePoints("syn_exact_ND_128.csv", 0, 1, 2);
  const LawFit fit = FitLaw("size-data", points, Bare());
  const Span span(RequireLossLaw("size-data"), points);
  Point far;
  far.tokens = 1e14;
  far.params = 1e13;
  Point wide = far;
  wide.tokens = 1e10;
  Point more = far;
  more.params = 1e9;
  EXPECT_GT(span.Fall(fit, wide), 0);
  EXPECT_GT(span.Fall(fit, more), 0);
  EXPECT_GT(span.Fall(fit, far), span.Fall(fit, more));
  Point lacking;
  lacking.tokens = 1e14;
  EXPECT_TRUE(std::isnan(span.Fall(fit, lacking)));
}

}  // namespace
}  // namespace saelaw
