// The grid is narrowed to where the weight lies, width by width, beginning with the widest edge.
// Log weights are carried until the end, since with many runs every likelihood underflows.
#include "fit/rates/edge_posterior.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

constexpr int kLotteries = 8;  // widths
constexpr int kCoarse = 33;    // places in ln edge and in the exponent, while the box is sought
constexpr int kFine = 49;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// Sums the log likelihood of all trials. Below `floor` a cell's weight counts as nothing, however
// little is still to come, and the sum is not carried on.
double LogLikelihood(
    const std::vector<EdgeTrial>& trials, double level, double slope, double width, double floor) {
  constexpr double kFar = 16;  // beyond it one of the two probabilities is 1 to within 1e-7
  double sum = 0;
  for (const EdgeTrial& trial : trials) {
    const double z = (trial.log_lr - level - slope * trial.x) / width;
    // ln P(fail) = -ln(1 + e^-z), ln P(survive) = ln P(fail) - z, without overflow.
    double log_fail = 0;
    if (z < -kFar) {
      log_fail = z;
    } else if (z < kFar) {
      log_fail = z > 0 ? -std::log1p(std::exp(-z)) : z - std::log1p(std::exp(z));
    }
    sum += trial.failed * log_fail + trial.survived * (log_fail - z);
    if (sum < floor) return -kInfinity;
  }
  return sum;
}

// Places are even in what they are places of: ln edge, or the exponent.
double At(double lo, double hi, int i, int count) { return lo + (hi - lo) * i / (count - 1); }

// Gives the probability that a run at log_lr fails, where the edge lies at `edge`.
double FailureAt(double edge, double log_lr, double width) {
  constexpr double kFar = 30;
  const double z = (log_lr - edge) / width;
  return z < -kFar ? 0 : 1 / (1 + std::exp(-z));
}

// Finds where an ascending probability reaches a value, beginning at a place near it, from below.
// The lower end is returned, because a rate that is slightly too low is safe.
template <typename Ascending>
double Solve(double near, double probability, Ascending at) {
  double lo = near;
  double hi = near;
  while (at(lo) > probability) lo -= 1;
  while (at(hi) < probability) hi += 1;
  constexpr int kHalvings = 12;  // to within 0.03 %
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (lo + hi) / 2;
    (at(middle) > probability ? hi : lo) = middle;
  }
  return lo;
}

// The grid's widths, the widest first and the sharp edge last.
double WidthAt(int k) {
  if (k == kLotteries) return kEdgeWidthSharp;
  return kEdgeWidthHigh * std::pow(kEdgeWidthLow / kEdgeWidthHigh, k / (kLotteries - 1.0));
}

// The value below which `share` of the weight lies, of pairs of value and weight.
double WeightedQuantile(std::vector<std::pair<double, double>> values, double share) {
  // The values are sorted as pairs, so that equal ones keep a fixed order.
  std::sort(values.begin(), values.end());
  double sum = 0;
  for (const auto& [value, weight] : values) {
    sum += weight;
    if (sum >= share) return value;
  }
  return values.back().first;
}

}  // namespace

// Works out log weights, among them those of the cells' areas, because boxes of different widths
// differ in size.
std::vector<EdgePosterior::Cell> EdgePosterior::Evaluate(const std::vector<EdgeTrial>& trials,
                                                         const Box& box,
                                                         double width,
                                                         int count) {
  // Weights are densities times areas, so that boxes of all widths can be added up.
  const double log_area =
      std::log((box.level_hi - box.level_lo) * (box.slope_hi - box.slope_lo) / (count * count));
  constexpr double kNothing = 25;  // ln
  double largest = -kInfinity;
  std::vector<Cell> cells;
  cells.reserve(static_cast<std::size_t>(count) * static_cast<std::size_t>(count));
  const double slope_step = (box.slope_hi - box.slope_lo) / (count - 1);
  for (int i = 0; i < count; ++i) {
    // Rows are shifted against each other, so that no line of a sharp edge's corner falls between
    // all of their places.
    constexpr double kGoldenRatio = 0.6180339887498949;
    const double shift = (std::fmod(i * kGoldenRatio, 1.0) - 0.5) * slope_step;
    for (int j = 0; j < count; ++j) {
      Cell cell{At(box.level_lo, box.level_hi, i, count),
                At(box.slope_lo, box.slope_hi, j, count) + shift,
                width,
                0};
      cell.weight = LogLikelihood(trials, cell.level, cell.slope, width, largest - kNothing);
      largest = std::max(largest, cell.weight);
      cell.weight += log_area - cell.slope * cell.slope / (2 * kEdgeExponentSd * kEdgeExponentSd);
      cells.push_back(cell);
    }
  }
  return cells;
}

// Draws the box around the cells that matter, with one place more on each side, so that no weight
// is cut off at an edge of the grid.
EdgePosterior::Box EdgePosterior::Shrink(const std::vector<Cell>& cells,
                                         const Box& box,
                                         int count) {
  constexpr double kNegligible = 16;  // ln
  double largest = -kInfinity;
  for (const Cell& cell : cells) largest = std::max(largest, cell.weight);
  Box shrunk{kInfinity, -kInfinity, kInfinity, -kInfinity};
  for (const Cell& cell : cells) {
    if (cell.weight < largest - kNegligible) continue;
    shrunk.level_lo = std::min(shrunk.level_lo, cell.level);
    shrunk.level_hi = std::max(shrunk.level_hi, cell.level);
    shrunk.slope_lo = std::min(shrunk.slope_lo, cell.slope);
    shrunk.slope_hi = std::max(shrunk.slope_hi, cell.slope);
  }
  const double level_step = (box.level_hi - box.level_lo) / (count - 1);
  const double slope_step = (box.slope_hi - box.slope_lo) / (count - 1);
  return {std::max(box.level_lo, shrunk.level_lo - level_step),
          std::min(box.level_hi, shrunk.level_hi + level_step),
          std::max(box.slope_lo, shrunk.slope_lo - slope_step),
          std::min(box.slope_hi, shrunk.slope_hi + slope_step)};
}

// Begins with the widest edge, as the cells of a sharper one lie within its box.
EdgePosterior::EdgePosterior(const std::vector<EdgeTrial>& trials) {
  double lowest = kInfinity;
  double highest = -kInfinity;
  for (const EdgeTrial& trial : trials) {
    lowest = std::min(lowest, trial.log_lr);
    highest = std::max(highest, trial.log_lr);
  }
  // The first box holds all that the priors allow.
  constexpr double kBeyond = 2;
  constexpr double kSds = 5;
  Box box{lowest - kBeyond, highest + kBeyond, -kSds * kEdgeExponentSd, kSds * kEdgeExponentSd};
  for (int k = 0; k <= kLotteries; ++k) {
    const double width = WidthAt(k);
    // The first box is a guess and the last edge is far sharper than the one before, so these two
    // are narrowed twice.
    const bool leap = k == 0 || k == kLotteries;
    for (int pass = 0; pass < (leap ? 2 : 1); ++pass) {
      box = Shrink(Evaluate(trials, box, width, kCoarse), box, kCoarse);
    }
    std::vector<Cell> cells = Evaluate(trials, box, width, kFine);
    box = Shrink(cells, box, kFine);
    if (k == kLotteries) {  // sharp: as much as all lotteries together
      for (Cell& cell : cells) cell.weight += std::log(kLotteries);
    }
    cells_.insert(cells_.end(), cells.begin(), cells.end());
  }
  Normalise();
}

// From log weights to weights that sum to 1; the largest is taken out first, since with many runs
// every likelihood underflows.
void EdgePosterior::Normalise() {
  double largest = -kInfinity;
  for (const Cell& cell : cells_) largest = std::max(largest, cell.weight);
  double total = 0;
  for (Cell& cell : cells_) total += cell.weight = std::exp(cell.weight - largest);
  for (Cell& cell : cells_) cell.weight /= total;
  constexpr double kNegligible = 1e-9;
  std::erase_if(cells_, [](const Cell& cell) { return cell.weight < kNegligible; });
  for (const Cell& cell : cells_) sharp_weight_ += cell.width == kEdgeWidthSharp ? cell.weight : 0;
}

double EdgePosterior::Mean(double x) const {
  double mean = 0;
  for (const Cell& cell : cells_) mean += cell.weight * (cell.level + cell.slope * x);
  return mean;
}

// Quantiles of the edge are those of the cells' own edges, each with its weight.
double EdgePosterior::Quantile(double x, double share) const {
  std::vector<std::pair<double, double>> values;
  values.reserve(cells_.size());
  for (const Cell& cell : cells_) values.emplace_back(cell.level + cell.slope * x, cell.weight);
  return WeightedQuantile(std::move(values), share);
}

double EdgePosterior::ExponentMean() const { return Mean(1) - Mean(0); }

double EdgePosterior::ExponentQuantile(double share) const {
  std::vector<std::pair<double, double>> values;
  values.reserve(cells_.size());
  for (const Cell& cell : cells_) values.emplace_back(cell.slope, cell.weight);
  return WeightedQuantile(std::move(values), share);
}

// Both kinds of edge take part, the sharp one with its own tiny width.
double EdgePosterior::WidthMean() const {
  double mean = 0;
  for (const Cell& cell : cells_) mean += cell.weight * cell.width;
  return mean;
}

double EdgePosterior::WidthQuantile(double share) const {
  std::vector<std::pair<double, double>> values;
  values.reserve(cells_.size());
  for (const Cell& cell : cells_) values.emplace_back(cell.width, cell.weight);
  return WeightedQuantile(std::move(values), share);
}

// This is the mean over the posterior of a single run's probability.
double EdgePosterior::FailureByAll(double x, double log_lr) const {
  double sum = 0;
  for (const Cell& cell : cells_)
    sum += cell.weight * FailureAt(cell.level + cell.slope * x, log_lr, cell.width);
  return sum;
}

double EdgePosterior::FailureProbability(double x, double log_lr) const {
  constexpr double kAllowed = 0.01;  // of the posterior
  double sum = 0;
  double sharp = 0;
  for (const Cell& cell : cells_) {
    const double share = cell.weight * FailureAt(cell.level + cell.slope * x, log_lr, cell.width);
    sum += share;
    if (cell.width == kEdgeWidthSharp) sharp += share;
  }
  return sharp_weight_ > kAllowed ? std::max(sum, sharp / sharp_weight_) : sum;
}

double EdgePosterior::LogRateOfFailure(double x, double probability) const {
  return Solve(Mean(x), probability, [&](double at) { return FailureProbability(x, at); });
}

double EdgePosterior::LogRateOfFailureByAll(double x, double probability) const {
  return Solve(Mean(x), probability, [&](double at) { return FailureByAll(x, at); });
}

}  // namespace saelaw
