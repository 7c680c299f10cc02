// Averages are taken of ln loss, in which the laws are fitted and in which their errors are alike
// at all scales.
#include "fit/compare/comparison.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "fit/compare/candidates.h"
#include "fit/compare/discrepancy.h"
#include "fit/compare/law_score.h"
#include "fit/laws/usable_points.h"
#include "fit/solve/distributions.h"
#include "fit/solve/one_dimension.h"

namespace saelaw {
namespace {

// A law with less of the weight changes no digit of an average.
constexpr double kNegligible = 1e-3;

FitOptions Cheap(FitOptions options) {
  // Laws with priors are slow to fit, and their profiles slower: the local intervals say the same.
  options.interval_method = IntervalMethod::kSandwich;
  options.starts = std::min(options.starts, 3);
  return options;
}

ComparedLaw CompareOne(const CandidateLaw& candidate,
                       std::span<const Point> points,
                       const FitOptions& options,
                       bool discrepancy,
                       const RolledLaw& rolled) {
  ComparedLaw compared;
  compared.law = candidate.law;
  compared.unknown = candidate.unknown;
  if (compared.unknown) return compared;
  const LawInfo& law = *candidate.law;
  compared.fit = FitLaw(law, points, SlowToFit(law) ? Cheap(options) : options);
  if (!compared.fit.ok()) return compared;
  const std::vector<Point> usable = Usable(law, points).points;
  compared.aicc = Aicc(compared.fit, usable, options);
  if (!SlowToFit(law)) {
    const bool known = rolled.law == &law;
    compared.rolled = known ? rolled.scales : RollOrigin(law, ByScale(usable), options);
  }
  for (const RolledScale& pair : compared.rolled) {
    if (!pair.next() || !std::isfinite(pair.sd)) continue;
    ++compared.predicted;
    compared.inside += pair.inside ? 1 : 0;
  }
  if (discrepancy) AddDiscrepancy(points, compared.rolled, compared.fit);
  return compared;
}

std::set<std::size_t> PredictedScales(const ComparedLaw& compared) {
  std::set<std::size_t> scales;
  for (const RolledScale& pair : compared.rolled) {
    if (pair.next()) scales.insert(pair.scale);
  }
  return scales;
}

// Of the laws that could be rolled at all.
std::set<std::size_t> CommonScales(const std::vector<ComparedLaw>& laws) {
  std::set<std::size_t> common;
  bool first = true;
  for (const ComparedLaw& compared : laws) {
    const std::set<std::size_t> own = PredictedScales(compared);
    if (own.empty()) continue;
    if (first) common = own;
    first = false;
    std::erase_if(common, [&](std::size_t scale) { return own.count(scale) == 0; });
  }
  return common;
}

void SetErrors(const std::set<std::size_t>& common, std::vector<ComparedLaw>& laws) {
  for (ComparedLaw& compared : laws) {
    std::vector<RolledScale> next;
    for (const RolledScale& pair : compared.rolled) {
      if (pair.next() && common.count(pair.scale) > 0) next.push_back(pair);
    }
    compared.error = OneStepError(next);
  }
}

// Marks the laws that foretold what they had not seen about as well as the best did.
void SetWhatHolds(std::vector<ComparedLaw>& laws) {
  constexpr double kMuchWorse = 2;
  SetErrors(CommonScales(laws), laws);
  double least = std::numeric_limits<double>::infinity();
  for (const ComparedLaw& compared : laws) {
    if (compared.error < least) least = compared.error;
  }
  for (ComparedLaw& compared : laws) {
    const bool fitted = !compared.unknown && compared.fit.ok();
    compared.holds_up = fitted && !(compared.error > kMuchWorse * least);
  }
}

// The least AICc among the laws that hold up; infinite where none has one.
double LeastAicc(const std::vector<ComparedLaw>& laws) {
  double least = std::numeric_limits<double>::infinity();
  for (const ComparedLaw& compared : laws) {
    if (compared.holds_up && compared.aicc < least) least = compared.aicc;
  }
  return least;
}

void SetWeights(std::vector<ComparedLaw>& laws) {
  SetWhatHolds(laws);
  const double least = LeastAicc(laws);
  const bool any_rolled = std::any_of(
      laws.begin(), laws.end(), [](const auto& law) { return std::isfinite(law.error); });
  double total = 0;
  for (ComparedLaw& compared : laws) {
    if (!compared.holds_up) continue;
    const bool alike = !any_rolled || std::isfinite(compared.error);
    const double weight =
        std::isfinite(least) ? std::exp(-(compared.aicc - least) / 2) : (alike ? 1 : 0);
    // Not true of NaN either.
    if (weight > kNegligible) compared.weight = weight;
    total += compared.weight;
  }
  for (ComparedLaw& compared : laws) compared.weight /= total > 0 ? total : 1;
}

// What the laws say together at one place: each a normal distribution of ln loss with a width to
// either side, by weight. Its quantiles are those of the mixture, so that a law of little weight
// that sets no limit does not take the others' limits away.
class Mixture {
 public:
  explicit Mixture(double level) : level_(level), z_(NormalTwoSided(level)) {}

  void Add(double weight, const Interval& interval, double value) {
    if (!interval.known()) return;
    const double below = std::log(value / interval.lo) / z_;
    const double above = std::log(interval.hi / value) / z_;
    parts_.push_back({weight, std::log(value), std::min(below, kWidest), std::min(above, kWidest)});
  }

  // Unknown where no part has an interval.
  Interval Central() const {
    if (parts_.empty()) return {};
    return {std::exp(Quantile((1 - level_) / 2)), std::exp(Quantile((1 + level_) / 2))};
  }

 private:
  static constexpr double kWidest = 60;  // in ln: no limit

  struct Part {
    double weight;
    double centre;
    double below;
    double above;
  };

  double Below(double log_loss) const {
    double sum = 0;
    double total = 0;
    for (const Part& part : parts_) {
      const double distance = log_loss - part.centre;
      const double sd = distance < 0 ? part.below : part.above;
      const double step = distance < 0 ? 0 : 1;
      sum += part.weight * (sd > 0 ? NormalCdf(distance / sd) : step);
      total += part.weight;
    }
    return sum / total;
  }

  double Quantile(double share) const {
    const double centre = parts_.front().centre;
    return WhereItReaches(
        share, centre - 8 * kWidest, centre + 8 * kWidest, [this](double log_loss) {
          return Below(log_loss);
        });
  }

  double level_;
  double z_;
  std::vector<Part> parts_;
};

AveragedPrediction Average(const std::vector<ComparedLaw>& laws, const Point& at, double level) {
  AveragedPrediction average;
  average.averaged.at = at;
  double mean = 0;
  double square = 0;
  Mixture law(level), run(level);
  for (const ComparedLaw& compared : laws) {
    if (!(compared.weight > 0)) continue;
    const Prediction part = compared.fit.Predict(at);
    const double log_value = std::log(part.value);
    mean += compared.weight * log_value;
    square += compared.weight * log_value * log_value;
    law.Add(compared.weight, part.confidence, part.value);
    run.Add(compared.weight, part.prediction, part.value);
    average.parts.push_back(part);
  }
  average.averaged.value = std::exp(mean);
  // Rounding may take a variance of nothing below 0.
  average.between = std::sqrt(std::max(0.0, square - mean * mean));
  average.averaged.confidence = law.Central();
  average.averaged.prediction = run.Central();
  return average;
}

bool AnyWeight(const std::vector<ComparedLaw>& laws) {
  return std::any_of(
      laws.begin(), laws.end(), [](const ComparedLaw& law) { return law.weight > 0; });
}

}  // namespace

const ComparedLaw* Comparison::Nearest() const {
  const auto could =
      std::find_if(laws.begin(), laws.end(), [](const ComparedLaw& law) { return !law.unknown; });
  if (could != laws.end()) return &*could;
  return laws.empty() ? nullptr : &laws.front();
}

Comparison CompareLaws(std::span<const Point> points,
                       const FitOptions& options,
                       std::span<const Point> at,
                       bool discrepancy,
                       const RolledLaw& rolled) {
  Comparison comparison;
  comparison.level = options.level;
  for (const CandidateLaw& candidate : Candidates(points)) {
    comparison.laws.push_back(CompareOne(candidate, points, options, discrepancy, rolled));
  }
  SetWeights(comparison.laws);
  comparison.carried = AnyWeight(comparison.laws);
  if (!comparison.ok()) return comparison;
  for (const Point& place : at) {
    comparison.predictions.push_back(Average(comparison.laws, place, options.level));
  }
  return comparison;
}

}  // namespace saelaw
