#include "fit/laws/valley.h"

#include <cmath>

#include <gtest/gtest.h>

#include "fit/laws/power_sum.h"

namespace saelaw {
namespace {

TEST(Valley, DerivativesMatchFiniteDifferences) {
  const LawInfo& data = DataLaw();
  const Valley model(data.make(data, {std::nullopt, {15.0}}), {15.0});
  const Vector u = {-1, 0.4, std::log(0.3), std::log(0.05), -6, -0.3};
  const Vector row = {1.3, -5};
  Vector gradient(u.size());
  model.LogValue(u.data(), row.data(), gradient.data());
  for (std::size_t j = 0; j < u.size(); ++j) {
    constexpr double kStep = 1e-6;
    Vector up = u;
    Vector down = u;
    up[j] += kStep;
    down[j] -= kStep;
    const double slope = (model.LogValue(up.data(), row.data(), nullptr) -
                          model.LogValue(down.data(), row.data(), nullptr)) /
                         (2 * kStep);
    EXPECT_NEAR(gradient[j], slope, 1e-8) << "parameter " << j;
  }
}

}  // namespace
}  // namespace saelaw
