// How often intervals hold when the law bends, by simulation: cells and seeds are fixed below. And
// on pools of published points, every larger scale predicted from the first few ones. Writes CSV;
// analysis/bending/README.md.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/random.h"
#include "fit/fit.h"

namespace saelaw {
namespace {

constexpr double kBeyond = 8;  // times the largest size

// x is tokens over those of the smallest size, X that of the largest.
struct Truth {
  const char* name;
  bool bends;
  double (*loss)(double x, double X);
};

// exponent `before`, then `after`, with a bend 0.2 wide in ln x; 1 at x = 1.
double Broken(double x, double before, double after, double at) {
  constexpr double kWidth = 0.2;
  const auto bend = [&](double z) {
    const double s = (z - std::log(at)) / kWidth;
    return kWidth * (std::max(s, 0.0) + std::log1p(std::exp(-std::abs(s))));
  };
  const double z = std::log(x);
  return std::exp(-before * z - (after - before) * (bend(z) - bend(0)));
}

// The local exponent falls by 0.02 an e-fold.
double Curved(double x) {
  const double z = std::log(x);
  return std::exp(-0.35 * z + 0.01 * z * z);
}

constexpr Truth kTruths[] = {
    {"floor-0.5", false, [](double x, double) { return 0.5 + std::pow(x, -0.3); }},
    {"floor-1", false, [](double x, double) { return 1 + std::pow(x, -0.3); }},
    {"floor-0.2-steep", false, [](double x, double) { return 0.2 + std::pow(x, -0.5); }},
    {"floor-0", false, [](double x, double) { return std::pow(x, -0.3); }},
    {"floor-0-flat", false, [](double x, double) { return std::pow(x, -0.15); }},
    {"bend-inside", true, [](double x, double X) { return Broken(x, .35, .2, std::sqrt(X)); }},
    {"bend-inside-floor",
     true,
     [](double x, double X) { return 0.5 + Broken(x, .35, .2, std::sqrt(X)); }},
    {"bend-beyond", true, [](double x, double X) { return Broken(x, .3, .15, 2 * X); }},
    {"bend-beyond-floor", true, [](double x, double X) { return 0.5 + Broken(x, .3, .15, 2 * X); }},
    {"curved", true, [](double x, double) { return Curved(x); }},
    {"curved-floor", true, [](double x, double) { return 0.5 + Curved(x); }},
    {"floor-drifts",
     true,
     [](double x, double) { return 0.5 * std::pow(x, -0.03) + std::pow(x, -0.3); }},
};

struct Design {
  int sizes;
  double ratio;
  int seeds;
  double noise;  // of ln loss
};

constexpr Design kDesigns[] = {{6, 2, 3, 0.003},
                               {6, 2, 1, 0.005},
                               {5, 4, 3, 0.01},
                               {6, 3, 1, 0.005},
                               {5, 2, 2, 0.01},
                               {6, 4, 2, 0.005}};

Point At(double tokens) {
  Point point;
  point.tokens = tokens;
  return point;
}

std::vector<Point> Draw(const Truth& truth, const Design& design, Random& draws) {
  const double largest = std::pow(design.ratio, design.sizes - 1);
  std::vector<Point> points;
  for (int size = 0; size < design.sizes; ++size) {
    const double x = std::pow(design.ratio, size);
    for (int seed = 0; seed < design.seeds; ++seed) {
      Point point = At(1e6 * x);
      point.loss = truth.loss(x, largest) * std::exp(design.noise * draws.Normal());
      point.seed = seed;
      point.row = static_cast<std::int64_t>(points.size());
      points.push_back(point);
    }
  }
  return points;
}

double Median(std::vector<double> values) {
  if (values.empty()) return std::nan("");
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

double LogWidth(const Interval& interval) { return std::log(interval.hi / interval.lo); }

bool Holds(const Interval& interval, double value) {
  return interval.lo <= value && value <= interval.hi;
}

struct Tally {
  int sweeps = 0;
  int before = 0;
  int after = 0;
  int warned = 0;
  std::vector<double> ratios;
  std::vector<double> needed;  // widening to one side that would just hold the truth
  std::vector<double> misses;
  std::vector<double> averaged;

  double Share(int count) const { return static_cast<double>(count) / sweeps; }
};

void AddSweep(const std::vector<Point>& points, const Point& at, double truth, Tally& tally) {
  FitOptions options;
  options.threads = 1;
  LawFit fit = FitLaw("data", points, options);
  if (!fit.ok()) return;
  const Prediction today = fit.Predict(at);
  if (!today.confidence.known()) return;
  const std::size_t said = fit.warnings.size();
  AddDiscrepancy(points, options, fit);
  const Prediction now = fit.Predict(at);
  ++tally.sweeps;
  tally.before += Holds(today.confidence, truth) ? 1 : 0;
  tally.after += Holds(now.confidence, truth) ? 1 : 0;
  tally.warned += fit.warnings.size() > said ? 1 : 0;
  tally.ratios.push_back(LogWidth(now.confidence) / LogWidth(today.confidence));
  const double miss = std::log(truth / today.value);
  const double side = miss > 0 ? std::log(today.confidence.hi / today.value)
                               : std::log(today.value / today.confidence.lo);
  tally.needed.push_back(std::abs(miss) / side);
  tally.misses.push_back(std::abs(miss));
  options.interval_method = IntervalMethod::kNone;
  const Comparison compared = CompareLaws(points, options, std::vector<Point>{at}, false);
  tally.averaged.push_back(std::abs(std::log(truth / compared.predictions.at(0).averaged.value)));
}

// The widening that would hold 85 of 100 truths, if a rule could do no more than widen.
double Needed(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() * 85 / 100];
}

void Simulate(int sweeps, std::string_view only) {
  fmt::print(
      "truth,bends,sizes,ratio,seeds,noise,sweeps,cover_before,cover,width_ratio,needed_85,warned,"
      "miss_law,miss_averaged\n");
  int cell = 0;
  for (const Truth& truth : kTruths) {
    for (const Design& design : kDesigns) {
      ++cell;
      if (!only.empty() && only != truth.name) continue;
      const double largest = std::pow(design.ratio, design.sizes - 1);
      Tally tally;
      for (int sweep = 0; sweep < sweeps; ++sweep) {
        Random draws(MixSeeds(
            {20261128, static_cast<std::uint64_t>(cell), static_cast<std::uint64_t>(sweep)}));
        AddSweep(Draw(truth, design, draws),
                 At(1e6 * kBeyond * largest),
                 truth.loss(kBeyond * largest, largest),
                 tally);
      }
      fmt::print("{},{},{},{},{},{},{},{:.3f},{:.3f},{:.2f},{:.2f},{:.3f},{:.5f},{:.5f}\n",
                 truth.name,
                 truth.bends ? 1 : 0,
                 design.sizes,
                 design.ratio,
                 design.seeds,
                 design.noise,
                 tally.sweeps,
                 tally.Share(tally.before),
                 tally.Share(tally.after),
                 Median(tally.ratios),
                 Needed(tally.needed),
                 tally.Share(tally.warned),
                 Median(tally.misses),
                 Median(tally.averaged));
      std::fflush(stdout);
    }
  }
}

// Rows of "series,tokens,loss".
std::map<std::string, std::vector<Point>> ReadSeries(const char* path) {
  std::ifstream file(path);
  std::map<std::string, std::vector<Point>> series;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::stringstream fields(line);
    std::string name, tokens, loss;
    std::getline(fields, name, ',');
    std::getline(fields, tokens, ',');
    std::getline(fields, loss, ',');
    Point point = At(std::strtod(tokens.c_str(), nullptr));
    point.loss = std::strtod(loss.c_str(), nullptr);
    point.row = static_cast<std::int64_t>(series[name].size());
    series[name].push_back(point);
  }
  return series;
}

// Each series: the law of its first 5 to 8 scales, asked at those that lie 3.3 to 18 times beyond.
void FollowPools(const char* path) {
  fmt::print("series,scales,times_beyond,error,half_before,below,above,inside_before,inside\n");
  FitOptions options;
  options.threads = 1;
  for (const auto& [name, points] : ReadSeries(path)) {
    for (std::size_t scales = 5; scales <= 8 && scales < points.size(); ++scales) {
      const std::vector<Point> known(points.begin(),
                                     points.begin() + static_cast<std::ptrdiff_t>(scales));
      LawFit fit = FitLaw("data", known, options);
      if (!fit.ok()) continue;
      const LawFit before = fit;
      AddDiscrepancy(known, options, fit);
      for (std::size_t i = scales; i < points.size(); ++i) {
        const double times = points[i].tokens / known.back().tokens;
        if (times < 3.3 || times > 18) continue;
        const Prediction today = before.Predict(points[i]);
        const Prediction now = fit.Predict(points[i]);
        if (!today.prediction.known()) continue;
        fmt::print("{},{},{:.3g},{:.5f},{:.5f},{:.5f},{:.5f},{:d},{:d}\n",
                   name,
                   scales,
                   times,
                   std::log(points[i].loss / now.value),
                   LogWidth(today.prediction) / 2,
                   std::log(now.value / now.prediction.lo),
                   std::log(now.prediction.hi / now.value),
                   Holds(today.prediction, points[i].loss),
                   Holds(now.prediction, points[i].loss));
      }
    }
  }
}

}  // namespace
}  // namespace saelaw

// saelaw-simulate-bending [SWEEPS [TRUTH]], or `pools FILE`.
int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "200";
  if (first == "pools" && argc > 2) {
    saelaw::FollowPools(argv[2]);
    return 0;
  }
  saelaw::Simulate(std::atoi(argc > 1 ? argv[1] : "200"), argc > 2 ? argv[2] : "");
  return 0;
}
