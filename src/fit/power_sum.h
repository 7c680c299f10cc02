// The family of the loss laws: floor + sum of coef_k · x_k^-exponent_k.
#pragma once

#include <string>
#include <vector>

#include "fit/laws.h"
#include "fit/log_model.h"

namespace saelaw {

// ln f = logsumexp(ln floor, a_k - exponent_k · (ln x_k - ln centre_k)), Hoffmann et al. 2022
// (arXiv 2203.15556), eq. D.2, in the centred form: centre_k is the points' geometric mean, which
// frees coefficients and exponents of most of their correlation.
//
// u = [ln floor (when free), a_0, ln exponent_0, a_1, ln exponent_1, ...]; all positive quantities
// in logarithms, so that no bound is needed but the exponents' range.
// Rows of a Sample hold ln x_k - ln centre_k for each term.
class PowerSum : public LogModel {
 public:
  enum class Floor { kFree, kFixed };
  // `fixed_floor` (>= 0) is used with kFixed alone.
  PowerSum(const LawInfo& law, Floor floor, double fixed_floor, Vector log_centres);

  int Size() const override { return FirstTerm() + 2 * terms(); }
  double LogValue(const double* u, const double* x, double* gradient) const override;
  std::vector<Vector> Restarts(const Vector& u) const override;

  int terms() const { return static_cast<int>(log_centres_.size()); }
  bool has_free_floor() const { return floor_ == Floor::kFree; }
  double fixed_floor() const { return fixed_floor_; }
  // The same law with the floor given.
  PowerSum WithFixedFloor(double floor) const;
  // A row of a Sample from a point.
  Vector Row(const Point& point) const;

  // The law's parameters in their usual form, in the order of LawInfo::Parameters().
  struct Named {
    std::string name;
    double value;
    bool on_bound;
    LogQuantity log;  // empty for a fixed floor
  };
  std::vector<Named> Parameters(const Vector& u) const;
  // Whether the floor of u contributes nothing (then it is reported as 0, on its bound).
  bool FloorVanishes(const Vector& u) const;
  // u of the law that has these coefficients and exponents (all of u but the floor) and a floor of
  // nothing. Requires has_free_floor().
  Vector WithoutFloor(Vector terms_only) const;

  // Starting points, best first: a grid over the exponents, with the linear parameters solved by
  // least squares on relative residuals at each node (variable projection), at most `count`.
  // The floor and the coefficients stay positive; nodes where they cannot are left out.
  std::vector<Vector> Screen(const Sample& sample, int count) const;

 private:
  int FirstTerm() const { return has_free_floor() ? 1 : 0; }
  std::size_t LogCoef(int term) const { return static_cast<std::size_t>(FirstTerm() + 2 * term); }
  std::size_t LogExponent(int term) const { return LogCoef(term) + 1; }
  Vector StartFrom(const Vector& linear, const Vector& exponents, double smallest_loss) const;
  double LargestLogCoef(const Vector& u) const;
  LogQuantity NaturalCoef(int term) const;
  LogQuantity Component(std::size_t index) const;

  const LawInfo* law_;
  Floor floor_;
  double fixed_floor_;
  Vector log_centres_;
};

}  // namespace saelaw
