// The smoothly broken power law with one break: a power of data whose exponent changes once.
#pragma once

#include "fit/laws/law_info.h"

namespace saelaw {

// ln f = logsumexp(ln floor, a - before·z - (after - before)·width·ln(1 + e^((z - z_break)/width)))
// with z = ln tokens - ln centre: Caballero et al. 2023 (arXiv 2210.14891), eq. 1 with n = 1, whose
// b, c_0, d_1, f_1 are coef, exponent_before, break, width, and c_1 = exponent_after -
// exponent_before. Far below the break the exponent is the one before, far above it the one after;
// `width` is that of the bend in ln tokens.
//
// u = [ln floor (when free), a, ln before, ln after, z_break, ln width]. Rows of a Sample hold z.
class BrokenPower : public LawModel {
 public:
  BrokenPower(const LawInfo& law, const LawSetting& setting);

  int Size() const override { return first_ + 5; }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& /*u*/) const override { return {}; }

  Vector Row(const Point& point) const override;
  std::vector<NamedParameter> Parameters(const Vector& u) const override;
  // Those of the law without a break, bent up and down at a quarter, half and three quarters of the
  // data.
  std::vector<Vector> Starts(const Sample& sample, int count) const override;

  bool has_free_floor() const override { return first_ == 1; }
  bool FloorVanishes(const Vector& u) const override;
  std::shared_ptr<const LawModel> WithoutFloor() const override;
  Vector DropFloor(const Vector& u) const override { return {u.begin() + 1, u.end()}; }
  Vector AddVanishedFloor(const Vector& terms_only) const override;

 private:
  std::size_t At(std::size_t place) const { return static_cast<std::size_t>(first_) + place; }
  bool InDomain(const double* v) const;

  const LawInfo* law_;
  LawSetting setting_;
  int first_;  // 1 when u begins with a floor
};

const LawInfo& BrokenPowerLaw();

}  // namespace saelaw
