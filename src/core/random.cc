// The generators are written out, to the last bit the same everywhere: a run's numbers must not
// change with the standard library. The ziggurat is here because normal draws take much of a
// synthetic source's time.
#include "core/random.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace saelaw {
namespace {

// The step of splitmix64 (Steele, Lea and Flood 2014), also its finaliser.
std::uint64_t SplitMix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

// Ziggurat with 256 layers of equal area under exp(-x²/2) (Marsaglia and Tsang 2000; layout as in
// Doornik 2005): layer i reaches edge[i], and edge[i + 1] = inside[i]·edge[i] lies wholly inside.
struct Ziggurat {
  static constexpr int kLayers = 256;
  static constexpr double kTail = 3.6541528853610088;  // where the tail begins (their table)
  std::array<double, kLayers + 1> edge;
  std::array<double, kLayers> inside;

  Ziggurat() {
    const double height = std::exp(-kTail * kTail / 2);
    const double area =
        kTail * height + std::sqrt(std::acos(-1.0) / 2) * std::erfc(kTail / M_SQRT2);
    edge[0] = area / height;
    edge[1] = kTail;
    double density = height;
    for (std::size_t i = 2; i < kLayers; ++i) {
      density += area / edge[i - 1];
      edge[i] = std::sqrt(-2 * std::log(density));
    }
    edge[kLayers] = 0;
    for (std::size_t i = 0; i < kLayers; ++i) inside[i] = edge[i + 1] / edge[i];
  }
};
const Ziggurat kZiggurat;

// A draw from beyond kTail (Marsaglia 1964).
double Tail(Random& random) {
  for (;;) {
    const double x = -std::log(random.Uniform()) / Ziggurat::kTail;
    const double y = -std::log(random.Uniform());
    if (2 * y >= x * x) return Ziggurat::kTail + x;
  }
}

// Whether a draw at x in the wedge of layer i lies under the curve.
bool UnderCurve(std::size_t i, double x, Random& random) {
  const double low = std::exp((x * x - kZiggurat.edge[i] * kZiggurat.edge[i]) / 2);
  const double high = std::exp((x * x - kZiggurat.edge[i + 1] * kZiggurat.edge[i + 1]) / 2);
  return high + random.Uniform() * (low - high) < 1;
}

}  // namespace

std::uint64_t MixSeeds(std::initializer_list<std::uint64_t> parts) {
  std::uint64_t mixed = parts.size();
  for (const std::uint64_t part : parts) mixed = SplitMix(mixed ^ SplitMix(part));
  return mixed;
}

Random::Random(std::uint64_t seed) {
  for (std::uint64_t& word : state_) {
    word = SplitMix(seed);
    seed += 0x9e3779b97f4a7c15;
  }
}

std::uint64_t Random::Below(std::uint64_t bound) {
  // The upper half of the product needs no division (Lemire 2019, arXiv 1805.10941). The bias is
  // not corrected: see the header.
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(Bits()) * bound) >> 64);
}

double Random::Normal() {
  for (;;) {
    const std::uint64_t bits = Bits();
    const std::size_t i = bits & (Ziggurat::kLayers - 1);  // the upper 53 bits are the position
    const double u = static_cast<double>(static_cast<std::int64_t>(bits) >> 11) * 0x1.0p-52;
    const double x = u * kZiggurat.edge[i];
    // Nearly all draws end here.
    if (std::abs(u) < kZiggurat.inside[i]) return x;
    if (i == 0) return std::copysign(Tail(*this), u);
    if (UnderCurve(i, x, *this)) return x;
  }
}

std::vector<std::int64_t> Permutation(std::int64_t size, std::uint64_t seed) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(size));
  std::iota(order.begin(), order.end(), 0);
  Random random(seed);
  for (std::size_t left = order.size(); left > 1; --left) {
    std::swap(order[left - 1], order[random.Below(left)]);
  }
  return order;
}

}  // namespace saelaw
