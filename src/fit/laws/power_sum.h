// The family of the loss laws: floor + sum of coef_k · x_k^-exponent_k.
#pragma once

#include <string>
#include <vector>

#include "fit/laws/law_info.h"
#include "fit/laws/law_model.h"

namespace saelaw {

// ln f = logsumexp(ln floor, a_k - exponent_k · (ln x_k - ln centre_k)), Hoffmann et al. 2022
// (arXiv 2203.15556), eq. D.2, in the centred form: centre_k is the points' geometric mean, which
// frees coefficients and exponents of most of their correlation.
//
// u = [ln floor (when free), a_0, ln exponent_0, a_1, ln exponent_1, ...]; all positive quantities
// in logarithms, so that no bound is needed but the exponents' range. With a signed floor u[0] is
// the floor itself over a typical loss (whose logarithm is `log_unit`), and may be negative.
// Rows of a Sample hold ln x_k - ln centre_k for each term.
class PowerSum : public LawModel {
 public:
  enum class Floor { kFree, kFixed, kSigned };
  // The law's parameters are named by `law` (floor, if it has one, then coef and exponent of each
  // variable). `fixed_floor` (>= 0) is used with kFixed alone.
  PowerSum(
      const LawInfo& law, Floor floor, double fixed_floor, Vector log_centres, double log_unit = 0);

  int Size() const override { return FirstTerm() + 2 * terms(); }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  void LogValues(const double* u,
                 const Sample& sample,
                 double* values,
                 double* jacobian,
                 int stride) const override;
  std::vector<Vector> Restarts(const Vector& u) const override;

  Vector Row(const Point& point) const override;
  std::vector<NamedParameter> Parameters(const Vector& u) const override;
  // A grid over the exponents, with the linear parameters solved by least squares on relative
  // residuals at each node (variable projection). The floor and the coefficients stay positive;
  // nodes where they cannot are left out.
  std::vector<Vector> Starts(const Sample& sample, int count) const override;

  bool has_free_floor() const override { return floor_ == Floor::kFree; }
  bool FloorVanishes(const Vector& u) const override;
  std::shared_ptr<const LawModel> WithoutFloor() const override;
  Vector DropFloor(const Vector& u) const override { return {u.begin() + 1, u.end()}; }
  Vector AddVanishedFloor(const Vector& terms_only) const override;
  std::shared_ptr<const LawModel> WithSignedFloor(const Vector& u) const override;
  Vector SignFloor(const Vector& u) const override { return Signed(u, LargestLogCoef(u)); }
  double LogFloorUnit() const override { return log_unit_; }

  int terms() const { return static_cast<int>(log_centres_.size()); }

 private:
  // The best of a grid of exponents, with a positive floor or none.
  std::vector<Vector> Screened(const Sample& sample, int count) const;
  int FirstTerm() const { return floor_ == Floor::kFixed ? 0 : 1; }
  std::size_t LogCoef(int term) const {
    const int at = FirstTerm() + 2 * term;
    return static_cast<std::size_t>(at);
  }
  std::size_t LogExponent(int term) const { return LogCoef(term) + 1; }
  bool InDomain(const double* u) const;
  double LogFloor(const double* u) const;
  Vector StartFrom(const Vector& linear, const Vector& exponents, double smallest_loss) const;
  double LargestLogCoef(const Vector& u) const;
  // u of the law with a positive floor as one of the law with a signed floor of that unit.
  Vector Signed(const Vector& u, double log_unit) const;
  LogQuantity NaturalCoef(int term) const;

  const LawInfo* law_;
  Floor floor_;
  double fixed_floor_;
  Vector log_centres_;
  double log_unit_;  // ln of the unit of a signed floor
};

// For the table of laws.
std::shared_ptr<const LawModel> MakePowerSum(const LawInfo& law, const LawSetting& setting);

// The laws of this family: of data alone with a floor and without one, and of size and data.
const LawInfo& DataLaw();
const LawInfo& PowerLaw();
const LawInfo& SizeDataLaw();

}  // namespace saelaw
