// All parts of this law are powers, so ln of each is linear in the logarithms of the variables and
// the gradient is a list of shares. The data seldom determines twenty parameters, which is why
// exponents carry weak priors. The search begins at fits of the plain size-data law.
#include "fit/laws/batch_law.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>

#include "fit/laws/power_sum.h"

namespace saelaw {
namespace {

constexpr double kVanished = 12;
constexpr double kTypicalExponent = 0.35;

// Places in the base and in a penalty.
enum { kAn, kLogExponentN, kAd, kLogExponentD, kLogPower };
enum { kLogC, kInN, kInD, kInBatch, kLogSteepness };

// Under-training, gradient noise, instability: the sign of lr's exponent, and what is thought of
// the exponents before any point is seen.
struct PenaltyKind {
  double sign;
  double steepness;
  double in_batch;
};
constexpr std::array<PenaltyKind, BatchLaw::kPenalties> kKinds = {
    {{-1, 1.0, 0}, {1, 1.0, -1}, {1, 4.0, 0}}};

// The larger of the two is taken out, so that no exponential overflows.
double LogSum(double a, double b) {
  const double larger = std::max(a, b);
  return std::isinf(larger) ? larger : larger + std::log1p(std::exp(-std::abs(a - b)));
}

}  // namespace

BatchLaw::BatchLaw(const LawInfo& law, const LawSetting& setting)
    : law_(&law), setting_(setting), first_(setting.fixed_floor ? 0 : 1) {}

Vector BatchLaw::Row(const Point& point) const {
  // The variables are those of the law's own list, in its order.
  Vector row;
  for (std::size_t k = 0; k < law_->variables.size(); ++k) {
    row.push_back(std::log(Get(point, law_->variables[k])) - setting_.log_centres[k]);
  }
  return row;
}

double BatchLaw::LogValue(const double* u, const double* x, double* gradient) const {
  std::array<double, 2 + kPenalties> parts;  // floor, base, penalties
  const double exponent_n = std::exp(u[Base(kLogExponentN)]);
  const double exponent_d = std::exp(u[Base(kLogExponentD)]);
  const double power = std::exp(u[Base(kLogPower)]);
  const double log_n = u[Base(kAn)] - exponent_n * x[0];
  const double log_d = u[Base(kAd)] - exponent_d * x[1];
  const double log_base = LogSum(log_n, log_d);
  parts[0] = first_ == 1 ? u[0] : std::log(*setting_.fixed_floor);
  parts[1] = power * log_base;
  // Each penalty's sign in ln rate is fixed by its kind, so only its steepness is searched.
  std::array<double, kPenalties> steepness;
  for (int j = 0; j < kPenalties; ++j) {
    const auto k = static_cast<std::size_t>(j);
    const double* v = u + Penalty(j, 0);
    steepness[k] = kKinds[k].sign * std::exp(v[kLogSteepness]);
    parts[2 + k] =
        v[kLogC] + v[kInN] * x[0] + v[kInD] * x[1] + v[kInBatch] * x[2] + steepness[k] * x[3];
  }
  const double largest = *std::max_element(parts.begin(), parts.end());
  // A part that is infinite or NaN leaves the domain, which the solver understands.
  if (!std::isfinite(largest)) return std::numeric_limits<double>::quiet_NaN();
  double sum = 0;
  for (double& part : parts) sum += part = std::exp(part - largest);
  if (gradient == nullptr) return largest + std::log(sum);
  // From here on the parts are their shares of the sum, which is what the gradient is made of.
  for (double& part : parts) part /= sum;
  if (first_ == 1) gradient[0] = parts[0];
  // The base is itself a sum of two, whose shares divide its part.
  const double share_n = std::exp(log_n - log_base);
  const double base = parts[1] * power;
  gradient[Base(kAn)] = base * share_n;
  gradient[Base(kLogExponentN)] = -base * share_n * exponent_n * x[0];
  gradient[Base(kAd)] = base * (1 - share_n);
  gradient[Base(kLogExponentD)] = -base * (1 - share_n) * exponent_d * x[1];
  gradient[Base(kLogPower)] = base * log_base;
  for (int j = 0; j < kPenalties; ++j) {
    const auto k = static_cast<std::size_t>(j);
    double* g = gradient + Penalty(j, 0);
    g[kLogC] = parts[2 + k];
    for (int i = 0; i < 3; ++i) g[kInN + i] = parts[2 + k] * x[i];
    g[kLogSteepness] = parts[2 + k] * steepness[k] * x[3];
  }
  return largest + std::log(sum);
}

std::vector<Prior> BatchLaw::Priors() const {
  const auto base = [this](int place) { return static_cast<int>(Base(place)); };
  std::vector<Prior> priors = {{base(kLogExponentN), std::log(kTypicalExponent), 1},
                               {base(kLogExponentD), std::log(kTypicalExponent), 1},
                               {base(kLogPower), 0, 0.5}};
  for (int j = 0; j < kPenalties; ++j) {
    const PenaltyKind& kind = kKinds[static_cast<std::size_t>(j)];
    const auto at = [this, j](int place) { return static_cast<int>(Penalty(j, place)); };
    priors.push_back({at(kInN), 0, 1});
    priors.push_back({at(kInD), 0, 1});
    priors.push_back({at(kInBatch), kind.in_batch, 1});
    priors.push_back({at(kLogSteepness), std::log(kind.steepness), 0.5});
  }
  return priors;
}

// A floor e^12 below the larger coefficient changes the loss by less than any noise.
bool BatchLaw::FloorVanishes(const Vector& u) const {
  return first_ == 1 && u[0] < std::max(u[Base(kAn)], u[Base(kAd)]) - kVanished;
}

std::vector<NamedParameter> BatchLaw::Parameters(const Vector& u) const {
  std::vector<NamedParameter> named;
  named.push_back(FloorParameter(*this, setting_.fixed_floor, u));
  for (std::size_t k = 1; k < law_->parameters.size(); ++k) {
    const std::size_t place = static_cast<std::size_t>(first_) + k - 1;
    // The floor, the first parameter, is only in u where it is free, so places shift by one.
    // All of the base and the first and last of each penalty are logarithms.
    const bool in_base = k <= 5;
    const auto within = (k - 6) % 5;
    const bool logarithm = in_base || within == kLogC || within == kLogSteepness;
    named.push_back({std::string(law_->parameters[k].name),
                     logarithm ? std::exp(u[place]) : u[place],
                     false,
                     Component(static_cast<int>(place), Size()),
                     !logarithm});
  }
  return named;
}

// Starts are wanted for sizes and data alone, so each place is given its best loss: there the
// penalties are least.
std::vector<Vector> BatchLaw::Starts(const Sample& sample, int count) const {
  // The best loss of each size and data.
  std::map<std::pair<double, double>, double> best;
  for (int i = 0; i < sample.size(); ++i) {
    const double y = sample.y[static_cast<std::size_t>(i)];
    const auto [at, added] = best.emplace(std::pair(sample.Row(i)[0], sample.Row(i)[1]), y);
    at->second = std::min(at->second, y);
  }
  Sample cells;
  cells.variables = 2;
  for (const auto& [at, y] : best) {
    cells.x.insert(cells.x.end(), {at.first, at.second});
    cells.y.push_back(y);
    cells.w.push_back(1);
  }
  // The plain law is fitted about the same centres, so that its parameters can be taken over.
  const LawSetting plain_setting{setting_.fixed_floor,
                                 {setting_.log_centres[0], setting_.log_centres[1]}};
  const auto plain = MakePowerSum(SizeDataLaw(), plain_setting);
  std::vector<Vector> starts;
  constexpr int kVariants = 3;
  for (const Vector& u : plain->Starts(cells, (count + kVariants - 1) / kVariants)) {
    const double typical = std::max(u[Base(kAn)], u[Base(kAd)]);
    // How much of the loss the penalties are is not known, so several shares are tried.
    for (const double share : {0.03, 0.1, 0.3}) {
      Vector start = u;
      start.push_back(0);
      for (const PenaltyKind& kind : kKinds) {
        // Instability is steep and so hardly felt away from its edge: it begins ten times smaller.
        const double level = kind.steepness > 2 ? share / 10 : share;
        start.insert(start.end(),
                     {typical + std::log(level), 0, 0, kind.in_batch, std::log(kind.steepness)});
      }
      starts.push_back(std::move(start));
    }
  }
  if (static_cast<int>(starts.size()) > count) starts.resize(static_cast<std::size_t>(count));
  return starts;
}

double BatchLaw::LogBest(const Vector& u,
                         const double* x,
                         const Vector& lowest,
                         const Vector& highest) const {
  // Looks for the best batch and rate on a grid over what was measured, since penalties of this
  // kind may have no minimum of their own.
  constexpr int kBatches = 5;
  constexpr int kRates = 13;
  const auto at = [&](std::size_t variable, int i, int count) {
    return lowest[variable] + (highest[variable] - lowest[variable]) * i / (count - 1);
  };
  double best = std::numeric_limits<double>::infinity();
  for (int i = 0; i < kRates; ++i) {
    for (int j = 0; j < kBatches; ++j) {
      const std::array<double, 4> place = {x[0], x[1], at(2, j, kBatches), at(3, i, kRates)};
      best = std::min(best, LogValue(u.data(), place.data(), nullptr));
    }
  }
  return best;
}

std::shared_ptr<const LawModel> MakeBatchLaw(const LawInfo& law, const LawSetting& setting) {
  return std::make_shared<BatchLaw>(law, setting);
}

const LawInfo& LrBatchSizeDataLaw() {
  static const LawInfo law = {
      "lr-batch-size-data",
      "loss = floor + (coef_n * n^-exponent_n + coef_d * d^-exponent_d)^power + under + noise + "
      "unstable, each c * n^p * d^q * batch^r * lr^s, all over their geometric means",
      "the size-data law with posynomial penalties in learning rate and batch size",
      {Variable::kParams, Variable::kTokens, Variable::kBatch, Variable::kLr},
      {{"floor", Role::kFloor},
       {"coef_n", Role::kCoef, Variable::kParams},
       {"exponent_n", Role::kExponent, Variable::kParams},
       {"coef_d", Role::kCoef, Variable::kTokens},
       {"exponent_d", Role::kExponent, Variable::kTokens},
       {"power"},
       {"under_coef"},
       {"under_n"},
       {"under_d"},
       {"under_batch"},
       {"under_lr"},
       {"noise_coef"},
       {"noise_n"},
       {"noise_d"},
       {"noise_batch"},
       {"noise_lr"},
       {"unstable_coef"},
       {"unstable_n"},
       {"unstable_d"},
       {"unstable_batch"},
       {"unstable_lr"}},
      /*has_floor=*/true,
      /*fewest_values=*/3,
      MakeBatchLaw,
      /*centred=*/true};
  return law;
}

}  // namespace saelaw
