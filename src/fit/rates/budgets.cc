// Budgets are clusters of real compute. Within one, a run with a little more compute has a little
// less loss and a somewhat larger best size, and both are taken out before the valleys are fitted.
#include "fit/rates/budgets.h"

#include <algorithm>
#include <cmath>

#include "fit/rates/lr_optimum.h"
#include "fit/solve/line_fit.h"

namespace saelaw {
namespace {

constexpr double kSame = 0.01;      // of ln compute: always one budget
constexpr double kDifferent = 0.4;  // always two

// The gap from which on budgets differ: where the sorted gaps jump by the largest factor.
double Threshold(const std::vector<Point>& points) {
  std::vector<double> gaps = {kSame, kDifferent};
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double gap = std::log(points[i].compute / points[i - 1].compute);
    if (gap > kSame && gap < kDifferent) gaps.push_back(gap);
  }
  std::sort(gaps.begin(), gaps.end());
  double threshold = kSame;
  double largest = 1;
  for (std::size_t i = 1; i < gaps.size(); ++i) {
    if (gaps[i] / gaps[i - 1] <= largest) continue;
    largest = gaps[i] / gaps[i - 1];
    threshold = std::sqrt(gaps[i] * gaps[i - 1]);
  }
  return threshold;
}

std::vector<Budget> SplitAt(const std::vector<Point>& points, double threshold) {
  std::vector<Budget> budgets;
  for (const Point& point : points) {
    const bool same =
        !budgets.empty() && std::log(point.compute / budgets.back().back().compute) < threshold;
    if (!same) budgets.emplace_back();
    budgets.back().push_back(point);
  }
  return budgets;
}

// How the best loss and the best size move with compute, in logarithms.
struct Slopes {
  double loss = 0;
  double size = 0;
};

// The runs as a sweep whose rate is params, at their budget's compute.
std::vector<Point> AsSweep(const std::vector<Budget>& budgets, const std::vector<Slopes>& slopes) {
  constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
  std::vector<Point> sweep;
  for (std::size_t b = 0; b < budgets.size(); ++b) {
    const double compute = MeanCompute(budgets[b]);
    for (Point point : budgets[b]) {
      // The sweep's own fields are used under other names: tokens hold compute, and the rate holds
      // params.
      const double more = std::log(point.compute / compute);
      point.tokens = compute;
      point.lr = point.params * std::exp(-slopes[b].size * more);
      point.loss *= std::exp(-slopes[b].loss * more);
      // All runs of a budget are one sweep, so nothing else may tell them apart.
      point.params = point.batch = kNan;
      sweep.push_back(point);
    }
  }
  return sweep;
}

// The slope of y against x about a place, by the two or three nearest points.
double SlopeAbout(const std::vector<double>& x, const std::vector<double>& y, std::size_t at) {
  if (x.size() < 2) return 0;
  const std::size_t low = at == 0 ? 0 : at - 1;
  const std::size_t high = std::min(at + 1, x.size() - 1);
  return (y[high] - y[low]) / (x[high] - x[low]);
}

std::vector<Slopes> ComputeSlopes(const BudgetValleys& found) {
  std::vector<double> x;
  std::vector<double> y;
  for (const ComputeOptimum& optimum : found.optima) {
    x.push_back(std::log(optimum.compute));
    y.push_back(std::log(optimum.loss));
  }
  std::vector<Slopes> slopes(found.optima.size());
  const bool line = found.law.ok() && !found.law.centre.empty();
  for (std::size_t b = 0; b < slopes.size(); ++b) {
    slopes[b] = {SlopeAbout(x, y, b), line ? found.law.Slope(0, 0).value : 0};
  }
  return slopes;
}

// A line needs two budgets whose best size lies inside the runs.
bool HasLine(const SweptSizes& sizes) {
  std::vector<LinePoint> points;
  for (const LrOptimum& optimum : sizes.optima) {
    if (optimum.censoring == Censoring::kNone) points.push_back({{std::log(optimum.tokens)}, 0, 1});
  }
  return points.size() >= 2 && Determines(points);
}

BudgetValleys FitOnce(const std::vector<Point>& sweep) {
  BudgetValleys found;
  const RateTable table = MakeRateTable(sweep, {});
  found.dropped = table.failures;
  SweptSizes sizes = DescribeSizes(table);
  for (std::size_t g = 0; g < sizes.of.size(); ++g) {
    sizes.valleys.groups[g].place = {std::log(sizes.optima[sizes.of[g]].tokens)};
  }
  if (sizes.valleys.groups.empty()) {
    found.law.refusal = refusal::NoRunAtBudgets{};
  } else {
    found.law = HasLine(sizes) ? FitValleyLaw(sizes.valleys) : FitValleysAlone(sizes.valleys);
  }
  FillOptima(found.law, sizes);
  for (const LrOptimum& optimum : sizes.optima) {
    found.optima.push_back({optimum.tokens,
                            optimum.lr,
                            std::numeric_limits<double>::quiet_NaN(),
                            optimum.sd_ln,
                            optimum.loss,
                            optimum.points_used,
                            optimum.censoring});
  }
  return found;
}

}  // namespace

std::vector<Budget> SplitByBudget(const std::vector<Point>& points) {
  std::vector<Budget> budgets = SplitAt(points, Threshold(points));
  // A list of optima has some whose compute is alike by chance; budgets of runs have three and
  // more.
  constexpr std::size_t kFewest = 3;
  const bool runs = std::any_of(budgets.begin(), budgets.end(), [](const Budget& budget) {
    return budget.size() >= kFewest;
  });
  return runs ? budgets : SplitAt(points, kSame);
}

double MeanCompute(const Budget& budget) {
  double sum = 0;
  for (const Point& point : budget) sum += std::log(point.compute);
  return std::exp(sum / static_cast<double>(budget.size()));
}

BudgetValleys FitBudgets(const std::vector<Budget>& budgets) {
  BudgetValleys found = FitOnce(AsSweep(budgets, std::vector<Slopes>(budgets.size())));
  // The slopes come from the fit that they correct, and settle at once: they are small.
  constexpr int kRounds = 2;
  for (int round = 0; round < kRounds && found.optima.size() == budgets.size(); ++round) {
    found = FitOnce(AsSweep(budgets, ComputeSlopes(found)));
  }
  return found;
}

}  // namespace saelaw
