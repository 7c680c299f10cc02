// How often intervals contain the truth, by simulation: cells and seeds are fixed below, before any
// result is seen. Writes one line of CSV per cell, level and quantity; analysis/coverage/README.md.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numbers>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "fit/law_fit.h"
#include "fit/lr_law.h"
#include "fit/parallel.h"

namespace saelaw {
namespace {

enum class Fault { kNone, kOneDiverged, kOneCensored };

struct Cell {
  const char* name;
  bool lr_law;  // a sweep of rates, else losses alone
  int sizes;
  int seeds;
  double noise;  // of ln loss
  double range;  // largest over smallest number of tokens
  double floor;  // against a coefficient of 1 at the smallest size
  double exponent;
  Fault fault;
};

constexpr double kLrExponent = -0.3;
constexpr double kCurvature = 0.1;  // as measured: a factor of 2 costs 5 %
constexpr int kRates = 5;

constexpr Cell kCells[] = {
    {"loss-6x3-0.5%-32", false, 6, 3, 0.005, 32, 1, 0.3, Fault::kNone},
    {"loss-5x2-0.3%-16", false, 5, 2, 0.003, 16, 0.5, 0.3, Fault::kNone},
    {"loss-5x3-1%-16", false, 5, 3, 0.01, 16, 0.5, 0.3, Fault::kNone},
    {"loss-7x3-1%-64", false, 7, 3, 0.01, 64, 0.5, 0.3, Fault::kNone},
    {"loss-7x2-0.3%-64", false, 7, 2, 0.003, 64, 0.5, 0.5, Fault::kNone},
    {"loss-6x3-0.5%-32-floor-0", false, 6, 3, 0.005, 32, 0, 0.3, Fault::kNone},
    {"loss-5x2-1%-16-floor-0", false, 5, 2, 0.01, 16, 0, 0.3, Fault::kNone},
    {"loss-7x2-0.3%-64-floor-0", false, 7, 2, 0.003, 64, 0, 0.2, Fault::kNone},
    {"loss-6x3-0.5%-32-diverged", false, 6, 3, 0.005, 32, 0.5, 0.3, Fault::kOneDiverged},
    {"loss-6x2-0.5%-32-size-lost", false, 6, 2, 0.005, 32, 0.5, 0.3, Fault::kOneCensored},
    {"lr-6x3-0.5%-32", true, 6, 3, 0.005, 32, 0.5, 0.3, Fault::kNone},
    {"lr-5x2-1%-16", true, 5, 2, 0.01, 16, 0.5, 0.3, Fault::kNone},
    {"lr-7x2-0.3%-64", true, 7, 2, 0.003, 64, 0.5, 0.3, Fault::kNone},
    {"lr-6x3-0.5%-32-diverged", true, 6, 3, 0.005, 32, 0.5, 0.3, Fault::kOneDiverged},
    {"lr-6x3-0.5%-32-censored", true, 6, 3, 0.005, 32, 0.5, 0.3, Fault::kOneCensored},
};

// Normal deviates by Box-Muller, so that a seed means the same everywhere.
class Noise {
 public:
  explicit Noise(std::uint64_t seed) : generator_(seed) {}
  double Uniform() { return (static_cast<double>(generator_() >> 11) + 0.5) * 0x1.0p-53; }
  double Normal() {
    return std::sqrt(-2 * std::log(Uniform())) * std::cos(2 * std::numbers::pi * Uniform());
  }
  int Below(int count) { return static_cast<int>(Uniform() * count); }

 private:
  std::mt19937_64 generator_;
};

double Tokens(const Cell& cell, int size) {
  return 1e6 * std::pow(cell.range, size / (cell.sizes - 1.0));
}

double TrueLoss(const Cell& cell, double tokens) {
  return cell.floor + std::pow(tokens / 1e6, -cell.exponent);
}

double TrueRate(double tokens) { return 1e-3 * std::pow(tokens / 1e6, kLrExponent); }

std::vector<Point> DrawLosses(const Cell& cell, Noise& noise) {
  std::vector<Point> points;
  const int lost = cell.fault == Fault::kOneCensored ? noise.Below(cell.sizes) : -1;
  for (int size = 0; size < cell.sizes; ++size) {
    for (int seed = 0; seed < cell.seeds; ++seed) {
      Point point;
      point.tokens = Tokens(cell, size);
      point.seed = seed;
      point.loss = TrueLoss(cell, point.tokens) * std::exp(cell.noise * noise.Normal());
      if (size != lost) points.push_back(point);
    }
  }
  if (cell.fault == Fault::kOneDiverged) {
    points[static_cast<std::size_t>(noise.Below(static_cast<int>(points.size())))].loss = NAN;
  }
  return points;
}

// Rates a factor of 2 apart, whose middle one lies up to half a step beside the optimum. A censored
// size's grid ends below its optimum.
std::vector<Point> DrawSweep(const Cell& cell, double tokens, bool censored, Noise& noise) {
  std::vector<Point> points;
  const double shift = noise.Uniform() - 0.5 - (censored ? 2.5 : 0);
  for (int rate = 0; rate < kRates; ++rate) {
    for (int seed = 0; seed < cell.seeds; ++seed) {
      Point point;
      point.tokens = tokens;
      const double z = (rate - (kRates - 1) / 2.0 + shift) * std::numbers::ln2;
      point.lr = TrueRate(tokens) * std::exp(z);
      point.seed = seed;
      point.loss =
          TrueLoss(cell, tokens) * std::exp(kCurvature * z * z + cell.noise * noise.Normal());
      points.push_back(point);
    }
  }
  return points;
}

std::vector<Point> DrawSweeps(const Cell& cell, Noise& noise) {
  std::vector<Point> points;
  const int censored = cell.fault == Fault::kOneCensored ? noise.Below(cell.sizes) : -1;
  for (int size = 0; size < cell.sizes; ++size) {
    const auto sweep = DrawSweep(cell, Tokens(cell, size), size == censored, noise);
    points.insert(points.end(), sweep.begin(), sweep.end());
  }
  if (cell.fault == Fault::kOneDiverged) {
    points[static_cast<std::size_t>(noise.Below(static_cast<int>(points.size())))].loss = NAN;
  }
  return points;
}

// What was asked of one redraw: 1 contained, 0 not, -1 no answer.
using Answers = std::map<std::string, int>;

int Contained(const Interval& interval, double value) {
  return interval.lo <= value && value <= interval.hi ? 1 : 0;
}

Point At(double tokens) {
  Point at;
  at.tokens = tokens;
  return at;
}

Answers AskLossLaw(const Cell& cell, double level, Noise& noise) {
  FitOptions options;
  options.threads = 1;
  options.level = level;
  const LawFit fit = FitLaw("data", DrawLosses(cell, noise), options);
  Answers answers;
  if (!fit.ok()) return {{"refused", 1}};
  answers["floor"] = Contained(fit.Find("floor")->interval, cell.floor);
  answers["exponent"] = Contained(fit.Find("exponent")->interval, cell.exponent);
  answers["coef"] = Contained(fit.Find("coef")->interval, std::pow(1e6, cell.exponent));
  for (const double further : {8.0, 64.0}) {
    const double tokens = 1e6 * cell.range * further;
    const Prediction predicted = fit.Predict(At(tokens));
    const double run = TrueLoss(cell, tokens) * std::exp(cell.noise * noise.Normal());
    answers[fmt::format("law at {}x", further)] =
        Contained(predicted.confidence, TrueLoss(cell, tokens));
    answers[fmt::format("run at {}x", further)] = Contained(predicted.prediction, run);
  }
  return answers;
}

Answers AskLrLaw(const Cell& cell, double level, Noise& noise) {
  FitOptions options;
  options.level = level;
  const LrLawFit fit = FitLrLaw(DrawSweeps(cell, noise), {}, options);
  Answers answers;
  if (!fit.ok()) return {{"refused", 1}};
  answers["exponent"] = Contained(fit.law.Find("exponent")->interval, kLrExponent);
  answers["coef"] = Contained(fit.law.Find("coef")->interval, 1e-3 * std::pow(1e6, -kLrExponent));
  for (const double further : {8.0, 64.0}) {
    const double tokens = 1e6 * cell.range * further;
    const Prediction predicted = fit.law.Predict(At(tokens));
    answers[fmt::format("law at {}x", further)] = Contained(predicted.confidence, TrueRate(tokens));
    const LrLawFit fresh = FitLrLaw(DrawSweep(cell, tokens, false, noise), {}, options);
    const LrOptimum& measured = fresh.optima.front();
    if (measured.censoring != Censoring::kNone) continue;
    answers[fmt::format("sweep at {}x", further)] = Contained(predicted.prediction, measured.lr);
  }
  return answers;
}

void Run(const Cell& cell, std::uint64_t first_seed, int redraws, double level) {
  std::vector<Answers> all(static_cast<std::size_t>(redraws));
  ParallelFor(redraws, 0, [&](int i) {
    Noise noise(first_seed + static_cast<std::uint64_t>(i));
    all[static_cast<std::size_t>(i)] =
        cell.lr_law ? AskLrLaw(cell, level, noise) : AskLossLaw(cell, level, noise);
  });
  std::map<std::string, std::pair<int, int>> sums;
  for (const Answers& answers : all) {
    for (const auto& [quantity, contained] : answers) {
      sums[quantity].first += contained;
      ++sums[quantity].second;
    }
  }
  for (const auto& [quantity, sum] : sums) {
    fmt::print("{},{},{},{},{:.4f}\n",
               cell.name,
               level,
               quantity,
               sum.second,
               static_cast<double>(sum.first) / sum.second);
  }
  std::fflush(stdout);
}

}  // namespace
}  // namespace saelaw

// saelaw-simulate-coverage [REDRAWS [CELL-SUBSTRING]]
int main(int argc, char** argv) {
  const int redraws = argc > 1 ? std::atoi(argv[1]) : 4000;
  const std::string wanted = argc > 2 ? argv[2] : "";
  fmt::print("cell,level,quantity,redraws,covered\n");
  std::uint64_t seed = 20261123;
  for (const saelaw::Cell& cell : saelaw::kCells) {
    seed += 1'000'000;
    if (std::string(cell.name).find(wanted) == std::string::npos) continue;
    for (const double level : {0.9, 0.95}) saelaw::Run(cell, seed, redraws, level);
  }
}
