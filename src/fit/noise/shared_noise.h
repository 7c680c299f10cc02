// The noise of points that share a cluster (a data order, a trunk): what the cluster does to all
// its losses alike, beside what each point has of its own. Every method of intervals draws on it.
#pragma once

#include <vector>

#include "fit/noise/spread.h"
#include "fit/solve/log_model.h"

namespace saelaw {

struct FittedLaw;

// ln loss_i = ln f(x_i) + b_s(i) + e_i / w_i with Var b = tau², Var e = sigma². From the residuals
// of a fit with Jacobian J and cluster indicators Z (both times w) two mean squares follow:
//   between  of the clusters about the law:        E = sigma² + size · tau²
//   within   of the points about law and clusters: E = sigma²
//   size     = tr(Z'MZ) / between_df,  M = 1 - J (J'J)^-1 J'
// (Henderson 1953, method 3; with every cluster at every setting the exact analysis of variance.)
// A quantity whose estimate errs by a'noise has the variance
//   sigma² a'a + tau² |Z'a|² = within · (a'a - |Z'a|²/size) + between · |Z'a|²/size
// tau² is not cut off at 0: whatever it is, the mean squares of a balanced design are chi-squares
// of their df. Quantiles are four parts of Satterthwaite's (1946), which alone cover too little
// where `between` has 2 df and most of the variance, and one of Cochran's (1964), which cover too
// much where the parts are even: together within 2.5 points (analysis/coverage).
struct SharedNoise {
  double within = 0;
  double within_df = 0;  // 0: unknown, no interval; infinite where every point brought its sd
  double between = 0;
  double between_df = 0;  // 0: points count as independent
  double size = 1;

  bool known() const { return within_df > 0; }
  bool clustered() const { return between_df > 0; }
  // tau², below 0 where clusters differ less than their points do; 0 for independent points.
  double Shared() const { return clustered() ? (between - within) / size : 0; }
};

struct Variance {
  double value = 0;
  double df = 0;  // Satterthwaite's
  // The part of `value` that is known to `between_df` only, and the df of the rest.
  double between = 0;
  double between_df = 0;
  double within_df = 0;

  // Half the width of an interval of that level, in sds.
  double Quantile(double level) const;
};
// For own = a'a and shared = |Z'a|². One new run, of a cluster of its own, adds 1 to each.
Variance Combine(const SharedNoise& noise, double own, double shared);

// Pure error: what is left of the weighted residuals [points] about one level for every setting and
// one for every cluster.
struct Squares {
  double value = 0;
  double df = 0;
};
Squares PureError(const Sample& sample, const Vector& residuals);

// Clusters about the law, and points about law and clusters, from weighted residuals which need not
// be those of least squares. Independent where clusters are unknown, single, more than
// kMostClusters, or cannot be told from the law.
inline constexpr int kMostClusters = 500;
SharedNoise FindSharedNoise(const FittedLaw& fitted, const Vector& residuals);

// The residuals once law and clusters have taken their part: M and the clusters' projection of
// them.
Vector OwnResiduals(const FittedLaw& fitted, const Vector& residuals);

// How a quantity's estimate hangs on the points, by its gradient in u.
class Leverage {
 public:
  explicit Leverage(const FittedLaw& fitted);
  double Own(const Vector& gradient) const;  // a'a, of noise that differs a'diag(spread²)a
  // The noise as this quantity sees it: where the points' noise differs, how well the windows that
  // the quantity hangs on are known (Satterthwaite 1946), which is less than all points are.
  SharedNoise EstimateNoise(const Vector& gradient, const SharedNoise& noise) const;
  double Shared(const Vector& gradient) const;  // |Z'a|²
  // How the sum of squares bends along the quantity: a step d in it adds d²/Bend. Own, where
  // nothing is pooled.
  double Bend(const Vector& gradient) const;

 private:
  Vector covariance_;           // (J'J)^-1, pooled as the fit is
  Vector own_;                  // that of the estimate for independent noise of 1
  std::vector<Vector> scores_;  // Z'A, by cluster; empty where points count as independent
  Spread spread_;
  std::vector<Vector> effects_;  // [points] rows of A; empty where the noise is alike
};

}  // namespace saelaw
