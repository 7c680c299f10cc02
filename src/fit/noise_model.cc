#include "fit/noise_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include <fmt/format.h>

#include "fit/clusters.h"
#include "fit/distributions.h"
#include "fit/minimise.h"
#include "fit/noise.h"

namespace saelaw {
namespace {

struct Spread {
  double sd = 0;
  double df = 0;
};

// Residual sd about the law: root mean square, or from the median for robust criteria (1.4826
// times the median absolute deviation), which outliers leave alone.
Spread ResidualSpread(const FittedLaw& fitted) {
  const double df = fitted.sample.size() - fitted.model->Size();
  if (df <= 0) return {};
  Vector residuals = Residuals(*fitted.model, fitted.sample, fitted.u);
  // What the points of a trunk have in common is one deviation, not one for each of them.
  const double common = SharesTrunks(fitted.sample) ? Trunks(fitted.sample) - 1 : 0;
  const double independent = std::max(1.0, df - common);
  if (!fitted.criterion.robust()) {
    double square = 0;
    for (const double r : residuals) square += r * r;
    return {std::sqrt(square / df), independent};
  }
  for (double& r : residuals) r = std::abs(r);
  const auto middle = residuals.begin() + fitted.sample.size() / 2;
  std::nth_element(residuals.begin(), middle, residuals.end());
  return {1.4826 * *middle, independent};
}

// Spread of the settings' means about the law, beyond what replicates explain; df 0 when it is not
// significant.
Spread LackOfFit(const FittedLaw& fitted, const Noise& replicates) {
  const double df = Settings(fitted.sample) - fitted.model->Size();
  if (fitted.criterion.robust() || df <= 0 || replicates.independent_df <= 0) return {};
  const double pure = replicates.df * replicates.sd * replicates.sd;
  const double variance = (fitted.objective - pure) / df;
  const double ratio = variance / (replicates.sd * replicates.sd);
  constexpr double kSignificant = 0.01;
  if (!(FisherTail(ratio, df, replicates.independent_df) < kSignificant)) return {};
  return {std::sqrt(variance), df};
}

Spread FromGivenSd(double sd_unit, const FittedLaw& fitted) {
  const Spread residual = ResidualSpread(fitted);
  if (residual.sd > sd_unit) return residual;
  return {sd_unit, std::numeric_limits<double>::infinity()};
}

// Whether residuals differ between streams more than within them. Intervals count points as
// independent, which such points are not.
bool StreamsDiffer(const FittedLaw& fitted) {
  struct Sum {
    double residual = 0;
    int count = 0;
  };
  std::map<std::int64_t, Sum> streams;
  const Vector residuals = Residuals(*fitted.model, fitted.sample, fitted.u);
  double total = 0;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    Sum& sum = streams[fitted.sample.stream[i]];
    sum.residual += residuals[i];
    ++sum.count;
    total += residuals[i] * residuals[i];
  }
  double between = 0;
  for (const auto& [stream, sum] : streams) between += sum.residual * sum.residual / sum.count;
  const double df1 = static_cast<double>(streams.size()) - 1;
  const double df2 = fitted.sample.size() - df1 - fitted.model->Size();
  if (df1 < 1 || df2 < 1) return false;
  constexpr double kSignificant = 0.05;
  return FisherTail(between / df1 / ((total - between) / df2), df1, df2) < kSignificant;
}

}  // namespace

double LogRms(const FittedLaw& fitted) {
  double sum = 0;
  const Vector residuals = Residuals(*fitted.model, fitted.sample, fitted.u);
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    const double off = residuals[i] / fitted.sample.w[i];
    sum += off * off;
  }
  return std::sqrt(sum / fitted.sample.size());
}

double SetNoise(double sd_unit, FittedLaw& fitted, std::vector<std::string>& warnings) {
  constexpr int kEnoughReplicates = 4;
  const Noise replicates = ReplicateNoise(fitted.sample);
  Spread spread = ResidualSpread(fitted);
  if (sd_unit > 0) {
    spread = FromGivenSd(sd_unit, fitted);
  } else if (replicates.independent_df >= kEnoughReplicates || spread.df == 0) {
    spread = {replicates.sd, static_cast<double>(replicates.independent_df)};
  }
  const Spread misfit = sd_unit > 0 ? Spread{} : LackOfFit(fitted, replicates);
  if (misfit.df > 0) {
    warnings.push_back(fmt::format(
        "lack of fit: the law misses by {:.2g} % (rms of ln), replicates differ by {:.2g} %",
        100 * misfit.sd,
        100 * replicates.sd));
    spread = misfit;
  }
  if (!fitted.criterion.robust() && StreamsDiffer(fitted)) {
    warnings.push_back(
        "points of one stream move together: intervals count them as independent and are too "
        "narrow for the law's level");
  }
  fitted.noise_sd = spread.sd;
  fitted.noise_df = spread.df;
  fitted.point_sd = spread.sd;
  return replicates.df > 0 ? replicates.sd : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace saelaw
