#include <algorithm>
#include <cmath>
#include <map>

#include "fit/clusters.h"
#include "fit/distributions.h"
#include "fit/minimise.h"
#include "fit/uncertainty.h"

namespace saelaw {
namespace {

double Psi(const Criterion& criterion, double residual) {
  return criterion.robust() ? std::clamp(residual, -criterion.Knee(), criterion.Knee()) : residual;
}

// Inverse of sum psi'·J'J. For a knee far inside the residuals almost no point lies within it, so
// psi' is spread over a window h: knee/h for points within h (Powell's kernel for quantile
// regression, which holds when the noise differs between points), with h by Silverman's rule.
Vector Bread(const FittedLaw& fit, const Vector& residuals) {
  if (!fit.criterion.robust()) {
    return InverseCurvature(*fit.model, fit.sample, fit.u).inverse;
  }
  Vector sizes;
  for (const double r : residuals) sizes.push_back(std::abs(r));
  std::sort(sizes.begin(), sizes.end());
  const double sd = sizes[sizes.size() / 2] / 0.6745;
  const double window =
      std::max(fit.criterion.Knee(), 1.06 * sd * std::pow(static_cast<double>(sizes.size()), -0.2));
  std::vector<int> inside;
  for (int i = 0; i < fit.sample.size(); ++i) {
    if (std::abs(residuals[static_cast<std::size_t>(i)]) <= window) inside.push_back(i);
  }
  Vector bread = InverseCurvature(*fit.model, Select(fit.sample, inside), fit.u).inverse;
  for (double& value : bread) value *= window / fit.criterion.Knee();
  return bread;
}

// Sum of psi·J over each cluster, then the sum of outer products: [p, p]. No keys: each point is
// one.
Vector Meat(const FittedLaw& fit,
            const Vector& residuals,
            const std::vector<std::int64_t>& keys,
            int& clusters) {
  const auto p = static_cast<std::size_t>(fit.model->Size());
  std::map<std::int64_t, Vector> scores;
  Vector gradient(p);
  for (int i = 0; i < fit.sample.size(); ++i) {
    const auto k = static_cast<std::size_t>(i);
    fit.model->LogValue(fit.u.data(), fit.sample.Row(i), gradient.data());
    Vector& score = scores[keys.empty() ? i : keys[k]];
    score.resize(p, 0.0);
    const double factor = Psi(fit.criterion, residuals[k]) * fit.sample.w[k];
    for (std::size_t j = 0; j < p; ++j) score[j] += factor * gradient[j];
  }
  clusters = static_cast<int>(scores.size());
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

class Sandwich : public Uncertainty {
 public:
  Sandwich(std::shared_ptr<const FittedLaw> fit, double level) : fit_(std::move(fit)) {
    const Vector residuals = Residuals(*fit_->model, fit_->sample, fit_->u);
    const auto p = static_cast<std::size_t>(fit_->model->Size());
    const std::vector<std::int64_t> cluster =
        ClustersOf(fit_->sample, kEnoughClusters, kEnoughClusters);
    int clusters = 0;
    const Vector meat = Meat(*fit_, residuals, cluster, clusters);
    if (!cluster.empty()) name_ += cluster == fit_->sample.stream ? " by stream" : " by trunk";
    const Vector bread = Bread(*fit_, residuals);
    const double n = clusters;
    const double df = std::max(1.0, n - static_cast<double>(p));
    covariance_ = Product(Product(bread, meat, p), bread, p);
    for (double& value : covariance_) value *= n / df;
    quantile_ = StudentTwoSided(level, df);
  }

  std::string Name() const override { return name_; }

  Interval Of(const LogQuantity& quantity) const override {
    Vector gradient(fit_->u.size());
    const double centre = quantity(fit_->u.data(), gradient.data());
    const double half = quantile_ * std::sqrt(QuadraticForm(covariance_, gradient));
    return {centre - half, centre + half};
  }

 private:
  std::shared_ptr<const FittedLaw> fit_;
  Vector covariance_;
  double quantile_ = 0;
  std::string name_ = "sandwich";
};

}  // namespace

std::unique_ptr<Uncertainty> MakeSandwich(std::shared_ptr<const FittedLaw> fit, double level) {
  return std::make_unique<Sandwich>(std::move(fit), level);
}

}  // namespace saelaw
