// The posterior of a logistic edge on a grid: P(fail) = 1/(1 + exp(-(ln lr - ln edge)/width)), with
// ln edge = level + slope · (ln D - centre). A grid needs no optimum, which separable data (every
// survivor below every failure, the usual case) does not have.
#include "fit/lr_edge.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "fit/lr_sweep.h"

namespace saelaw {
namespace {

// Priors: level flat; exponent normal around 0 (published lr exponents lie within ±0.7); ln width
// flat between a sharp edge and one where failures rise from 10 to 90 % over a factor of 9.
constexpr double kSlopeSd = 0.5;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kWidthLow = 0.03;
constexpr double kWidthHigh = 0.5;
constexpr int kWidths = 8;
constexpr int kLevels = 101;
constexpr int kSlopes = 81;

struct Trial {
  double x = 0;  // ln tokens - centre
  double log_lr = 0;
  int survived = 0;
  int failed = 0;
};

struct Range {
  double lo = 0;
  double hi = 0;
  double At(int i, int count) const { return lo + (hi - lo) * i / (count - 1); }
};

// Marginal over the width: weight of each (level, slope), summing to 1.
struct Cell {
  double level = 0;
  double slope = 0;
  double weight = 0;
};

double LogLikelihood(const std::vector<Trial>& trials, double level, double slope, double width) {
  double sum = 0;
  for (const Trial& trial : trials) {
    const double z = (trial.log_lr - level - slope * trial.x) / width;
    // ln P(fail) = -ln(1 + e^-z), ln P(survive) = -ln(1 + e^z), without overflow.
    const double log_fail = z > 0 ? -std::log1p(std::exp(-z)) : z - std::log1p(std::exp(z));
    sum += trial.failed * log_fail + trial.survived * (log_fail - z);
  }
  return sum;
}

// Turns log weights into weights that sum to 1; the largest is taken out first, since with many
// runs every likelihood underflows.
void Normalise(std::vector<Cell>& cells) {
  double largest = -kInfinity;
  for (const Cell& cell : cells) largest = std::max(largest, cell.weight);
  double total = 0;
  for (Cell& cell : cells) total += cell.weight = std::exp(cell.weight - largest);
  for (Cell& cell : cells) cell.weight /= total;
}

double LogSum(double a, double b) {
  const double larger = std::max(a, b);
  return std::isinf(larger) ? larger : larger + std::log1p(std::exp(-std::abs(a - b)));
}

std::vector<Cell> Posterior(const std::vector<Trial>& trials, Range levels, Range slopes) {
  std::vector<Cell> cells;
  const double step = std::log(kWidthHigh / kWidthLow) / (kWidths - 1);
  for (int i = 0; i < kLevels; ++i) {
    for (int j = 0; j < kSlopes; ++j) {
      Cell cell{levels.At(i, kLevels), slopes.At(j, kSlopes), -kInfinity};
      for (int k = 0; k < kWidths; ++k) {
        const double width = kWidthLow * std::exp(step * k);
        cell.weight = LogSum(cell.weight, LogLikelihood(trials, cell.level, cell.slope, width));
      }
      cell.weight -= cell.slope * cell.slope / (2 * kSlopeSd * kSlopeSd);
      cells.push_back(cell);
    }
  }
  Normalise(cells);
  return cells;
}

struct Moments {
  double mean = 0;
  double sd = 0;
};

template <typename Value>
Moments MomentsOf(const std::vector<Cell>& cells, Value value) {
  Moments moments;
  for (const Cell& cell : cells) moments.mean += cell.weight * value(cell);
  for (const Cell& cell : cells) {
    moments.sd += cell.weight * (value(cell) - moments.mean) * (value(cell) - moments.mean);
  }
  moments.sd = std::sqrt(moments.sd);
  return moments;
}

// The grid is laid twice: over everything possible, then over where the weight turned out to be.
std::vector<Cell> RefinedPosterior(const std::vector<Trial>& trials, Range levels) {
  constexpr double kSds = 6;
  Range slopes{-4 * kSlopeSd, 4 * kSlopeSd};
  const std::vector<Cell> coarse = Posterior(trials, levels, slopes);
  const Moments level = MomentsOf(coarse, [](const Cell& cell) { return cell.level; });
  const Moments slope = MomentsOf(coarse, [](const Cell& cell) { return cell.slope; });
  const double spacing = (levels.hi - levels.lo) / (kLevels - 1);
  const double reach = kSds * std::max(level.sd, spacing);
  levels = {std::max(levels.lo, level.mean - reach), std::min(levels.hi, level.mean + reach)};
  slopes = {std::max(slopes.lo, slope.mean - kSds * slope.sd),
            std::min(slopes.hi, slope.mean + kSds * slope.sd)};
  return Posterior(trials, levels, slopes);
}

template <typename Value>
double Quantile(const std::vector<Cell>& cells, double share, Value value) {
  std::vector<std::pair<double, double>> sorted;
  for (const Cell& cell : cells) sorted.emplace_back(value(cell), cell.weight);
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (const auto& [at, weight] : sorted) {
    sum += weight;
    if (sum >= share) return at;
  }
  return sorted.back().first;
}

template <typename Value>
Interval Quantiles(const std::vector<Cell>& cells, double level, Value value) {
  return {Quantile(cells, (1 - level) / 2, value), Quantile(cells, (1 + level) / 2, value)};
}

LrEdgeBracket BracketOf(const SweptSize& size) {
  LrEdgeBracket bracket;
  bracket.tokens = size.tokens;
  for (const SweptRate& rate : size.rates) {
    if (rate.failed > 0) {
      bracket.first_failure = rate.lr;
      break;
    }
    bracket.last_survivor = rate.lr;
  }
  return bracket;
}

std::vector<Trial> Trials(const LrSweep& sweep, double centre, Range& levels) {
  std::vector<Trial> trials;
  double lowest = kInfinity;
  double highest = -kInfinity;
  for (const SweptSize& size : sweep.sizes) {
    for (const SweptRate& rate : size.rates) {
      trials.push_back({std::log(size.tokens) - centre,
                        std::log(rate.lr),
                        static_cast<int>(rate.log_losses.size()),
                        rate.failed});
      lowest = std::min(lowest, trials.back().log_lr);
      highest = std::max(highest, trials.back().log_lr);
    }
  }
  constexpr double kBeyond = 2;  // ln: the edge at the centre may lie outside the swept rates
  levels = {lowest - kBeyond, highest + kBeyond};
  return trials;
}

// The mean of ln tokens over the sizes with a bracket.
double Centre(const std::vector<LrEdgeBracket>& brackets, int& bracketed) {
  double sum = 0;
  bracketed = 0;
  for (const LrEdgeBracket& bracket : brackets) {
    if (bracket.last_survivor == 0 || bracket.first_failure == 0) continue;
    sum += std::log(bracket.tokens);
    ++bracketed;
  }
  return bracketed > 0 ? sum / bracketed : 0;
}

std::string WhyRefused(const LrSweep& sweep, int bracketed) {
  int failed = 0;
  for (const SweptSize& size : sweep.sizes) {
    for (const SweptRate& rate : size.rates) failed += rate.failed;
  }
  if (failed == 0) return "no run failed: the stability edge lies above the swept rates";
  if (bracketed > 0) return "";
  return "no size has a surviving rate below a failed one: the stability edge is not bracketed";
}

void FillLaw(std::vector<Cell> cells, double centre, double level, LrEdgeFit& fit) {
  LawFit& law = fit.law;
  // Cells without weight decide nothing.
  std::erase_if(cells, [](const Cell& cell) { return cell.weight < 1e-9; });
  const auto at = [centre](double log_tokens) {
    return [x = log_tokens - centre](const Cell& cell) { return cell.level + cell.slope * x; };
  };
  const auto slope_of = [](const Cell& cell) { return cell.slope; };
  const Interval coef = Quantiles(cells, level, at(0));
  law.params = {
      {"coef",
       std::exp(MomentsOf(cells, at(0)).mean),
       {std::exp(coef.lo), std::exp(coef.hi)},
       false},
      {"exponent", MomentsOf(cells, slope_of).mean, Quantiles(cells, level, slope_of), false}};
  fit.quantile = [cells, at](double tokens, double share) {
    return std::exp(Quantile(cells, share, at(std::log(tokens))));
  };
  law.predictor = [cells = std::move(cells), at, level](const Point& where) {
    const auto value = at(std::log(where.tokens));
    const Interval log = Quantiles(cells, level, value);
    Prediction prediction;
    prediction.at = where;
    prediction.value = std::exp(MomentsOf(cells, value).mean);
    prediction.confidence = {std::exp(log.lo), std::exp(log.hi)};
    // Of a run there is no interval: it survives or does not.
    return prediction;
  };
}

}  // namespace

double LrEdgeFit::LowerBound(double tokens) const {
  constexpr double kBeyond = 0.01;
  return quantile(tokens, kBeyond);
}

LrEdgeFit FitLrEdge(std::span<const Point> survived,
                    std::span<const Point> failed,
                    const FitOptions& options) {
  LrSweep sweep = SortSweep(survived, failed);
  LrEdgeFit fit;
  for (const SweptSize& size : sweep.sizes) fit.brackets.push_back(BracketOf(size));
  int bracketed = 0;
  const double centre = Centre(fit.brackets, bracketed);
  LawFit& law = fit.law;
  law.law = "lr-edge";
  law.estimator = "logistic edge in ln lr and ln tokens";
  law.interval_method = "none";
  law.level = options.level;
  law.n_points = static_cast<int>(survived.size() + failed.size());
  law.refusal = WhyRefused(sweep, bracketed);
  law.dropped = std::move(sweep.unusable);
  if (!law.ok()) return fit;
  if (bracketed == 1) {
    fit.warnings.push_back(
        fmt::format("bracketed at one size only: the exponent is the prior's (0 ± {})", kSlopeSd));
  }
  Range levels;
  const std::vector<Trial> trials = Trials(sweep, centre, levels);
  law.interval_method = "posterior on a grid";
  law.converged = true;
  FillLaw(RefinedPosterior(trials, levels), centre, options.level, fit);
  law.warnings = fit.warnings;
  return fit;
}

}  // namespace saelaw
