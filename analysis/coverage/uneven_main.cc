// Do intervals cover where the noise of a table differs between its points? Every method on the
// same redraws of the same designs, whose cells and seeds are fixed below. Writes one line of CSV
// per cell, method and quantity; analysis/coverage/README.md.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "fit/fit.h"
#include "fit/solve/parallel.h"

namespace saelaw {
namespace {

// How many times larger the noise of a point is; `share` is its place from 0 (smallest) to 1.
using Growth = std::function<double(double share)>;

Growth Sixth(double times) {
  return [times](double share) { return share < 1.0 / 6 ? times : 1.0; };
}
Growth Power(double times) {
  return [times](double share) { return std::pow(times, 1 - share); };
}

enum class Along { kTokens, kParams, kCompute };

// A grid of 12 sizes by 20 token counts, the runs of Hoffmann et al. 2022 as read off their figure
// (tests/fit/data), and six token counts of three seeds.
enum class Runs { kGrid, kPublished, kSeeds };

struct Cell {
  const char* name;
  Runs runs;
  Along along;
  Growth growth;
};

const Cell kCells[] = {
    {"240-even", Runs::kGrid, Along::kTokens, Sixth(1)},
    {"240-sixth-of-tokens-x2", Runs::kGrid, Along::kTokens, Sixth(2)},
    {"240-sixth-of-tokens-x3", Runs::kGrid, Along::kTokens, Sixth(3)},
    {"240-sixth-of-compute-x2.5", Runs::kGrid, Along::kCompute, Sixth(2.5)},
    {"240-sixth-of-params-x3", Runs::kGrid, Along::kParams, Sixth(3)},
    {"240-power-of-tokens-x4", Runs::kGrid, Along::kTokens, Power(4)},
    {"published-even", Runs::kPublished, Along::kTokens, Sixth(1)},
    {"published-sixth-of-tokens-x2.5", Runs::kPublished, Along::kTokens, Sixth(2.5)},
    {"published-sixth-of-compute-x2", Runs::kPublished, Along::kCompute, Sixth(2)},
    {"published-sixth-of-compute-x3", Runs::kPublished, Along::kCompute, Sixth(3)},
    {"18-even", Runs::kSeeds, Along::kTokens, Power(1)},
    {"18-power-of-tokens-x3", Runs::kSeeds, Along::kTokens, Power(3)},
    {"18-sixth-of-tokens-x3", Runs::kSeeds, Along::kTokens, Sixth(3)}};

struct Method {
  const char* name;
  Estimator estimator;
  IntervalMethod intervals;
  bool uneven;
};

constexpr Method kMethods[] = {
    {"huber-residual-pooled", Estimator::kHuberLog, IntervalMethod::kBootstrapResidual, false},
    {"huber-residual", Estimator::kHuberLog, IntervalMethod::kBootstrapResidual, true},
    {"huber-case", Estimator::kHuberLog, IntervalMethod::kBootstrapCase, true},
    {"huber-sandwich", Estimator::kHuberLog, IntervalMethod::kSandwich, true},
    {"squares-profile-pooled", Estimator::kLeastSquaresLog, IntervalMethod::kProfileF, false},
    {"squares-profile", Estimator::kLeastSquaresLog, IntervalMethod::kProfileF, true},
    {"squares-sandwich", Estimator::kLeastSquaresLog, IntervalMethod::kSandwich, true},
    {"squares-case", Estimator::kLeastSquaresLog, IntervalMethod::kBootstrapCase, true}};

constexpr double kNoise = 0.005;
// Of no draw that the rules of intervals were set with (20261128).
constexpr std::uint64_t kSeed = 20261205;
// Hoffmann et al. 2022, eq. 10; without sizes the law of coverage_main.cc.
double Truth(const Point& point) {
  if (std::isnan(point.params)) return 1 + std::pow(point.tokens / 1e6, -0.3);
  return 1.69 + 406.4 * std::pow(point.params, -0.34) + 410.7 * std::pow(point.tokens, -0.28);
}

std::vector<Point> Design(const Cell& cell) {
  if (cell.runs == Runs::kPublished) {
    return ReadCsvPoints("tests/fit/data/kyo_chinchilla_234.csv", "tokens=D,params=N,loss=loss")
        .points;
  }
  std::vector<Point> points;
  for (int i = 0; i < (cell.runs == Runs::kGrid ? 240 : 18); ++i) {
    Point point;
    if (cell.runs == Runs::kGrid) {
      point.params = 5e7 * std::pow(300, i % 12 / 11.0);
      point.tokens = 1e9 * std::pow(500, i / 12 / 19.0);
    } else {
      point.tokens = 1e6 * std::pow(2, i / 3);
      point.seed = i % 3 + 1;
    }
    points.push_back(point);
  }
  return points;
}

double Share(const Cell& cell, const Point& point, const std::vector<Point>& points) {
  const auto along = [&](const Point& of) {
    if (cell.along == Along::kTokens) return of.tokens;
    return cell.along == Along::kParams ? of.params : of.params * of.tokens;
  };
  double below = 0;
  for (const Point& other : points) below += along(other) < along(point) ? 1 : 0;
  return below / static_cast<double>(points.size());
}

Point Further(const Cell& cell) {
  Point at;
  at.tokens = cell.runs != Runs::kSeeds ? 4e12 : 2.56e8;
  if (cell.runs != Runs::kSeeds) at.params = 7e10;
  return at;
}

struct Counts {
  int fits = 0, law = 0, exponent = 0, floor = 0, told = 0;
  double width = 0;  // of the law's interval, in ln
};

bool Holds(const Interval& interval, double value) {
  return interval.lo <= value && value <= interval.hi;
}

Counts Simulate(const Cell& cell, const Method& method, int redraws, int resamples) {
  const std::vector<Point> design = Design(cell);
  std::vector<double> sds;
  for (const Point& point : design) {
    sds.push_back(kNoise * cell.growth(Share(cell, point, design)));
  }
  std::vector<Counts> each(static_cast<std::size_t>(redraws));
  ParallelFor(redraws, 1, [&](int redraw) {
    Random random(MixSeeds({kSeed, static_cast<std::uint64_t>(redraw)}));
    std::vector<Point> points = design;
    for (std::size_t i = 0; i < points.size(); ++i) {
      points[i].loss = Truth(points[i]) * std::exp(sds[i] * random.Normal());
    }
    FitOptions options;
    options.estimator = method.estimator;
    options.interval_method = method.intervals;
    options.uneven_noise = method.uneven;
    options.bootstrap_resamples = resamples;
    options.threads = 1;
    const bool sized = cell.runs != Runs::kSeeds;
    const LawFit fit = FitLaw(sized ? "size-data" : "data", points, options);
    if (!fit.ok()) return;
    Counts& counts = each[static_cast<std::size_t>(redraw)];
    const Point at = Further(cell);
    const Interval law = fit.Predict(at).confidence;
    const Parameter* exponent = fit.Find(Role::kExponent, Variable::kTokens);
    counts = {1,
              Holds(law, Truth(at)) ? 1 : 0,
              Holds(exponent->interval, sized ? 0.28 : 0.3) ? 1 : 0,
              Holds(fit.Find(Role::kFloor)->interval, sized ? 1.69 : 1) ? 1 : 0,
              0,
              std::log(law.hi / law.lo)};
    counts.told += FindWarning<warning::UnevenNoise>(fit.warnings) != nullptr ? 1 : 0;
  });
  Counts all;
  for (const Counts& one : each) {
    all.fits += one.fits, all.law += one.law, all.exponent += one.exponent;
    all.floor += one.floor, all.told += one.told, all.width += one.width;
  }
  return all;
}

}  // namespace
}  // namespace saelaw

int main(int argc, char** argv) {
  using namespace saelaw;  // NOLINT: the program is of one file
  const int redraws = argc > 1 ? std::atoi(argv[1]) : 400;
  const int resamples = argc > 2 ? std::atoi(argv[2]) : 200;
  const std::string only = argc > 3 ? argv[3] : "";
  fmt::print("cell,method,fits,law,exponent,floor,width,told\n");
  for (const Cell& cell : kCells) {
    for (const Method& method : kMethods) {
      const std::string name = fmt::format("{} {}", cell.name, method.name);
      if (name.find(only) == std::string::npos) continue;
      const Counts counts = Simulate(cell, method, redraws, resamples);
      const double fits = counts.fits;
      fmt::print("{},{},{},{:.3f},{:.3f},{:.3f},{:.4f},{:.3f}\n",
                 cell.name,
                 method.name,
                 counts.fits,
                 counts.law / fits,
                 counts.exponent / fits,
                 counts.floor / fits,
                 counts.width / fits,
                 counts.told / fits);
      std::fflush(stdout);
    }
  }
}
