#include "fit/laws/power_sum.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/solve/minimise.h"

namespace saelaw {
namespace {

using testing::ExpectGradient;

PowerSum SizeData(PowerSum::Floor floor) {
  return PowerSum(SizeDataLaw(), floor, 0.7, {std::log(1e7), std::log(1e9)});
}

TEST(PowerSum, DerivativesMatchFiniteDifferences) {
  const Vector with_floor = {0.3, -0.2, std::log(0.34), 0.5, std::log(0.28)};
  const PowerSum model = SizeData(PowerSum::Floor::kFree);
  const Vector row = {1.5, -2.5};
  ExpectGradient(
      [&](const double* u, double* gradient) { return model.LogValue(u, row.data(), gradient); },
      with_floor);
  for (const NamedParameter& named : model.Parameters(with_floor)) {
    ExpectGradient(named.quantity, with_floor);
  }
  const PowerSum fixed = SizeData(PowerSum::Floor::kFixed);
  ExpectGradient(
      [&](const double* u, double* gradient) { return fixed.LogValue(u, row.data(), gradient); },
      Vector(with_floor.begin() + 1, with_floor.end()));
}

TEST(PowerSum, ValueIsTheFormula) {
  const PowerSum model = SizeData(PowerSum::Floor::kFree);
  const Vector u = {std::log(1.69),
                    std::log(406.4) - 0.34 * std::log(1e7),
                    std::log(0.34),
                    std::log(410.7) - 0.28 * std::log(1e9),
                    std::log(0.28)};
  Point at;
  at.params = 3e6;
  at.tokens = 7e8;
  const double formula = 1.69 + 406.4 * std::pow(3e6, -0.34) + 410.7 * std::pow(7e8, -0.28);
  EXPECT_NEAR(std::exp(model.LogValue(u.data(), model.Row(at).data(), nullptr)), formula, 1e-12);
  const auto named = model.Parameters(u);
  EXPECT_NEAR(named[1].value, 406.4, 1e-9);
  EXPECT_NEAR(named[3].value, 410.7, 1e-9);
}

TEST(PowerSum, ASignedFloorMayBeNegativeWhileTheLossIsNot) {
  const PowerSum model = SizeData(PowerSum::Floor::kSigned);
  const Vector u = {-0.2, -0.2, std::log(0.34), 0.5, std::log(0.28)};
  const Vector row = {1.5, -2.5};
  ExpectGradient(
      [&](const double* v, double* gradient) { return model.LogValue(v, row.data(), gradient); },
      u);
  const double terms = std::exp(-0.2 - 0.34 * 1.5) + std::exp(0.5 + 0.28 * 2.5);
  EXPECT_NEAR(std::exp(model.LogValue(u.data(), row.data(), nullptr)), terms - 0.2, 1e-12);
  const Vector below = {-10, -0.2, std::log(0.34), 0.5, std::log(0.28)};
  EXPECT_TRUE(std::isnan(model.LogValue(below.data(), row.data(), nullptr)));
}

TEST(PowerSum, HasNoValueBeyondTheExponentsBounds) {
  const PowerSum model = SizeData(PowerSum::Floor::kFixed);
  const Vector u = {0, std::log(kLargestExponent * 1.01), 0, 0};
  const Vector row = {0, 0};
  EXPECT_TRUE(std::isnan(model.LogValue(u.data(), row.data(), nullptr)));
}

// A model without any slope: no start can be improved, and Minimise says so.
class Constant : public LogModel {
 public:
  int Size() const override { return 1; }
  double LogValue(const double*, const double*, double* gradient) const override {
    if (gradient != nullptr) gradient[0] = 0;
    return 0;
  }
  std::vector<Vector> Restarts(const Vector&) const override { return {}; }
};

Sample ThreePoints() {
  Sample sample;
  sample.variables = 1;
  sample.x = {0, 1, 2};
  sample.y = {1, 2, 3};
  sample.w = {1, 1, 1};
  sample.setting = {0, 1, 2};
  sample.cluster = {0, 1, 2};
  sample.clusters = 3;
  return sample;
}

TEST(Minimise, SaysWhenItEqualsItsStart) {
  const Minimum found = Minimise(Constant(), ThreePoints(), Criterion(), {0.5});
  EXPECT_FALSE(found.moved);
  EXPECT_EQ(found.objective, 14);
  EXPECT_EQ(InverseCurvature(Constant(), ThreePoints(), {0.5}).rank, 0);
}

// y = level - slope·x with one point off: the median-like criteria go through the other four.
TEST(Minimise, LeastAbsoluteDeviationsPassAnOutlier) {
  const PowerSum model(PowerLaw(), PowerSum::Floor::kFixed, 0, {0});
  Sample sample;
  sample.variables = 1;
  for (int i = 0; i < 5; ++i) {
    sample.x.push_back(i);
    sample.y.push_back(2 - 0.5 * i + (i == 3 ? 1.0 : 0.0));
    sample.w.push_back(1);
    sample.setting.push_back(i);
    sample.cluster.push_back(i);
  }
  for (const Criterion& criterion :
       {Criterion{Estimator::kLeastAbsoluteLog, 0}, Criterion{Estimator::kHuberLog, 1e-3}}) {
    const Minimum found = Minimise(model, sample, criterion, {1, std::log(0.2)});
    EXPECT_TRUE(found.converged);
    EXPECT_NEAR(found.u[0], 2, 2e-3) << criterion.Name();
    EXPECT_NEAR(std::exp(found.u[1]), 0.5, 2e-3) << criterion.Name();
  }
}

}  // namespace
}  // namespace saelaw
