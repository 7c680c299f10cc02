// The bend is written as a softplus of ln tokens, which is exact far from the break on both sides
// and never overflows. Exponents, break and width are searched within bounds, because beyond them
// the law is another law or cannot be told from one.
#include "fit/laws/broken_power.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "fit/laws/power_sum.h"

namespace saelaw {
namespace {

// Places after the floor.
enum : std::size_t { kA, kLogBefore, kLogAfter, kBreak, kLogWidth };
// A floor this far (in ln) under a typical loss is nothing; beside an optimum it is put further
// down.
constexpr double kVanished = 12;
constexpr double kNoFloor = 30;
// The break is searched within this (in ln) of the points' centre: a factor of 160,000 each way.
constexpr double kFarthestBreak = 12;
// A narrower bend is a kink to any points that were ever measured, a wider one no bend at all.
constexpr double kNarrowest = 0.02;
constexpr double kWidest = 10;

// ln(1 + e^s) and its slope, without overflow.
double SoftPlus(double s) { return std::max(s, 0.0) + std::log1p(std::exp(-std::abs(s))); }
double Logistic(double s) { return 1 / (1 + std::exp(-s)); }

// Shifts ln of a positive parameter that is kept as its logarithm less something known.
LogQuantity Shifted(LogQuantity quantity, double by) {
  return [quantity = std::move(quantity), by](const double* u, double* gradient) {
    return quantity(u, gradient) + by;
  };
}

bool Between(double value, double low, double high) { return value >= low && value <= high; }

}  // namespace

BrokenPower::BrokenPower(const LawInfo& law, const LawSetting& setting)
    : law_(&law), setting_(setting), first_(setting.fixed_floor ? 0 : 1) {}

Vector BrokenPower::Row(const Point& point) const {
  return {std::log(point.tokens) - setting_.log_centres[0]};
}

// Outside of the bounds the value is NaN, and the solver turns back.
bool BrokenPower::InDomain(const double* v) const {
  for (const std::size_t exponent : {kLogBefore, kLogAfter}) {
    if (!Between(std::exp(v[exponent]), kSmallestExponent, kLargestExponent)) return false;
  }
  return std::abs(v[kBreak]) <= kFarthestBreak &&
         Between(std::exp(v[kLogWidth]), kNarrowest, kWidest);
}

double BrokenPower::LogValue(const double* u, const double* x, double* gradient) const {
  const double* v = u + first_;
  if (!InDomain(v)) return std::numeric_limits<double>::quiet_NaN();
  const double before = std::exp(v[kLogBefore]);
  const double after = std::exp(v[kLogAfter]);
  const double width = std::exp(v[kLogWidth]);
  // s counts how many widths the place lies beyond the break.
  const double s = (x[0] - v[kBreak]) / width;
  const double bend = width * SoftPlus(s);
  const double term = v[kA] - before * x[0] - (after - before) * bend;
  const double floor = first_ == 1 ? u[0] : std::log(*setting_.fixed_floor);
  // The larger part is taken out before the exponentials.
  const double largest = std::max(floor, term);
  const double sum = std::exp(floor - largest) + std::exp(term - largest);
  if (gradient != nullptr) {
    // Each derivative is the term's share of the loss times that of ln term.
    const double share = std::exp(term - largest) / sum;
    if (first_ == 1) gradient[0] = 1 - share;
    double* g = gradient + first_;
    g[kA] = share;
    g[kLogBefore] = share * before * (bend - x[0]);
    g[kLogAfter] = -share * after * bend;
    g[kBreak] = share * (after - before) * Logistic(s);
    g[kLogWidth] = -share * (after - before) * (bend - width * s * Logistic(s));
  }
  return largest + std::log(sum);
}

bool BrokenPower::FloorVanishes(const Vector& u) const {
  return first_ == 1 && u[0] < u[At(kA)] - kVanished;
}

// A vanished floor leaves the search of ln floor without a slope, so the law without it is fitted
// instead and the floor put back afterwards.
std::shared_ptr<const LawModel> BrokenPower::WithoutFloor() const {
  return std::make_shared<BrokenPower>(*law_, LawSetting{0.0, setting_.log_centres});
}

Vector BrokenPower::AddVanishedFloor(const Vector& terms_only) const {
  Vector u = terms_only;
  u.insert(u.begin(), terms_only[kA] - kNoFloor);
  return u;
}

std::vector<NamedParameter> BrokenPower::Parameters(const Vector& u) const {
  const double centre = setting_.log_centres[0];
  const int size = Size();
  const auto component = [&](std::size_t place) {
    return Component(static_cast<int>(At(place)), size);
  };
  // coef · x^-before = e^a (x / centre)^-before, so ln coef = a + before · ln centre.
  const LogQuantity coef = [a = At(kA), log_before = At(kLogBefore), centre, size](
                               const double* at, double* gradient) {
    const double slope = std::exp(at[log_before]) * centre;
    if (gradient != nullptr) {
      std::fill(gradient, gradient + size, 0.0);
      gradient[a] = 1;
      gradient[log_before] = slope;
    }
    return at[a] + slope;
  };
  std::vector<NamedParameter> named = {FloorParameter(*this, setting_.fixed_floor, u)};
  // Values this near to a bound of the search are the bound's and not the data's, and are marked.
  const auto add = [&](const LogQuantity& quantity, double smallest, double largest) {
    const double value = std::exp(quantity(u.data(), nullptr));
    constexpr double kNear = 1.001;
    const bool on_bound = value < smallest * kNear || value > largest / kNear;
    const std::string name(law_->parameters[named.size()].name);
    named.push_back({name, value, on_bound, quantity, false, smallest, largest});
  };
  add(coef, 0, std::numeric_limits<double>::infinity());
  add(component(kLogBefore), kSmallestExponent, kLargestExponent);
  add(component(kLogAfter), kSmallestExponent, kLargestExponent);
  add(Shifted(component(kBreak), centre),
      std::exp(centre - kFarthestBreak),
      std::exp(centre + kFarthestBreak));
  add(component(kLogWidth), kNarrowest, kWidest);
  return named;
}

std::vector<Vector> BrokenPower::Starts(const Sample& sample, int count) const {
  // The plain law's starts are bent at a quarter, a half and three quarters of the points, both
  // ways.
  Vector places = sample.x;
  std::sort(places.begin(), places.end());
  constexpr int kBends = 6;
  constexpr double kWidth = 0.5;
  const auto plain = MakePowerSum(DataLaw(), setting_);
  std::vector<Vector> starts;
  for (const Vector& u : plain->Starts(sample, (count + kBends - 1) / kBends)) {
    for (const std::size_t quarter : {2U, 1U, 3U}) {
      const double at = places[quarter * (places.size() - 1) / 4];
      for (const double steeper : {0.5, 2.0}) {
        Vector start = u;
        const double exponent = std::exp(u[At(kLogBefore)]);
        // At the centre the value stays what it was.
        start[At(kA)] += exponent * (steeper - 1) * kWidth * SoftPlus(-at / kWidth);
        start.insert(start.end(), {u[At(kLogBefore)] + std::log(steeper), at, std::log(kWidth)});
        starts.push_back(std::move(start));
      }
    }
  }
  if (static_cast<int>(starts.size()) > count) starts.resize(static_cast<std::size_t>(count));
  return starts;
}

const LawInfo& BrokenPowerLaw() {
  static const LawInfo law = {
      .name = "broken-power",
      .formula =
          "loss = floor + coef * tokens^-exponent_before * (1 + (tokens/break)^(1/width))"
          "^-((exponent_after - exponent_before) * width)",
      .source = "Caballero et al. 2023 (arXiv 2210.14891), eq. 1 with one break",
      .variables = {Variable::kTokens},
      .parameters = {{"floor", Role::kFloor},
                     {"coef", Role::kCoef, Variable::kTokens},
                     {"exponent_before"},
                     // The one that holds where more data is asked for.
                     {"exponent_after", Role::kExponent, Variable::kTokens},
                     {"break"},
                     {"width"}},
      .has_floor = true,
      .fewest_values = 3,
      .make = [](const LawInfo& info,
                 const LawSetting& setting) -> std::shared_ptr<const LawModel> {
        return std::make_shared<BrokenPower>(info, setting);
      }};
  return law;
}

}  // namespace saelaw
