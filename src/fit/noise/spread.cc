// One variable is looked for, not a function of all: with a few dozen points a variance function of
// more than one variable is a guess.
#include "fit/noise/spread.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace saelaw {
namespace {

constexpr int kFewest = 12;
constexpr int kSixth = 6;
constexpr double kPrior = 2;

// Places of the values in ascending order; ties keep the order of the points.
std::vector<int> SortOrder(const Vector& values) {
  std::vector<int> order(values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)];
  });
  return order;
}

// Ranks from 1; ties share their mean.
Vector Ranks(const Vector& values) {
  const std::vector<int> order = SortOrder(values);
  Vector ranks(values.size());
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    const double value = values[static_cast<std::size_t>(order[i])];
    while (end < order.size() && values[static_cast<std::size_t>(order[end])] == value) ++end;
    const double rank = static_cast<double>(i + 1 + end) / 2;
    for (; i < end; ++i) ranks[static_cast<std::size_t>(order[i])] = rank;
  }
  return ranks;
}

// Spearman's correlation times √(n - 1).
double Trend(const Vector& along, const Vector& sizes) {
  const auto n = static_cast<double>(along.size());
  const double mean = (n + 1) / 2;
  double product = 0, a = 0, b = 0;
  for (std::size_t i = 0; i < along.size(); ++i) {
    product += (along[i] - mean) * (sizes[i] - mean);
    a += (along[i] - mean) * (along[i] - mean);
    b += (sizes[i] - mean) * (sizes[i] - mean);
  }
  return a > 0 && b > 0 ? product / std::sqrt(a * b) * std::sqrt(n - 1) : 0;
}

// Wilcoxon's rank sum of the points between two places of the order, in its own sds.
double RankSum(const std::vector<int>& order,
               const Vector& sizes,
               std::size_t from,
               std::size_t to) {
  const auto n = static_cast<double>(order.size());
  const auto m = static_cast<double>(to - from);
  double sum = 0;
  for (std::size_t i = from; i < to; ++i) sum += sizes[static_cast<std::size_t>(order[i])];
  return (sum - m * (n + 1) / 2) / std::sqrt(m * (n - m) * (n + 1) / 12);
}

std::size_t Sixth(std::size_t n) { return std::max<std::size_t>(4, n / kSixth); }

double Strength(const Vector& along, const Vector& sizes) {
  const std::vector<int> order = SortOrder(along);
  const std::size_t n = order.size();
  const std::size_t sixth = Sixth(n);
  return std::max({std::abs(Trend(Ranks(along), sizes)),
                   std::abs(RankSum(order, sizes, 0, sixth)),
                   std::abs(RankSum(order, sizes, n - sixth, n))});
}

// One variable's logarithms, or the sum of all of them, rounded: products of sizes that were made
// equal differ in their last bits.
Vector Column(const Sample& sample, int variable) {
  constexpr double kDigits = 1e9;
  Vector column;
  for (int i = 0; i < sample.size(); ++i) {
    const double* row = sample.Row(i);
    const double value =
        variable < sample.variables ? row[variable] : std::accumulate(row, row + variable, 0.0);
    column.push_back(std::round(value * kDigits));
  }
  return column;
}

// Root mean squares of the windows, over that of all.
void FillWindows(const Vector& residuals, Spread& spread) {
  const std::size_t n = residuals.size();
  const auto window = std::max<std::size_t>(8, n / kSixth);
  spread.window = static_cast<int>(window);
  spread.relative.resize(n);
  spread.first.resize(n);
  Vector sums(n + 1);  // of squares up to each place of the order
  for (std::size_t place = 0; place < n; ++place) {
    const double r = residuals[static_cast<std::size_t>(spread.order[place])];
    sums[place + 1] = sums[place] + r * r;
  }
  const double all = sums[n] / static_cast<double>(n);
  for (std::size_t place = 0; place < n; ++place) {
    const std::size_t first = std::min(place - std::min(place, window / 2), n - window);
    const double square = (sums[first + window] - sums[first] + kPrior * all) /
                          (static_cast<double>(window) + kPrior);
    const auto point = static_cast<std::size_t>(spread.order[place]);
    spread.relative[point] = std::sqrt(square / all);
    spread.first[point] = static_cast<int>(first);
  }
}

}  // namespace

Spread FindSpread(const Sample& sample, const Vector& residuals) {
  if (sample.size() < kFewest) return {};
  Vector sizes = residuals;
  for (double& size : sizes) size = std::abs(size);
  if (!(*std::max_element(sizes.begin(), sizes.end()) > 0)) return {};
  sizes = Ranks(sizes);
  Spread spread;
  Vector along;
  // With several variables also along their product, which for a size and data is the compute.
  const int directions = sample.variables + (sample.variables > 1 ? 1 : 0);
  for (int variable = 0; variable < directions; ++variable) {
    const Vector column = Column(sample, variable);
    const double strength = Strength(column, sizes);
    if (strength <= spread.strength) continue;
    spread.strength = strength;
    spread.variable = variable;
    along = column;
  }
  if (!(spread.strength > kUneven)) return {};
  spread.order = SortOrder(along);
  FillWindows(residuals, spread);
  // The mean square of the points is that of all again.
  double square = 0;
  for (const double relative : spread.relative) square += relative * relative;
  const double scale = std::sqrt(square / static_cast<double>(sample.size()));
  for (double& relative : spread.relative) relative /= scale;
  return spread;
}

}  // namespace saelaw
