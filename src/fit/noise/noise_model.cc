// Decides what the noise of a fit is, from what the points offer: sds that they brought,
// replicates, or the residuals about the law. The last two may contradict each other, which is lack
// of fit.
#include "fit/noise/noise_model.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/noise/noise.h"
#include "fit/solve/distributions.h"
#include "fit/solve/minimise.h"

namespace saelaw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// From the median of the absolute residuals, without the as many smallest as the law has parameters
// (a robust fit passes through so many points): Hill & Holland 1977 (J. Am. Stat. Assoc. 72).
double RobustSd(const FittedLaw& fitted, Vector residuals) {
  for (double& r : residuals) r = std::abs(r);
  std::sort(residuals.begin(), residuals.end());
  const auto first = std::min(residuals.size() - 1, fitted.u.size());
  return 1.4826 * residuals[(first + residuals.size()) / 2];
}

// Measures the spread of the settings' means about the law beyond what replicates explain, as a
// mean square. The df are 0 when it is not significant.
Squares LackOfFit(const SharedNoise& noise, const Squares& pure) {
  const double df = noise.within_df - pure.df;
  if (df <= 0 || pure.df <= 0 || !(pure.value > 0)) return {};
  const double variance = (noise.within * noise.within_df - pure.value) / df;
  // Without a test every law would lack fit a little, and intervals would widen by chance.
  constexpr double kSignificant = 0.01;
  if (!(FisherTail(variance / (pure.value / pure.df), df, pure.df) < kSignificant)) return {};
  return {variance, df};
}

}  // namespace

Vector CleanResiduals(const FittedLaw& fitted) {
  Vector residuals = Residuals(*fitted.model, fitted.sample, fitted.u);
  if (!fitted.criterion.robust()) return residuals;
  // Outliers pull no estimate of the noise further than four sds.
  constexpr double kGross = 4;
  const double most = kGross * RobustSd(fitted, residuals);
  for (double& r : residuals) r = std::clamp(r, -most, most);
  return residuals;
}

// Robust criteria pull at each point with at most the knee. Where half of the points pull up and
// half down, as between two populations, every law between them is an optimum, the start too.
bool Stationary(const FittedLaw& fitted) {
  const Vector residuals = Residuals(*fitted.model, fitted.sample, fitted.u);
  const Vector jacobian = WeightedJacobian(*fitted.model, fitted.sample, fitted.u);
  const double knee =
      fitted.criterion.robust() ? fitted.criterion.Knee() : std::numeric_limits<double>::infinity();
  const std::size_t n = residuals.size();
  constexpr double kFlat = 1e-6;  // of the sum of the pulls' sizes
  for (std::size_t j = 0; j < fitted.u.size(); ++j) {
    double slope = 0;
    double size = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const double pull = std::clamp(residuals[i], -knee, knee) * jacobian[j * n + i];
      slope += pull;
      size += std::abs(pull);
    }
    if (std::abs(slope) > kFlat * size) return false;
  }
  return true;
}

std::vector<SearchFault> FindFaults(const Minimum& found, const FittedLaw& fitted) {
  std::vector<SearchFault> faults;
  // A search that never left its start proves nothing: the start may be an optimum, or the solver
  // stuck. The criterion's own slope there tells which.
  if (!found.moved && !Stationary(fitted)) faults.push_back(SearchFault::kDidNotMove);
  if (!found.converged) faults.push_back(SearchFault::kNotConverged);
  // Beyond this condition the parameters trade against each other along a line of equal fits.
  constexpr double kIllConditioned = 1e7;
  if (InverseCurvature(*fitted.model, fitted.sample, fitted.u).condition > kIllConditioned) {
    faults.push_back(SearchFault::kSingular);
  }
  return faults;
}

double LogRms(const FittedLaw& fitted) {
  double sum = 0;
  // Residuals are weighted; here they are wanted as users see them, in ln loss.
  const Vector residuals = Residuals(*fitted.model, fitted.sample, fitted.u);
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    const double off = residuals[i] / fitted.sample.w[i];
    sum += off * off;
  }
  return std::sqrt(sum / fitted.sample.size());
}

double SetNoise(double sd_unit, FittedLaw& fitted, FitWarnings& warnings) {
  constexpr int kEnoughReplicates = 4;
  const Vector residuals = CleanResiduals(fitted);
  const Squares pure = PureError(fitted.sample, residuals);
  SharedNoise noise = FindSharedNoise(fitted, residuals);
  // Where points brought their sds there is nothing that replicates would have to explain.
  const Squares misfit = sd_unit > 0 ? Squares{} : LackOfFit(noise, pure);
  if (misfit.df > 0) {
    warnings.push_back(
        warning::LackOfFit{std::sqrt(misfit.value), std::sqrt(pure.value / pure.df)});
    // The law's own misses are then the noise that intervals must carry.
    noise.within = misfit.value;
    noise.within_df = misfit.df;
  } else if (sd_unit > 0) {
    // Sds that points brought are never undercut, but the scatter about the law may exceed them.
    if (!(noise.within > sd_unit * sd_unit)) {
      noise.within = sd_unit * sd_unit;
      noise.within_df = kInfinity;
    }
  } else if (pure.value > 0 && (pure.df >= kEnoughReplicates || noise.within_df == 0)) {
    // Replicates tell the noise without the law, and are believed alone once there are a few of
    // them.
    noise.within = pure.value / pure.df;
    noise.within_df = pure.df;
  }
  // The noise that users see is that between replicates, and is unknown without any.
  fitted.noise = noise;
  const Noise replicates = ReplicateNoise(fitted.sample);
  return replicates.df > 0 ? replicates.sd : std::numeric_limits<double>::quiet_NaN();
}

Assumption FindAssumption(const FittedLaw& fitted) {
  const Sample& sample = fitted.sample;
  if (fitted.noise.clustered()) return assumption::Streams{sample.clusters};
  // Where each point is its own cluster there is nothing to be correlated with.
  if (sample.clusters == sample.size()) return assumption::NoStream{};
  return assumption::StreamsUntold{};
}

}  // namespace saelaw
