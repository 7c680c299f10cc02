// isoFLOP tables of a known law, and the exponent of the best size that saelaw finds in them. The
// tables are written too, so that surface.py fits the same ones. Seeds are fixed below.
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/os.h>

#include "core/random.h"
#include "fit/fit.h"
#include "fit/rates/compute_law.h"

namespace saelaw {
namespace {

constexpr double kFloor = 1.69, kCoefN = 406.4, kExponentN = 0.34, kCoefD = 410.7,
                 kExponentD = 0.28;
constexpr double kNoise = 0.003;
constexpr int kSizes = 12;      // of each budget
constexpr double kRange = 3.5;  // log-uniform within this factor of the best size
constexpr double kBudgets[] = {6e18, 1e19, 3e19, 6e19, 1e20, 3e20, 6e20, 1e21, 3e21, 1e22};

double BestParams(double compute) {
  const double ratio = kExponentN * kCoefN / (kExponentD * kCoefD);
  return std::pow(ratio, 1 / (kExponentN + kExponentD)) *
         std::pow(compute / 6, kExponentD / (kExponentN + kExponentD));
}

std::vector<Point> DrawTable(int table) {
  Random draws(MixSeeds({20261128, 3, static_cast<std::uint64_t>(table)}));
  std::vector<Point> points;
  for (const double compute : kBudgets) {
    for (int i = 0; i < kSizes; ++i) {
      Point point;
      point.compute = compute;
      point.params = BestParams(compute) * std::pow(kRange, 2 * draws.Uniform() - 1);
      const double tokens = compute / (6 * point.params);
      point.loss = (kFloor + kCoefN * std::pow(point.params, -kExponentN) +
                    kCoefD * std::pow(tokens, -kExponentD)) *
                   std::exp(kNoise * draws.Normal());
      points.push_back(point);
    }
  }
  return points;
}

void Write(const std::string& folder, int table, const std::vector<Point>& points) {
  auto file = fmt::output_file(fmt::format("{}/isoflop_{}.csv", folder, table));
  file.print("C,N,loss\n");
  for (const Point& point : points) {
    file.print("{:.8g},{:.8g},{:.8g}\n", point.compute, point.params, point.loss);
  }
}

void Print(int table, const char* way, const LawFit& law) {
  const double truth = kExponentD / (kExponentN + kExponentD);
  const Parameter* exponent = law.Find("exponent_n");
  if (exponent == nullptr) {
    fmt::print("{},{},,,,{}\n", table, way, Code(*law.refusal));
    return;
  }
  fmt::print("{},{},{:.6f},{:.6f},{:.6f},{}\n",
             table,
             way,
             exponent->value,
             exponent->interval.lo,
             exponent->interval.hi,
             exponent->interval.lo <= truth && truth <= exponent->interval.hi ? 1 : 0);
}

}  // namespace
}  // namespace saelaw

// saelaw-simulate-isoflop FOLDER [TABLES]: the tables go to FOLDER, the answers to stdout.
int main(int argc, char** argv) {
  if (argc < 2) return 64;
  const int tables = argc > 2 ? std::atoi(argv[2]) : 100;
  fmt::print("table,way,exponent_n,lo,hi,covered\n");
  for (int table = 0; table < tables; ++table) {
    const std::vector<saelaw::Point> points = saelaw::DrawTable(table);
    saelaw::Write(argv[1], table, points);
    const saelaw::ComputeLawFit fit = saelaw::FitComputeLaw(points, {});
    saelaw::Print(table, "surface", fit.surface);
    saelaw::Print(table, "valleys", fit.law);
  }
}
