// The draws of simulations whose tables were recorded with them (analysis/coverage, analysis/risk),
// and of the tests whose bounds come from those.
//
// There are two generators: the product draws from core/random.h alone, and so does every newer
// simulation. This one is older; the other would give each recorded table and each bound other
// numbers and make them no truer.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace saelaw::testing {

class RecordedNoise {
 public:
  explicit RecordedNoise(std::uint64_t seed) : generator_(seed) {}

  std::uint64_t Bits() { return generator_(); }
  // In (0, 1).
  double Uniform() { return (static_cast<double>(Bits() >> 11) + 0.5) * 0x1.0p-53; }
  // Standard normal by Box-Muller, so that a seed means the same with every standard library.
  double Normal() {
    const double radius = std::sqrt(-2 * std::log(Uniform()));
    return radius * std::cos(2 * std::numbers::pi * Uniform());
  }
  // In [0, count).
  int Below(int count) { return static_cast<int>(Uniform() * count); }

 private:
  std::mt19937_64 generator_;
};

}  // namespace saelaw::testing
