// Loss against size and data where the two couple: how fast data helps depends on the size.
#pragma once

#include "fit/laws/law_info.h"
#include "fit/laws/law_model.h"

namespace saelaw {

// ln f = logsumexp(ln floor, a - exponent_n·ln n, b0 + b1·ln n + b2·ln² n - exponent_d·n^c·ln d)
// with n = params/centre, d = tokens/centre (geometric means): Chinchilla's law (arXiv 2203.15556)
// with the coefficient and the exponent of data as functions of size, in centred logarithms.
//
// u = [ln floor (when free), a, ln exponent_n, b0, b1, b2, ln exponent_d, c]. Weak normal priors
// keep the couplings near 0 and the exponents near 0.35 where the points do not tell.
class CoupledLaw : public LawModel {
 public:
  CoupledLaw(const LawInfo& law, const LawSetting& setting);

  int Size() const override { return first_ + 7; }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& /*u*/) const override { return {}; }
  std::vector<Prior> Priors() const override;

  Vector Row(const Point& point) const override;
  std::vector<NamedParameter> Parameters(const Vector& u) const override;
  // Those of the law without coupling.
  std::vector<Vector> Starts(const Sample& sample, int count) const override;

  bool has_free_floor() const override { return first_ == 1; }
  bool FloorVanishes(const Vector& u) const override;

 private:
  const LawInfo* law_;
  LawSetting setting_;
  int first_;  // 1 when u begins with a floor
};

std::shared_ptr<const LawModel> MakeCoupledLaw(const LawInfo& law, const LawSetting& setting);

const LawInfo& SizeDataCoupledLaw();

}  // namespace saelaw
