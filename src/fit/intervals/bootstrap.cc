// Refits the law to many samples that might have been measured instead. Cases are drawn again, or
// noise is drawn about the fitted law; either way the spread of the refits is stretched to what the
// number of points can tell. Every draw has a seed of its own, so threads change nothing.
#include <algorithm>
#include <cmath>
#include <map>

#include <Eigen/Dense>
#include <fmt/format.h>

#include "core/random.h"
#include "fit/intervals/uncertainty.h"
#include "fit/laws/search.h"
#include "fit/noise/noise.h"
#include "fit/noise/noise_model.h"
#include "fit/solve/distributions.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

// What is drawn as a whole, grouped by where it may be drawn from.
using Block = std::vector<int>;                  // rows that stay together
using Strata = std::vector<std::vector<Block>>;  // blocks that may replace each other

std::map<int, Block> RowsBy(const std::vector<int>& keys) {
  std::map<int, Block> rows;
  for (std::size_t i = 0; i < keys.size(); ++i) rows[keys[i]].push_back(static_cast<int>(i));
  return rows;
}

Strata MakeStrata(const Sample& sample) {
  // Whole clusters are drawn where there are enough of them, because their points hang together.
  constexpr int kEnoughClusters = 8;
  Strata strata;
  if (sample.clusters >= kEnoughClusters && sample.clusters < sample.size()) {
    strata.emplace_back();
    for (const auto& [cluster, rows] : RowsBy(sample.cluster)) strata.back().push_back(rows);
    return strata;
  }
  const auto settings = RowsBy(sample.setting);
  // Settings count as replicated where they have two points on average.
  const bool replicated = 2 * settings.size() <= sample.y.size();
  if (!replicated) strata.emplace_back();
  for (const auto& [setting, rows] : settings) {
    if (replicated) strata.emplace_back();
    for (const int row : rows) strata.back().push_back({row});
  }
  return strata;
}

Sample DrawCases(const Sample& sample, const Strata& strata, Random& random) {
  std::vector<int> rows;
  for (const auto& blocks : strata) {
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const Block& block = blocks[random.Below(blocks.size())];
      rows.insert(rows.end(), block.begin(), block.end());
    }
  }
  return Select(sample, rows);
}

// Says by how much case percentiles are too close to the estimate, Student's tails apart. The
// variance of m drawn blocks is 1 - 1/m of that of m points, or a law of p parameters takes up p of
// them.
double CaseStretch(const FittedLaw& fit, const Strata& strata) {
  double blocks = 0;
  for (const auto& stratum : strata) blocks += static_cast<double>(stratum.size());
  const bool within = strata.size() > 1;
  const double taken = within ? static_cast<double>(strata.size()) : fit.model->Size();
  return std::sqrt(blocks / std::max(1.0, blocks - taken));
}

// Holds the points' own residuals in units of their sd, to be drawn from with a little smoothing:
// without it a few residuals would give a few values only.
class OwnNoise {
 public:
  OwnNoise(const FittedLaw& fit, bool gaussian) {
    if (gaussian) return;
    pool_ = OwnResiduals(fit, CleanResiduals(fit));
    // Each residual is taken by its own point's sd, and the drawn one by that of its new point.
    for (std::size_t i = 0; i < pool_.size() && fit.spread.known(); ++i) {
      pool_[i] /= fit.spread.relative[i];
    }
    double square = 0;
    for (const double r : pool_) square += r * r;
    const double rms = std::sqrt(square / static_cast<double>(pool_.size()));
    // Without residuals nothing can be drawn from, and the noise is taken as Gaussian.
    if (!(rms > 0)) pool_.clear();
    for (double& r : pool_) r /= rms;
    // Silverman's rule, for a robust sd of at most 1.
    Vector sizes = pool_;
    for (double& r : sizes) r = std::abs(r);
    std::sort(sizes.begin(), sizes.end());
    const double sd = sizes.empty() ? 1 : std::min(1.0, 1.4826 * sizes[sizes.size() / 2]);
    smoothing_ = 1.06 * sd * std::pow(std::max(1.0, static_cast<double>(sizes.size())), -0.2);
  }

  double Draw(Random& random) const {
    if (pool_.empty()) return random.Normal();
    // Smoothing adds to the variance, which the division takes back.
    return (pool_[random.Below(pool_.size())] + smoothing_ * random.Normal()) /
           std::hypot(1, smoothing_);
  }

 private:
  Vector pool_;  // empty: Gaussian
  double smoothing_ = 0;
};

// Draws the weighted noise of every point: its own, with each cluster's part along w set to the
// variance sigma² + tau² |w|², which a tau² below 0 may diminish.
Vector DrawNoise(const Sample& sample,
                 const SharedNoise& noise,
                 const Spread& spread,
                 const OwnNoise& own,
                 Random& random) {
  Vector drawn(sample.y.size());
  const double sd = std::sqrt(noise.within);
  for (double& value : drawn) value = sd * own.Draw(random);
  for (std::size_t i = 0; i < drawn.size() && spread.known(); ++i) drawn[i] *= spread.relative[i];
  if (!noise.clustered()) return drawn;
  const auto clusters = static_cast<std::size_t>(sample.clusters);
  Vector weight(clusters);
  Vector along(clusters);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const auto s = static_cast<std::size_t>(sample.cluster[i]);
    weight[s] += sample.w[i] * sample.w[i];
    along[s] += sample.w[i] * drawn[i];
  }
  // The cluster's part that was drawn by chance is taken out, and one of the right size put in.
  Vector shift(clusters);  // times w: added to each point
  for (std::size_t s = 0; s < clusters; ++s) {
    const double variance = std::max(0.0, noise.within + noise.Shared() * weight[s]);
    shift[s] = std::sqrt(variance / weight[s]) * random.Normal() - along[s] / weight[s];
  }
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    drawn[i] += sample.w[i] * shift[static_cast<std::size_t>(sample.cluster[i])];
  }
  return drawn;
}

// The (R + 1)·share-th of R ordered values, linear between them: a further value lies below it with
// that probability whatever R is (Davison & Hinkley 1997, Bootstrap Methods, eq. 5.7), where the
// usual type 7 leaves 5 % too many outside for R = 100.
double Percentile(const Vector& sorted, double share) {
  const auto count = static_cast<double>(sorted.size());
  const double place = std::clamp((count + 1) * share - 1, 0.0, count - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

class Bootstrap : public Uncertainty {
 public:
  Bootstrap(const FittedLaw& fit,
            const LawModel& model,
            const FitOptions& options,
            IntervalMethod method)
      : u_(fit.u), noise_(fit.noise), leverage_(fit), level_(options.level), method_(method) {
    const Strata strata = MakeStrata(fit.sample);
    const OwnNoise own(fit, method == IntervalMethod::kBootstrapParametric);
    Vector centre(fit.sample.y.size());
    model.LogValues(fit.u.data(), fit.sample, centre.data(), nullptr, fit.sample.size());
    if (Cases()) stretch_ = CaseStretch(fit, strata);
    std::vector<Refit> drawn(static_cast<std::size_t>(options.bootstrap_resamples));
    // Each resample starts its draws from its own number, whichever thread takes it.
    ParallelFor(options.bootstrap_resamples, options.threads, [&](int i) {
      Random random(MixSeeds({options.seed, static_cast<std::uint64_t>(i)}));
      Refit& refit = drawn[static_cast<std::size_t>(i)];
      Sample sample;
      if (Cases()) {
        sample = DrawCases(fit.sample, strata, random);
      } else {
        sample = fit.sample;
        const Vector off = DrawNoise(sample, noise_, fit.spread, own, random);
        for (std::size_t k = 0; k < off.size(); ++k) sample.y[k] = centre[k] + off[k] / sample.w[k];
      }
      // A refit begins at the fit, with a few fresh starts in case another optimum has become the
      // best.
      constexpr int kFreshStarts = 2;
      refit.u = Search(model, sample, fit.criterion, kFreshStarts, &fit.u, 1).best.u;
      refit.run = std::sqrt(noise_.within) * own.Draw(random) +
                  std::sqrt(std::max(0.0, noise_.Shared())) * random.Normal();
    });
    for (Refit& refit : drawn) {
      // Samples that carry no law are left out, and Name() says how many are left.
      if (!refit.u.empty()) refits_.push_back(std::move(refit));
    }
  }

  std::string Name() const override {
    const char* kind = Cases()                                         ? "case"
                       : method_ == IntervalMethod::kBootstrapResidual ? "residual"
                                                                       : "parametric";
    return fmt::format("{} bootstrap ({})", kind, refits_.size());
  }

  Interval Of(const LogQuantity& quantity) const override { return Spread(quantity, 0); }
  Interval OfRun(const LogQuantity& quantity, const Interval& /*law*/) const override {
    return Spread(quantity, 1);
  }
  // Refits in which a quantity has no value are left out.
  Vector Covariance(const std::vector<LogQuantity>& quantities) const override {
    const auto n = static_cast<Eigen::Index>(quantities.size());
    Eigen::MatrixXd values(static_cast<Eigen::Index>(refits_.size()), n);
    Eigen::Index rows = 0;
    for (const Refit& refit : refits_) {
      for (Eigen::Index k = 0; k < n; ++k) {
        values(rows, k) =
            stretch_ * quantities[static_cast<std::size_t>(k)](refit.u.data(), nullptr);
      }
      if (values.row(rows).allFinite()) ++rows;
    }
    if (rows < 2) return {};
    values.conservativeResize(rows, n);
    values.rowwise() -= values.colwise().mean().eval();
    const Eigen::MatrixXd covariance = values.transpose() * values / static_cast<double>(rows - 1);
    return {covariance.data(), covariance.data() + covariance.size()};
  }

 private:
  struct Refit {
    Vector u;
    double run = 0;  // what a new run would add, ln
  };

  bool Cases() const { return method_ == IntervalMethod::kBootstrapCase; }

  // Gives the ratio of Student's quantile to the normal one for this quantity and `runs` new runs.
  double Tails(const LogQuantity& quantity, int runs) const {
    // How the quantity hangs on points and clusters decides how well its noise is known.
    Vector gradient(u_.size());
    quantity(u_.data(), gradient.data());
    double own = leverage_.Own(gradient);
    double shared = leverage_.Shared(gradient);
    if (!(std::isfinite(own) && own > 0)) own = 1, shared = 0;
    return Combine(leverage_.EstimateNoise(gradient, noise_), own + runs, shared + runs)
               .Quantile(level_) /
           NormalTwoSided(level_);
  }

  Interval Spread(const LogQuantity& quantity, int runs) const {
    const double centre = quantity(u_.data(), nullptr);
    Vector values;
    for (const Refit& refit : refits_) {
      const double value = quantity(refit.u.data(), nullptr);
      // A refit may have no value at the place; it is left out and not taken for an extreme.
      if (!std::isnan(value)) values.push_back(stretch_ * (value - centre) + runs * refit.run);
    }
    if (values.empty()) return {};
    std::sort(values.begin(), values.end());
    const double tails = Tails(quantity, runs);
    return {centre + tails * Percentile(values, (1 - level_) / 2),
            centre + tails * Percentile(values, (1 + level_) / 2)};
  }

  Vector u_;
  SharedNoise noise_;
  Leverage leverage_;
  double level_;
  IntervalMethod method_;
  double stretch_ = 1;
  std::vector<Refit> refits_;
};

}  // namespace

std::unique_ptr<Uncertainty> MakeBootstrap(const FittedLaw& fit,
                                           const LawModel& model,
                                           const FitOptions& options,
                                           IntervalMethod method) {
  return std::make_unique<Bootstrap>(fit, model, options, method);
}

}  // namespace saelaw
