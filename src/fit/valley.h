// The family of the lr surface: a loss law times a valley in ln lr whose bottom moves with data.
#pragma once

#include "fit/power_sum.h"

namespace saelaw {

// ln f = ln base(x) + curvature · (log_lr - level - slope · x)². u is that of the base, then
// [ln curvature, level, slope]. Rows are [ln tokens - centre, ln lr]. See LrSurfaceFit.
class Valley : public LogModel {
 public:
  // `base` has the one term of the data law, centred at `log_centre`.
  Valley(PowerSum base, double log_centre);

  int Size() const override { return base_.Size() + 3; }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& u) const override;

  const PowerSum& base() const { return base_; }
  Vector Row(const Point& point) const;
  // Component `offset` of the last three: 0 ln curvature, 1 level, 2 slope.
  LogQuantity Last(int offset) const;
  // ln LR* at ln tokens.
  LogQuantity LogBestRate(double log_tokens) const;
  // A quantity of the base law as one of this model.
  LogQuantity OfBase(LogQuantity quantity) const;

 private:
  PowerSum base_;
  double log_centre_;
};

}  // namespace saelaw
