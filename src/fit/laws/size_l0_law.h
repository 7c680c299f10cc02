// Loss of an SAE against its size and the number of latents that are active.
#pragma once

#include "fit/laws/law_info.h"
#include "fit/laws/law_model.h"

namespace saelaw {

// Gao et al. 2024 (arXiv 2406.04093), section 3:
//   L(n, k) = exp(alpha + beta_k ln k + beta_n ln n + gamma ln k ln n) + exp(zeta + eta ln k)
// with n latents (Variable::kParams) of which k (Variable::kL0) are active. The second term is what
// no number of latents takes away at that k.
//
// u = [a, b_k, b_n, gamma, z, eta] of centred logarithms (over the geometric means), in which the
// search is well conditioned; Parameters() gives them back in ln k and ln n themselves. All may be
// of either sign, so none is a logarithm.
class SizeL0LawModel : public LawModel {
 public:
  explicit SizeL0LawModel(const LawSetting& setting);

  int Size() const override { return 6; }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& /*u*/) const override { return {}; }

  Vector Row(const Point& point) const override;
  std::vector<NamedParameter> Parameters(const Vector& u) const override;
  // Second terms of several heights and slopes, each with the least squares of the first on what is
  // left.
  std::vector<Vector> Starts(const Sample& sample, int count) const override;

 private:
  double centre_n_;  // ln of the geometric means
  double centre_k_;
};

const LawInfo& SizeL0Law();

}  // namespace saelaw
