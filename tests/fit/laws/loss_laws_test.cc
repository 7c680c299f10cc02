// What every line of the table of laws must hold to, and the laws that need no data set of their
// own.
#include "fit/laws/loss_laws.h"

#include <gtest/gtest.h>

#include "fit/fit_testing.h"
#include "fit/refusal_testing.h"

namespace saelaw {
namespace {

using testing::ExpectGradient;

std::shared_ptr<const LawModel> Make(const LawInfo& law, std::optional<double> floor) {
  return law.make(law, {floor, Vector(law.variables.size(), 7.0)});
}

// Deterministic values in [-1, 1].
double Wobble(int i) { return std::sin(1.7 * i + 0.3); }

Vector Somewhere(int size, int salt) {
  Vector u;
  for (int i = 0; i < size; ++i) u.push_back(-0.5 + 0.4 * Wobble(i + salt));
  return u;
}

TEST(Laws, DerivativesMatchFiniteDifferences) {
  for (const LawInfo* entry : LawsOfLoss()) {
    const LawInfo& law = *entry;
    for (const auto& floor : {std::optional<double>(), std::optional<double>(0.3)}) {
      const auto model = Make(law, floor);
      const Vector row = Somewhere(static_cast<int>(law.variables.size()), 20);
      const Vector u = Somewhere(model->Size(), 0);
      SCOPED_TRACE(law.name);
      ExpectGradient([&](const double* v,
                         double* gradient) { return model->LogValue(v, row.data(), gradient); },
                     u);
      for (const NamedParameter& named : model->Parameters(u)) {
        if (named.quantity) ExpectGradient(named.quantity, u);
      }
    }
  }
}

TEST(Laws, ParametersHaveTheNamesOfTheTable) {
  for (const LawInfo* entry : LawsOfLoss()) {
    const LawInfo& law = *entry;
    const auto model = Make(law, std::nullopt);
    const auto named = model->Parameters(Somewhere(model->Size(), 0));
    ASSERT_EQ(named.size(), law.parameters.size()) << law.name;
    for (std::size_t i = 0; i < named.size(); ++i) EXPECT_EQ(named[i].name, law.parameters[i].name);
  }
}

TEST(Laws, AllPointsAtOnceAreThePointsOneByOne) {
  for (const LawInfo* entry : LawsOfLoss()) {
    const LawInfo& law = *entry;
    for (const double spread : {1.0, 500.0}) {
      const auto model = Make(law, std::nullopt);
      Sample sample;
      sample.variables = static_cast<int>(law.variables.size());
      for (int i = 0; i < 7; ++i) {
        for (int k = 0; k < sample.variables; ++k) sample.x.push_back(spread * Wobble(3 * i + k));
        sample.y.push_back(0);
      }
      const Vector u = Somewhere(model->Size(), 0);
      const auto p = static_cast<std::size_t>(model->Size());
      constexpr std::size_t kStride = 9;
      Vector values(7);
      Vector jacobian(p * kStride);
      model->LogValues(u.data(), sample, values.data(), jacobian.data(), kStride);
      for (std::size_t i = 0; i < 7; ++i) {
        Vector gradient(p);
        const double value =
            model->LogValue(u.data(), sample.Row(static_cast<int>(i)), gradient.data());
        EXPECT_NEAR(values[i], value, 1e-12 * (1 + std::abs(value))) << law.name;
        for (std::size_t j = 0; j < p; ++j) {
          EXPECT_NEAR(jacobian[j * kStride + i], gradient[j], 1e-12 * (1 + std::abs(gradient[j])));
        }
      }
    }
  }
}

// floor 1.5 + 2 n^-0.3 + 0.8 n^0.1 d^-(0.35 n^0.05), n = N/1e8, d = D/1e10, without noise.
TEST(CoupledLaw, RecoversAnExactLaw) {
  std::vector<Point> points;
  for (int i = -4; i <= 4; ++i) {
    for (int j = -4; j <= 4; ++j) {
      Point point;
      point.params = 1e8 * std::pow(2, i);
      point.tokens = 1e10 * std::pow(2, j);
      const double n = std::pow(2, i);
      const double d = std::pow(2, j);
      point.loss = 1.5 + 2 * std::pow(n, -0.3) +
                   0.8 * std::pow(n, 0.1) * std::pow(d, -0.35 * std::pow(n, 0.05));
      points.push_back(point);
    }
  }
  const LawFit fit = FitLaw("size-data-coupled", points, {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  EXPECT_TRUE(fit.converged);
  // The geometric means of the grid are 1e8 and 1e10; the weak priors pull by almost nothing.
  EXPECT_NEAR(fit.Get("floor"), 1.5, 2e-3);
  EXPECT_NEAR(fit.Get("exponent_n"), 0.3, 2e-3);
  EXPECT_NEAR(fit.Get("exponent_d"), 0.35, 2e-3);
  EXPECT_NEAR(fit.Get("coef_d_n"), 0.1, 2e-3);
  EXPECT_NEAR(fit.Get("exponent_d_n"), 0.05, 2e-3);
  Point far;
  far.params = 1e10;
  far.tokens = 1e12;
  const double truth = 1.5 + 2 * std::pow(100, -0.3) +
                       0.8 * std::pow(100, 0.1) * std::pow(100, -0.35 * std::pow(100, 0.05));
  EXPECT_NEAR(fit.Predict(far).value, truth, 2e-3 * truth);
  EXPECT_TRUE(fit.Predict(far).prediction.known());
}

// A valley between under-training and gradient noise at three sizes, data and batches.
std::vector<Point> RatesAndBatches() {
  std::vector<Point> points;
  for (const double n : {0.25, 1.0, 4.0}) {
    for (const double d : {0.25, 1.0, 4.0}) {
      for (const double batch : {0.5, 1.0, 2.0}) {
        for (int step = -3; step <= 3; ++step) {
          const double lr = std::pow(2, step);
          Point point;
          point.params = 1e8 * n;
          point.tokens = 1e10 * d;
          point.batch = 512 * batch;
          point.lr = 1e-3 * lr;
          point.loss = 1.5 + std::pow(0.6 * std::pow(n, -0.3) + 0.4 * std::pow(d, -0.3), 1.2) +
                       0.02 / lr + 0.02 * lr / batch;
          points.push_back(point);
        }
      }
    }
  }
  return points;
}

TEST(BatchLaw, FindsTheValleyAndExtrapolatesInRateAndBatch) {
  const LawFit fit = FitLaw("lr-batch-size-data", RatesAndBatches(), {});
  ASSERT_TRUE(fit.ok()) << testing::Why(fit);
  EXPECT_LT(fit.rms_residual, 2e-3);
  Point at;
  at.params = 1e9;
  at.tokens = 1e11;
  at.batch = 2048;
  at.lr = 4e-3;
  const double truth =
      1.5 + std::pow(0.6 * std::pow(10, -0.3) + 0.4 * std::pow(10, -0.3), 1.2) + 0.005 + 0.02;
  EXPECT_NEAR(fit.Predict(at).value, truth, 0.01 * truth);
  // A parabola would have the penalty of a rate 32 times the best grow with its logarithm's square.
  at.lr = 0.064;
  EXPECT_GT(fit.Predict(at).value, truth * 1.05);
}

}  // namespace
}  // namespace saelaw
