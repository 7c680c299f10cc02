// The data term's coefficient and exponent depend on ln N, which lets sizes fall at rates of their
// own. All parts are exponentials of polynomials, so their gradients are shares of the loss.
// Couplings carry priors that hold them near 0 unless the data speaks.
#include "fit/laws/coupled_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "fit/laws/power_sum.h"

namespace saelaw {
namespace {

// Places after the floor.
enum : std::size_t { kA, kLogExponentN, kB0, kB1, kB2, kLogExponentD, kC };
// A floor this far (in ln) under the terms is nothing.
constexpr double kVanished = 12;
constexpr double kTypicalExponent = 0.35;

}  // namespace

CoupledLaw::CoupledLaw(const LawInfo& law, const LawSetting& setting)
    : law_(&law), setting_(setting), first_(setting.fixed_floor ? 0 : 1) {}

Vector CoupledLaw::Row(const Point& point) const {
  return {std::log(point.params) - setting_.log_centres[0],
          std::log(point.tokens) - setting_.log_centres[1]};
}

double CoupledLaw::LogValue(const double* u, const double* x, double* gradient) const {
  const double* v = u + first_;
  const double exponent_n = std::exp(v[kLogExponentN]);
  // The exponent stays positive whatever its coupling, since its logarithm is what is linear in ln
  // N.
  const double exponent_d = std::exp(v[kLogExponentD] + v[kC] * x[0]);
  const std::array<double, 3> parts = {
      first_ == 1 ? u[0] : std::log(*setting_.fixed_floor),
      v[kA] - exponent_n * x[0],
      v[kB0] + v[kB1] * x[0] + v[kB2] * x[0] * x[0] - exponent_d * x[1]};
  const double largest = *std::max_element(parts.begin(), parts.end());
  // Outside of what doubles hold the value is NaN, and the solver turns back.
  if (!std::isfinite(largest)) return std::numeric_limits<double>::quiet_NaN();
  std::array<double, 3> shares;
  double sum = 0;
  for (std::size_t k = 0; k < 3; ++k) sum += shares[k] = std::exp(parts[k] - largest);
  if (gradient != nullptr) {
    // Shares are the parts over their sum, so the gradient needs no further exponential.
    for (double& share : shares) share /= sum;
    if (first_ == 1) gradient[0] = shares[0];
    double* g = gradient + first_;
    g[kA] = shares[1];
    g[kLogExponentN] = -shares[1] * exponent_n * x[0];
    g[kB0] = shares[2];
    g[kB1] = shares[2] * x[0];
    g[kB2] = shares[2] * x[0] * x[0];
    g[kLogExponentD] = -shares[2] * exponent_d * x[1];
    g[kC] = g[kLogExponentD] * x[0];
  }
  return largest + std::log(sum);
}

std::vector<Prior> CoupledLaw::Priors() const {
  const double exponent = std::log(kTypicalExponent);
  const auto at = [this](std::size_t place) { return first_ + static_cast<int>(place); };
  // An exponent within a factor of e^±2 at 2 sd; couplings that change it by as much over e^6.
  return {{at(kLogExponentN), exponent, 1.0},
          {at(kB1), 0, 1.0},
          {at(kB2), 0, 0.3},
          {at(kLogExponentD), exponent, 1.0},
          {at(kC), 0, 0.3}};
}

bool CoupledLaw::FloorVanishes(const Vector& u) const {
  // The coefficients are those at the centre of the points, and so are typical losses.
  return first_ == 1 && u[0] < std::max(u[1 + kA], u[1 + kB0]) - kVanished;
}

std::vector<NamedParameter> CoupledLaw::Parameters(const Vector& u) const {
  std::vector<NamedParameter> named;
  named.push_back(FloorParameter(*this, setting_.fixed_floor, u));
  // Which of them are logarithms, in the order of u.
  constexpr std::array<bool, 7> kLogarithm = {true, true, true, false, false, true, false};
  for (std::size_t k = 0; k < kLogarithm.size(); ++k) {
    const double value = u[static_cast<std::size_t>(first_) + k];
    named.push_back({std::string(law_->parameters[1 + k].name),
                     kLogarithm[k] ? std::exp(value) : value,
                     false,
                     Component(first_ + static_cast<int>(k), Size()),
                     !kLogarithm[k]});
  }
  return named;
}

std::vector<Vector> CoupledLaw::Starts(const Sample& sample, int count) const {
  // The search begins at fits of the plain law, with all couplings at 0.
  const auto plain = MakePowerSum(SizeDataLaw(), setting_);
  std::vector<Vector> starts;
  for (const Vector& u : plain->Starts(sample, count)) {
    const auto first = static_cast<std::size_t>(first_);
    Vector start(u.begin(), u.begin() + first_);
    // The order of the coupled law's parameters is that of the places above.
    start.insert(start.end(), {u[first], u[first + 1], u[first + 2], 0, 0, u[first + 3], 0});
    starts.push_back(std::move(start));
  }
  return starts;
}

std::shared_ptr<const LawModel> MakeCoupledLaw(const LawInfo& law, const LawSetting& setting) {
  return std::make_shared<CoupledLaw>(law, setting);
}

const LawInfo& SizeDataCoupledLaw() {
  static const LawInfo law = {
      "size-data-coupled",
      "loss = floor + coef_n * n^-exponent_n + coef_d * exp(coef_d_n * ln n + coef_d_nn * ln^2 n) "
      "* d^-(exponent_d * n^exponent_d_n), n and d over their geometric means",
      "the size-data law with the data term's coefficient and exponent as functions of size",
      {Variable::kParams, Variable::kTokens},
      {{"floor", Role::kFloor},
       {"coef_n", Role::kCoef, Variable::kParams},
       {"exponent_n", Role::kExponent, Variable::kParams},
       {"coef_d", Role::kCoef, Variable::kTokens},
       {"coef_d_n"},
       {"coef_d_nn"},
       {"exponent_d", Role::kExponent, Variable::kTokens},
       {"exponent_d_n"}},
      /*has_floor=*/true,
      /*fewest_values=*/3,
      MakeCoupledLaw,
      /*centred=*/true};
  return law;
}

}  // namespace saelaw
