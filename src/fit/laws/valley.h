// The family of the lr surface: a loss law times a valley in ln lr whose bottom moves with data
// (and size).
#pragma once

#include "fit/laws/law_model.h"

namespace saelaw {

// ln f = ln base(x) + curvature · (log_lr - level - slopes · x)². u is that of the base, then
// [ln curvature, level, slopes...]. Rows are those of the base, then ln lr. See LrSurfaceFit.
class Valley : public LogModel {
 public:
  // `log_centres`: of the base's variables, as its rows are centred.
  Valley(std::shared_ptr<const LawModel> base, Vector log_centres);

  int Size() const override { return base_->Size() + 2 + variables(); }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& u) const override;

  const LawModel& base() const { return *base_; }
  int variables() const { return static_cast<int>(log_centres_.size()); }
  Vector Row(const Point& point) const;
  // The valley's own parameters: 0 ln curvature, 1 level, 2 and on the slopes.
  LogQuantity Own(int place) const { return Component(base_->Size() + place, Size()); }
  // ln LR* at a place in the base's variables, in logarithms and not centred.
  LogQuantity LogBestRate(const Vector& log_place) const;
  // A quantity of the base law as one of this model.
  LogQuantity OfBase(LogQuantity quantity) const;

 private:
  std::shared_ptr<const LawModel> base_;
  Vector log_centres_;
};

}  // namespace saelaw
