#include "fit/power_sum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

constexpr int kMaxTerms = 4;
// A floor this far (in ln) under a typical loss is nothing; the centred coefficient is a typical
// loss, so the two are compared.
constexpr double kNoFloor = 30;
constexpr double kVanished = 12;

}  // namespace

PowerSum::PowerSum(const LawInfo& law, Floor floor, double fixed_floor, Vector log_centres)
    : law_(&law),
      floor_(floor),
      fixed_floor_(floor == Floor::kFixed ? fixed_floor : 0),
      log_centres_(std::move(log_centres)) {}

PowerSum PowerSum::WithFixedFloor(double floor) const {
  return PowerSum(*law_, Floor::kFixed, floor, log_centres_);
}

Vector PowerSum::Row(const Point& point) const {
  Vector row;
  for (std::size_t k = 0; k < log_centres_.size(); ++k) {
    row.push_back(std::log(Get(point, law_->terms[k].variable)) - log_centres_[k]);
  }
  return row;
}

double PowerSum::LogValue(const double* u, const double* x, double* gradient) const {
  std::array<double, kMaxTerms + 1> parts;
  std::array<double, kMaxTerms> exponents;
  const auto count = static_cast<std::size_t>(terms());
  parts[count] = has_free_floor() ? u[0] : std::log(fixed_floor_);
  double largest = parts[count];
  for (std::size_t k = 0; k < count; ++k) {
    const double exponent = std::exp(u[LogExponent(static_cast<int>(k))]);
    if (exponent < kSmallestExponent || exponent > kLargestExponent) {
      return std::numeric_limits<double>::quiet_NaN();
    }
    exponents[k] = exponent;
    parts[k] = u[LogCoef(static_cast<int>(k))] - exponent * x[k];
    largest = std::max(largest, parts[k]);
  }
  double sum = 0;
  for (std::size_t k = 0; k <= count; ++k) sum += parts[k] = std::exp(parts[k] - largest);
  if (gradient != nullptr) {
    if (has_free_floor()) gradient[0] = parts[count] / sum;
    for (std::size_t k = 0; k < count; ++k) {
      const double share = parts[k] / sum;
      gradient[LogCoef(static_cast<int>(k))] = share;
      gradient[LogExponent(static_cast<int>(k))] = -share * exponents[k] * x[k];
    }
  }
  return largest + std::log(sum);
}

double PowerSum::LargestLogCoef(const Vector& u) const {
  double largest = u[LogCoef(0)];
  for (int k = 1; k < terms(); ++k) largest = std::max(largest, u[LogCoef(k)]);
  return largest;
}

bool PowerSum::FloorVanishes(const Vector& u) const {
  return has_free_floor() && u[0] < LargestLogCoef(u) - kVanished;
}

Vector PowerSum::WithoutFloor(Vector terms_only) const {
  terms_only.insert(terms_only.begin(), 0.0);
  terms_only[0] = LargestLogCoef(terms_only) - kNoFloor;
  return terms_only;
}

std::vector<Vector> PowerSum::Restarts(const Vector& u) const {
  if (!has_free_floor()) return {};
  // A vanished floor has no gradient of its own: bring it back at a third of a typical loss.
  constexpr double kThird = 1.1;
  if (u[0] > u[LogCoef(0)] - 4) return {};
  Vector restart = u;
  restart[0] = u[LogCoef(0)] - kThird;
  restart[LogCoef(0)] -= 0.4;      // what the floor took over
  restart[LogExponent(0)] += 0.4;  // the rest falls faster
  return {restart};
}

LogQuantity PowerSum::Component(std::size_t index) const {
  const auto size = static_cast<std::size_t>(Size());
  return [index, size](const double* u, double* gradient) {
    if (gradient != nullptr) {
      std::fill(gradient, gradient + size, 0.0);
      gradient[index] = 1;
    }
    return u[index];
  };
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

std::vector<PowerSum::Named> PowerSum::Parameters(const Vector& u) const {
  std::vector<Named> named;
  if (has_free_floor()) {
    const bool none = FloorVanishes(u);
    named.push_back({"floor", none ? 0 : std::exp(u[0]), none, Component(0)});
  } else if (law_->has_floor) {
    named.push_back({"floor", fixed_floor_, false, nullptr});
  }
  for (int k = 0; k < terms(); ++k) {
    const TermInfo& term = law_->terms[static_cast<std::size_t>(k)];
    const LogQuantity coef = NaturalCoef(k);
    const double exponent = std::exp(u[LogExponent(k)]);
    constexpr double kNear = 1.001;
    const bool bound = exponent < kSmallestExponent * kNear || exponent > kLargestExponent / kNear;
    named.push_back({std::string(term.coef), std::exp(coef(u.data(), nullptr)), false, coef});
    named.push_back({std::string(term.exponent), exponent, bound, Component(LogExponent(k))});
  }
  return named;
}

}  // namespace saelaw
