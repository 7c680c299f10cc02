// Tables count compute in many units, and some count more than 6·params·tokens. The unit is found
// from the rows themselves, by the ratio of the two, of which the median is taken: a few odd rows
// must not decide.
#include "fit/points/compute_unit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace saelaw {
namespace {

constexpr double kFlopPerWeight = 6;  // of one token, both ways
constexpr double kSame = 0.05;        // of ratios: rounding of the three columns
constexpr double kLikely = 3;         // what attention, embeddings or recomputing add, at most
constexpr std::size_t kOddRows = 10;  // at most one in so many rows may be off

struct Unit {
  std::string_view name;
  double flop;
};
constexpr std::array kUnits = {Unit{"KFLOP", 1e3},
                               Unit{"MFLOP", 1e6},
                               Unit{"GFLOP", 1e9},
                               // Decades are a factor of 1000 apart, so that a ratio can be told
                               // even where it is rough.
                               Unit{"TFLOP", 1e12},
                               Unit{"PFLOP", 1e15},
                               Unit{"EFLOP", 1e18},
                               Unit{"ZFLOP", 1e21},
                               Unit{"PFLOP/s-days", 8.64e19}};

struct Ratio {
  double value = 1;  // compute over 6·params·tokens
  std::int64_t row = 0;
};

bool Positive(double value) { return std::isfinite(value) && value > 0; }

// Gives the ratios in ascending order. Rows that lack one of the three quantities say nothing here.
std::vector<Ratio> Ratios(std::span<const Point> points) {
  std::vector<Ratio> ratios;
  for (const Point& point : points) {
    const double value = point.compute / (kFlopPerWeight * point.params * point.tokens);
    if (Positive(point.params) && Positive(point.tokens) && Positive(value)) {
      ratios.push_back({value, point.row});
    }
  }
  std::sort(ratios.begin(), ratios.end(), [](const Ratio& a, const Ratio& b) {
    return a.value < b.value;
  });
  return ratios;
}

// The comparison is of factors, so that twice as much and half as much count alike.
bool Within(double ratio, double factor) { return ratio < factor && ratio > 1 / factor; }

// The unit in which FLOP would have this ratio, to within kLikely; null when there is none.
const Unit* FindUnit(double ratio) {
  constexpr double kNear = 1.5;  // decades lie 1000 apart, PFLOP/s-days and ZFLOP only 12
  for (const Unit& unit : kUnits) {
    if (Within(ratio * unit.flop, kNear)) return &unit;
  }
  return nullptr;
}

// One number is enough where all ratios agree to within the rounding.
double Smallest(const Ratio& low, const Ratio& high) {
  return high.value / low.value < 1 + kSame ? high.value : low.value;
}

// A ratio near 1 is FLOP with something added, such as attention; anything else is another unit.
warning::ComputeInUnit Describe(double ratio, const Ratio& low, const Ratio& high) {
  const bool flop = Within(ratio, kLikely);
  const Unit* unit = flop ? nullptr : FindUnit(ratio);
  return {Smallest(low, high), high.value, flop, unit != nullptr ? unit->name : ""};
}

}  // namespace

ComputeUnit FindComputeUnit(std::span<const Point> points) {
  ComputeUnit unit;
  // Without a row that has all three quantities the unit is taken to be FLOP.
  std::vector<Ratio> ratios = Ratios(points);
  if (ratios.empty()) return unit;
  const double median = ratios[ratios.size() / 2].value;
  const auto odd = [&](const Ratio& ratio) { return !Within(ratio.value / median, kLikely); };
  std::vector<Ratio> others;
  std::copy_if(ratios.begin(), ratios.end(), std::back_inserter(others), odd);
  // With more than one odd row in ten there is no one unit, and then no law may use compute and
  // tokens together. Predictions from it would be wrong without a sign of it.
  if (others.size() * kOddRows > ratios.size()) {
    unit.of_rows = false;
    unit.warnings.push_back(
        warning::ComputeUnfixed{Smallest(ratios.front(), ratios.back()), ratios.back().value});
    return unit;
  }
  std::erase_if(ratios, odd);
  const Ratio& low = ratios.front();
  const Ratio& high = ratios.back();
  // Ratios within the rounding of 1 are plain FLOP, of which nothing has to be said.
  const bool flop = Within(low.value, 1 + kSame) && Within(high.value, 1 + kSame);
  if (!flop) {
    unit.per_weight = kFlopPerWeight * median;
    unit.warnings.push_back(Describe(median, low, high));
  }
  // A few odd rows are named but do not change the unit, which is that of all others.
  if (!others.empty()) {
    unit.warnings.push_back(warning::ComputeOddRow{{others.front().row}, others.front().value});
  }
  return unit;
}

std::vector<Point> WithCompute(std::span<const Point> points) {
  const ComputeUnit unit = FindComputeUnit(points);
  std::vector<Point> complete(points.begin(), points.end());
  for (Point& point : complete) {
    // What is missing is filled in with the rows' own ratio, and not with 6.
    if (std::isnan(point.compute) && unit.of_rows) {
      point.compute = unit.per_weight * point.params * point.tokens;
    }
  }
  return complete;
}

}  // namespace saelaw
