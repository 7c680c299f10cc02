// Coefficients are kept at the centre of the points, where they are typical losses: so ln coef and
// exponent hardly depend on each other, and the search is well conditioned. Users see the
// coefficients of the formula.
#include "fit/laws/power_sum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

using enum Variable;
constexpr ParameterInfo kFloor = {"floor", Role::kFloor};

constexpr int kMaxTerms = 4;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// A floor this far (in ln) under a typical loss is nothing; the centred coefficient is a typical
// loss, so the two are compared.
constexpr double kNoFloor = 30;
constexpr double kVanished = 12;

}  // namespace

PowerSum::PowerSum(
    const LawInfo& law, Floor floor, double fixed_floor, Vector log_centres, double log_unit)
    : law_(&law),
      floor_(floor),
      fixed_floor_(floor == Floor::kFixed ? fixed_floor : 0),
      log_centres_(std::move(log_centres)),
      log_unit_(log_unit) {}

Vector PowerSum::Row(const Point& point) const {
  Vector row;
  for (std::size_t k = 0; k < log_centres_.size(); ++k) {
    row.push_back(std::log(Get(point, law_->variables[k])) - log_centres_[k]);
  }
  return row;
}

// Exponents are searched within bounds, since beyond them a term is a constant or a wall.
bool PowerSum::InDomain(const double* u) const {
  for (int k = 0; k < terms(); ++k) {
    const double exponent = std::exp(u[LogExponent(k)]);
    if (!(exponent >= kSmallestExponent && exponent <= kLargestExponent)) return false;
  }
  return true;
}

// Gives the floor as a part of the sum. A signed floor may have no logarithm and is added apart.
double PowerSum::LogFloor(const double* u) const {
  if (floor_ == Floor::kFree) return u[0];
  return floor_ == Floor::kFixed ? std::log(fixed_floor_) : std::log(0.0);
}

double PowerSum::LogValue(const double* u, const double* x, double* gradient) const {
  if (!InDomain(u)) return kNan;
  std::array<double, kMaxTerms + 1> parts;
  std::array<double, kMaxTerms> exponents;
  const auto count = static_cast<std::size_t>(terms());
  parts[count] = LogFloor(u);
  // The largest part is taken out before the exponentials, so that none overflows.
  double largest = parts[count];
  for (std::size_t k = 0; k < count; ++k) {
    exponents[k] = std::exp(u[LogExponent(static_cast<int>(k))]);
    parts[k] = u[LogCoef(static_cast<int>(k))] - exponents[k] * x[k];
    largest = std::max(largest, parts[k]);
  }
  double sum = floor_ == Floor::kSigned ? u[0] * std::exp(log_unit_ - largest) : 0;
  for (std::size_t k = 0; k <= count; ++k) sum += parts[k] = std::exp(parts[k] - largest);
  // A signed floor may take the law below 0, where it has no logarithm.
  if (!(sum > 0)) return kNan;
  if (gradient != nullptr) {
    // Each derivative is the part's share of the sum, times that of its logarithm.
    if (floor_ == Floor::kFree) gradient[0] = parts[count] / sum;
    if (floor_ == Floor::kSigned) gradient[0] = std::exp(log_unit_ - largest) / sum;
    for (std::size_t k = 0; k < count; ++k) {
      const double share = parts[k] / sum;
      gradient[LogCoef(static_cast<int>(k))] = share;
      gradient[LogExponent(static_cast<int>(k))] = -share * exponents[k] * x[k];
    }
  }
  return largest + std::log(sum);
}

// At the centre the largest term is about the loss itself.
double PowerSum::LargestLogCoef(const Vector& u) const {
  double largest = u[LogCoef(0)];
  for (int k = 1; k < terms(); ++k) largest = std::max(largest, u[LogCoef(k)]);
  return largest;
}

bool PowerSum::FloorVanishes(const Vector& u) const {
  return has_free_floor() && u[0] < LargestLogCoef(u) - kVanished;
}

std::shared_ptr<const LawModel> PowerSum::WithoutFloor() const {
  return std::make_shared<PowerSum>(*law_, Floor::kFixed, 0, log_centres_);
}

// A floor this low takes no part in any loss, and yet has a logarithm.
Vector PowerSum::AddVanishedFloor(const Vector& terms_only) const {
  Vector u = terms_only;
  u.insert(u.begin(), 0.0);
  u[0] = LargestLogCoef(u) - kNoFloor;
  return u;
}

std::shared_ptr<const LawModel> PowerSum::WithSignedFloor(const Vector& u) const {
  return std::make_shared<PowerSum>(*law_, Floor::kSigned, 0, log_centres_, LargestLogCoef(u));
}

Vector PowerSum::Signed(const Vector& u, double log_unit) const {
  Vector converted = u;
  // On the signed scale a vanished floor is exactly 0.
  converted[0] = FloorVanishes(u) ? 0 : std::exp(u[0] - log_unit);
  return converted;
}

std::vector<Vector> PowerSum::Restarts(const Vector& u) const {
  if (!has_free_floor()) return {};
  // A vanished floor has no gradient of its own: bring it back at a third of a typical loss.
  constexpr double kThird = 1.1;
  // A floor that is still felt has a gradient and needs no other start.
  if (u[0] > u[LogCoef(0)] - 4) return {};
  // The restart trades the loss between floor and term, so that it begins at about the same fit.
  Vector restart = u;
  restart[0] = u[LogCoef(0)] - kThird;
  restart[LogCoef(0)] -= 0.4;      // what the floor took over
  restart[LogExponent(0)] += 0.4;  // the rest falls faster
  return {restart};
}

LogQuantity PowerSum::NaturalCoef(int term) const {
  const std::size_t coef = LogCoef(term);
  const auto size = static_cast<std::size_t>(Size());
  const double centre = log_centres_[static_cast<std::size_t>(term)];
  // coef · x^-exponent = e^a (x / centre)^-exponent, so ln coef = a + exponent · ln centre.
  return [coef, size, centre](const double* u, double* gradient) {
    const double slope = std::exp(u[coef + 1]) * centre;
    if (gradient != nullptr) {
      std::fill(gradient, gradient + size, 0.0);
      gradient[coef] = 1;
      gradient[coef + 1] = slope;
    }
    return u[coef] + slope;
  };
}

std::vector<NamedParameter> PowerSum::Parameters(const Vector& u) const {
  std::vector<NamedParameter> named;
  if (floor_ == Floor::kFree) {
    const bool none = FloorVanishes(u);
    named.push_back({"floor", none ? 0 : std::exp(u[0]), none, Component(0, Size()), false});
  } else if (floor_ == Floor::kSigned) {
    named.push_back({"floor", u[0] * std::exp(log_unit_), false, Component(0, Size()), true});
    named.back().unit = std::exp(log_unit_);
  } else if (law_->has_floor) {
    named.push_back({"floor", fixed_floor_, false, nullptr, false});
  }
  for (int k = 0; k < terms(); ++k) {
    // The law's own list has the floor first, where it has one.
    const std::size_t first = (law_->has_floor ? 1U : 0U) + 2 * static_cast<std::size_t>(k);
    const LogQuantity coef = NaturalCoef(k);
    const double exponent = std::exp(u[LogExponent(k)]);
    constexpr double kNear = 1.001;
    // Values this near to a bound of the search are the bound's and not the data's, and are marked.
    const bool bound = exponent < kSmallestExponent * kNear || exponent > kLargestExponent / kNear;
    named.push_back({std::string(law_->parameters[first].name),
                     std::exp(coef(u.data(), nullptr)),
                     false,
                     coef,
                     false});
    named.push_back({std::string(law_->parameters[first + 1].name),
                     exponent,
                     bound,
                     Component(static_cast<int>(LogExponent(k)), Size()),
                     false,
                     kSmallestExponent,
                     kLargestExponent});
  }
  return named;
}

std::shared_ptr<const LawModel> MakePowerSum(const LawInfo& law, const LawSetting& setting) {
  // A law without a floor is one with a floor fixed at 0.
  const bool free = law.has_floor && !setting.fixed_floor;
  return std::make_shared<PowerSum>(law,
                                    free ? PowerSum::Floor::kFree : PowerSum::Floor::kFixed,
                                    setting.fixed_floor.value_or(0),
                                    setting.log_centres);
}

const LawInfo& DataLaw() {
  static const LawInfo law = {
      "data",
      "loss = floor + coef * tokens^-exponent",
      "Hoffmann et al. 2022 (arXiv 2203.15556), eq. 2 with the size fixed",
      {Variable::kTokens},
      {kFloor, {"coef", Role::kCoef, kTokens}, {"exponent", Role::kExponent, kTokens}},
      /*has_floor=*/true,
      /*fewest_values=*/2,
      MakePowerSum};
  return law;
}

const LawInfo& PowerLaw() {
  static const LawInfo law = {
      "power",
      "loss = coef * tokens^-exponent",
      "the data law with a floor of 0",
      {Variable::kTokens},
      {{"coef", Role::kCoef, kTokens}, {"exponent", Role::kExponent, kTokens}},
      /*has_floor=*/false,
      /*fewest_values=*/2,
      MakePowerSum,
      /*centred=*/false,
      DataLaw};
  return law;
}

const LawInfo& SizeDataLaw() {
  static const LawInfo law = {
      "size-data",
      "loss = floor + coef_n * params^-exponent_n + coef_d * tokens^-exponent_d",
      "Hoffmann et al. 2022 (arXiv 2203.15556), eq. 2; Besiroglu et al. 2024 (arXiv 2404.10102)",
      {Variable::kParams, Variable::kTokens},
      {kFloor,
       {"coef_n", Role::kCoef, kParams},
       {"exponent_n", Role::kExponent, kParams},
       {"coef_d", Role::kCoef, kTokens},
       {"exponent_d", Role::kExponent, kTokens}},
      /*has_floor=*/true,
      /*fewest_values=*/3,
      MakePowerSum};
  return law;
}

}  // namespace saelaw
