// What the law of the best rate costs and whether its intervals hold, by simulation: valleys of
// many shapes, whose best rate falls as D^-0.3, and the rate that is advised for 64 times the
// largest size. The seeds are not those by which the rules of
// the law were chosen. One line of CSV per cell; see analysis/valleys/README.md.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "fit/fit.h"
#include "fit/solve/parallel.h"
#include "former.h"

namespace saelaw {
namespace {

using valleys::ByAllRates;
using valleys::ByPlaces;
using valleys::Size;

enum class Shape { kSymmetric, kSkewed, kQuartic, kPlateau };
enum class Rates { kGrid, kRandom, kFixed };

struct Cell {
  Shape shape = Shape::kSymmetric;
  double curvature = 0;
  int sizes = 3;
  Rates rates = Rates::kGrid;
  int count = 5;  // of rates
  double noise = 0.003;
  int seeds = 1;
};

constexpr double kExponent = -0.3;
constexpr double kFurther = 64;       // the target over the largest size
constexpr double kHalfRange = 1.386;  // of the rates about the optimum, in ln: a factor of 4

// The share by which the loss rises at z, in ln rate, from the optimum.
double Rise(const Cell& cell, double z) {
  constexpr double kRight = 0.4;
  constexpr double kHalfPlateau = 0.5;
  switch (cell.shape) {
    case Shape::kSymmetric:
      return cell.curvature * z * z;
    case Shape::kSkewed:
      return (z < 0 ? cell.curvature : kRight) * z * z;
    case Shape::kQuartic:
      return cell.curvature * z * z * z * z;
    case Shape::kPlateau:
      return cell.curvature * std::pow(std::max(0.0, std::abs(z) - kHalfPlateau), 2);
  }
  return 0;
}

double LogBest(double log_tokens) { return std::log(1e-3) + kExponent * log_tokens; }

// The rates of one size, in ln. Grids stand within half a step of the optimum's place, whatever
// their step, so that more rates over the same range are nothing else than more rates.
std::vector<double> DrawRates(const Cell& cell, double best, double middle, Random& draws) {
  std::vector<double> rates;
  const double shift = (draws.Uniform() - 0.5) * kHalfRange / 2;
  for (int i = 0; i < cell.count; ++i) {
    const double even = kHalfRange * (2.0 * i / (cell.count - 1) - 1);
    switch (cell.rates) {
      case Rates::kGrid:
        rates.push_back(best + shift + even);
        break;
      case Rates::kRandom:
        rates.push_back(best + shift + kHalfRange * (2 * draws.Uniform() - 1));
        break;
      case Rates::kFixed:
        rates.push_back(middle + even);
        break;
    }
  }
  return rates;
}

// The middle of rates that are the same for all sizes. The largest size's optimum stands so near to
// the lowest rate that, of five sizes, its best rate is the lowest; of three it is in three sweeps
// of five, so that a fifth of all sizes is censored either way.
double FixedMiddle(const Cell& cell, double step, Random& draws) {
  const double half_step = kHalfRange / (cell.count - 1);
  const double above_lowest =
      half_step * (cell.sizes > 3 ? 0.4 + 0.4 * draws.Uniform() : draws.Uniform() / 0.6);
  return LogBest(step * (cell.sizes - 1)) - above_lowest + kHalfRange;
}

struct Sweep {
  std::vector<Point> points;
  std::vector<Size> sizes;
};

Sweep DrawSweep(const Cell& cell, Random& draws) {
  const double step = cell.sizes > 3 ? std::log(2.0) : std::log(4.0);
  const double middle = FixedMiddle(cell, step, draws);
  Sweep sweep;
  for (int s = 0; s < cell.sizes; ++s) {
    Size size;
    size.log_tokens = step * s;
    const double best = LogBest(size.log_tokens);
    for (const double rate : DrawRates(cell, best, middle, draws)) {
      for (int seed = 0; seed < cell.seeds; ++seed) {
        const double log_loss = std::log(0.5 + std::exp(-0.3 * size.log_tokens)) +
                                std::log1p(Rise(cell, rate - best)) + cell.noise * draws.Normal();
        size.runs.push_back({rate, log_loss});
        Point point;
        point.tokens = 1e6 * std::exp(size.log_tokens);
        point.lr = std::exp(rate);
        point.loss = std::exp(log_loss);
        point.seed = seed;
        sweep.points.push_back(point);
      }
    }
    sweep.sizes.push_back(size);
  }
  return sweep;
}

struct Outcome {
  double regret = NAN;  // in per cent of the loss; NaN without a law
  double by_places = NAN;
  double by_all = NAN;
  bool covered = false;
  double width = NAN;  // of the interval, ln
  double off = NAN;
  int censored = 0;
};

Outcome Follow(const Cell& cell, int redraw) {
  Random draws(MixSeeds({77112903, static_cast<std::uint64_t>(redraw)}));
  const Sweep sweep = DrawSweep(cell, draws);
  const double target = sweep.sizes.back().log_tokens + std::log(kFurther);
  const double best = LogBest(target);
  const auto regret = [&](double log_rate) { return 100 * Rise(cell, log_rate - best); };
  const LrLawFit fit = FitLrLaw(sweep.points, {}, {});
  Outcome outcome;
  for (const LrOptimum& optimum : fit.optima) {
    outcome.censored += optimum.censoring != Censoring::kNone ? 1 : 0;
  }
  outcome.by_places = regret(ByPlaces(sweep.sizes, target));
  outcome.by_all = regret(ByAllRates(sweep.sizes, target));
  if (!fit.ok()) return outcome;
  Point at;
  at.tokens = 1e6 * std::exp(target);
  const Prediction prediction = fit.law.Predict(at);
  outcome.off = std::log(prediction.value) - best;
  outcome.regret = regret(std::log(prediction.value));
  outcome.covered =
      prediction.confidence.lo <= std::exp(best) && std::exp(best) <= prediction.confidence.hi;
  outcome.width = std::log(prediction.confidence.hi / prediction.confidence.lo);
  return outcome;
}

// The median of the numbers among the values.
double Median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return std::isnan(value); });
  if (values.empty()) return NAN;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string MakeName(const Cell& cell) {
  constexpr std::array<const char*, 4> kShapes = {"symmetric", "skewed", "quartic", "plateau"};
  constexpr std::array<const char*, 3> kRates = {"grid", "random", "fixed"};
  return fmt::format("{} {},{},{} {},{},{}",
                     kShapes.at(static_cast<std::size_t>(cell.shape)),
                     cell.curvature,
                     cell.sizes,
                     kRates.at(static_cast<std::size_t>(cell.rates)),
                     cell.count,
                     100 * cell.noise,
                     cell.seeds);
}

void Run(const Cell& cell, int redraws, int threads) {
  std::vector<Outcome> outcomes(static_cast<std::size_t>(redraws));
  ParallelFor(
      redraws, threads, [&](int i) { outcomes[static_cast<std::size_t>(i)] = Follow(cell, i); });
  std::vector<double> regrets;
  std::vector<double> places;
  std::vector<double> all;
  std::vector<double> widths;
  int answered = 0;
  int covered = 0;
  int censored = 0;
  double square = 0;
  for (const Outcome& one : outcomes) {
    regrets.push_back(one.regret);
    places.push_back(one.by_places);
    all.push_back(one.by_all);
    widths.push_back(one.width);
    answered += std::isnan(one.regret) ? 0 : 1;
    covered += one.covered ? 1 : 0;
    censored += one.censored;
    square += std::isnan(one.off) ? 0 : one.off * one.off;
  }
  fmt::print("{},{},{:.1f},{:.5f},{:.5f},{:.5f},{:.1f},{:.3f},{:.4f}\n",
             MakeName(cell),
             answered,
             100.0 * censored / redraws / cell.sizes,
             Median(regrets),
             Median(places),
             Median(all),
             100.0 * covered / answered,
             Median(widths),
             std::sqrt(square / answered));
  std::fflush(stdout);
}

std::vector<Cell> AllCells() {
  constexpr struct {
    Shape shape;
    double curvature;
  } kShapes[] = {{Shape::kSymmetric, 0.01},
                 {Shape::kSymmetric, 0.03},
                 {Shape::kSymmetric, 0.1},
                 {Shape::kSkewed, 0.05},
                 {Shape::kQuartic, 0.03},
                 {Shape::kPlateau, 0.1}};
  constexpr struct {
    Rates rates;
    int count;
  } kRates[] = {{Rates::kGrid, 5},
                {Rates::kGrid, 9},
                {Rates::kGrid, 17},
                {Rates::kRandom, 12},
                {Rates::kFixed, 5},
                {Rates::kFixed, 9}};
  std::vector<Cell> cells;
  for (const auto& [shape, curvature] : kShapes) {
    for (const int sizes : {3, 5}) {
      for (const double noise : {0.003, 0.01}) {
        for (const int seeds : {1, 3}) {
          for (const auto& [rates, count] : kRates) {
            cells.push_back({shape, curvature, sizes, rates, count, noise, seeds});
          }
        }
      }
    }
  }
  return cells;
}

}  // namespace
}  // namespace saelaw

// saelaw-simulate-valleys [REDRAWS [PART_OF_THE_CELLS'_NAME [THREADS]]]
int main(int argc, char** argv) {
  const int redraws = argc > 1 ? std::atoi(argv[1]) : 1000;
  const std::string part = argc > 2 ? argv[2] : "";
  const int threads = argc > 3 ? std::atoi(argv[3]) : 0;
  fmt::print(
      "valley,sizes,rates,noise %,seeds,answered,censored %,median regret %,0.1.0's,all rates',"
      "covered of 95 %,median width ln,rms off ln\n");
  for (const saelaw::Cell& cell : saelaw::AllCells()) {
    if (saelaw::MakeName(cell).find(part) != std::string::npos) saelaw::Run(cell, redraws, threads);
  }
}
