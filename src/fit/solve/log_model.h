// What the solver, the profiles and the resamplers need to know of a law: the logarithm of its
// value and the derivatives. A law family implements LogModel; nothing below it knows a formula.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace saelaw {

using Vector = std::vector<double>;

// The usable points, as the solver sees them. All arrays are in point order.
struct Sample {
  int variables = 0;         // values per point in x
  Vector x;                  // [points, variables], as the model wants them (centred logs)
  Vector y;                  // [points] ln loss
  Vector w;                  // [points] weight of the ln residual, 1 when unknown
  std::vector<int> setting;  // [points] equal for replicates: same x
  std::vector<int> cluster;  // [points] correlated points share one, below `clusters`
  int clusters = 0;          // as many as points where none is shared, or none is known
  // [clusters] what least squares takes out of a cluster's residuals (fit/solve/pooling.h); empty:
  // nothing.
  Vector pooling;
  double noise = 0.01;  // sd of ln loss against which a model's priors are weighed

  int size() const { return static_cast<int>(y.size()); }
  const double* Row(int i) const { return x.data() + static_cast<std::size_t>(i) * variables; }
};

// The rows named by `rows` (repetition allowed), in that order.
Sample Select(const Sample& sample, std::span<const int> rows);

// A weak Gaussian prior on one internal parameter. It counts as one more residual, noise·(u -
// mean)/sd, in the sum of squares (and in no robust criterion's tails).
struct Prior {
  int index = 0;
  double mean = 0;
  double sd = 1;
};

// ln f(x; u) for internal parameters u, all unconstrained save for the model's own domain.
class LogModel {
 public:
  virtual ~LogModel() = default;
  virtual int Size() const = 0;  // parameters in u
  // ln of the law's value at x; NaN outside the domain. Writes d/du [Size()] unless null.
  virtual double LogValue(const double* u, const double* x, double* gradient) const = 0;
  // The same at every row of the sample: values [points]; jacobian [points, Size()] by columns of
  // `stride` entries, unless null.
  virtual void LogValues(
      const double* u, const Sample& sample, double* values, double* jacobian, int stride) const;
  // Other starting points worth a try near u, where a local search could be stuck (a floor at 0
  // has no gradient in its logarithm). May be empty.
  virtual std::vector<Vector> Restarts(const Vector& u) const = 0;
  // None for laws that the data determines.
  virtual std::vector<Prior> Priors() const { return {}; }
};

// ln of a quantity derived from u (a parameter, a prediction), with d/du [Size()] unless null.
using LogQuantity = std::function<double(const double* u, double* gradient)>;

}  // namespace saelaw
