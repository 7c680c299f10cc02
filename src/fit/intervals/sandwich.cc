// The covariance of an estimator from its scores, which holds whatever the noise is: bread from the
// curvature and meat from the scores' scatter. Clusters take the place of points where there are
// enough of them.
#include <algorithm>
#include <cmath>
#include <map>

#include "fit/intervals/covariance.h"
#include "fit/intervals/uncertainty.h"
#include "fit/solve/minimise.h"
#include "fit/solve/pooling.h"

namespace saelaw {
namespace {

// With fewer, sums over clusters say nothing.
constexpr int kEnoughClusters = 8;

double Psi(const Criterion& criterion, double residual) {
  return criterion.robust() ? std::clamp(residual, -criterion.Knee(), criterion.Knee()) : residual;
}

// For a knee far inside the residuals almost no point lies within it, so psi' is spread over a
// window h: knee/h for points within h (Powell's kernel for quantile regression, which holds when
// the noise differs between points), with h by Silverman's rule.
double Window(const FittedLaw& fit, const Vector& residuals) {
  Vector sizes;
  for (const double r : residuals) sizes.push_back(std::abs(r));
  std::sort(sizes.begin(), sizes.end());
  const double sd = sizes[sizes.size() / 2] / 0.6745;
  return std::max(fit.criterion.Knee(),
                  1.06 * sd * std::pow(static_cast<double>(sizes.size()), -0.2));
}

std::vector<int> Within(const Vector& residuals, double window) {
  std::vector<int> inside;
  for (std::size_t i = 0; i < residuals.size(); ++i) {
    if (std::abs(residuals[i]) <= window) inside.push_back(static_cast<int>(i));
  }
  return inside;
}

// Gives the inverse of the sum of psi'·J'J.
Vector Bread(const FittedLaw& fit, const Vector& residuals) {
  if (!fit.criterion.robust()) {
    return InverseCurvature(*fit.model, fit.sample, fit.u).inverse;
  }
  const double window = Window(fit, residuals);
  const Sample inside = Select(fit.sample, Within(residuals, window));
  Vector bread = InverseCurvature(*fit.model, inside, fit.u).inverse;
  for (double& value : bread) value *= window / fit.criterion.Knee();
  return bread;
}

// Sums psi·J over each cluster, and then the outer products of the sums: [p, p].
Vector Meat(const FittedLaw& fit, Vector residuals, bool by_cluster) {
  const auto p = static_cast<std::size_t>(fit.model->Size());
  const std::size_t n = residuals.size();
  Pool(fit.sample, residuals.data());
  const Vector jacobian = WeightedJacobian(*fit.model, fit.sample, fit.u);
  std::map<int, Vector> scores;
  for (std::size_t i = 0; i < n; ++i) {
    Vector& score = scores[by_cluster ? fit.sample.cluster[i] : static_cast<int>(i)];
    score.resize(p, 0.0);
    const double factor = Psi(fit.criterion, residuals[i]);
    for (std::size_t j = 0; j < p; ++j) score[j] += factor * jacobian[j * n + i];
  }
  Vector meat(p * p, 0.0);
  for (const auto& [cluster, score] : scores) {
    for (std::size_t a = 0; a < p; ++a) {
      for (std::size_t b = 0; b < p; ++b) meat[a * p + b] += score[a] * score[b];
    }
  }
  return meat;
}

Vector Product(const Vector& a, const Vector& b, std::size_t p) {
  Vector product(p * p, 0.0);
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t k = 0; k < p; ++k) {
      for (std::size_t j = 0; j < p; ++j) product[i * p + j] += a[i * p + k] * b[k * p + j];
    }
  }
  return product;
}

// Makes intervals from a variance that each quantity has.
class Linear : public Uncertainty {
 public:
  Linear(std::shared_ptr<const FittedLaw> fit, double level)
      : fit_(std::move(fit)), level_(level) {}

  Interval Of(const LogQuantity& quantity) const override {
    return Around(quantity, ComputeVariance(Gradient(quantity), 0));
  }
  Interval OfRun(const LogQuantity& quantity, const Interval& /*law*/) const override {
    return Around(quantity, ComputeVariance(Gradient(quantity), 1));
  }
  Vector Covariance(const std::vector<LogQuantity>& quantities) const override {
    return CovarianceByGradients(fit_->u, quantities, [this](const Vector& gradient) {
      return ComputeVariance(gradient, 0).value;
    });
  }

 protected:
  // Gives the variance of the estimate, with the noise of `runs` new runs on top.
  virtual Variance ComputeVariance(const Vector& gradient, int runs) const = 0;
  const FittedLaw& fit() const { return *fit_; }

 private:
  Vector Gradient(const LogQuantity& quantity) const {
    Vector gradient(fit_->u.size());
    quantity(fit_->u.data(), gradient.data());
    return gradient;
  }
  Interval Around(const LogQuantity& quantity, const Variance& variance) const {
    const double centre = quantity(fit_->u.data(), nullptr);
    const double half = variance.Quantile(level_) * std::sqrt(variance.value);
    return {centre - half, centre + half};
  }

  std::shared_ptr<const FittedLaw> fit_;
  double level_;
};

// Takes every cluster (or point) for itself.
class Sandwich : public Linear {
 public:
  Sandwich(std::shared_ptr<const FittedLaw> fitted, double level)
      : Linear(std::move(fitted), level) {
    const Vector residuals = Residuals(*fit().model, fit().sample, fit().u);
    const auto p = static_cast<std::size_t>(fit().model->Size());
    by_cluster_ = fit().sample.clusters >= kEnoughClusters;
    const double n = by_cluster_ ? fit().sample.clusters : fit().sample.size();
    // Each parameter costs a degree of freedom, and one is always left, so that a quantile exists.
    df_ = std::max(1.0, n - static_cast<double>(p));
    const Vector bread = Bread(fit(), residuals);
    covariance_ = Product(Product(bread, Meat(fit(), residuals, by_cluster_), p), bread, p);
    // The factor makes up for scores that are taken at the fitted parameters.
    for (double& value : covariance_) value *= n / df_;
  }

  std::string Name() const override {
    const bool shared = by_cluster_ && fit().sample.clusters < fit().sample.size();
    return shared ? "sandwich by stream" : "sandwich";
  }

 protected:
  Variance ComputeVariance(const Vector& gradient, int runs) const override {
    Variance variance;
    variance.value = QuadraticForm(covariance_, gradient) + runs * Combine(fit().noise, 1, 1).value;
    variance.df = df_;
    return variance;
  }

 private:
  Vector covariance_;
  double df_ = 0;
  bool by_cluster_ = false;
};

// Serves where there is only a handful of clusters, whose sums say nothing. It takes the mean
// squares of the pseudo-residuals psi/mean psi', which do to an estimator what residuals do to
// least squares (Huber & Ronchetti 2009, 7.6).
class FewClusters : public Linear {
 public:
  FewClusters(std::shared_ptr<const FittedLaw> fitted, double level)
      : Linear(std::move(fitted), level), leverage_(fit()) {
    Vector pseudo = Residuals(*fit().model, fit().sample, fit().u);
    if (fit().criterion.robust()) {
      const double window = Window(fit(), pseudo);
      const double share =
          static_cast<double>(Within(pseudo, window).size()) / static_cast<double>(pseudo.size());
      // The slope is the mean of psi', spread over the window as the bread's is.
      const double slope = share * fit().criterion.Knee() / window;
      for (double& r : pseudo) r = Psi(fit().criterion, r) / slope;
    }
    noise_ = FindSharedNoise(fit(), pseudo);
  }

  std::string Name() const override { return "sandwich by stream"; }

 protected:
  Variance ComputeVariance(const Vector& gradient, int runs) const override {
    Variance variance = Combine(noise_, leverage_.Own(gradient), leverage_.Shared(gradient));
    if (runs == 0) return variance;
    const Variance run = Combine(fit().noise, 1, 1);
    variance.value += run.value;
    variance.between += run.between;
    return variance;
  }

 private:
  Leverage leverage_;
  SharedNoise noise_;
};

}  // namespace

std::unique_ptr<Uncertainty> MakeSandwich(std::shared_ptr<const FittedLaw> fit, double level) {
  if (fit->noise.clustered() && fit->sample.clusters < kEnoughClusters) {
    return std::make_unique<FewClusters>(std::move(fit), level);
  }
  return std::make_unique<Sandwich>(std::move(fit), level);
}

}  // namespace saelaw
