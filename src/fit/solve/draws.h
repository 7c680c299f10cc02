// Random draws by hand from the raw generator: the standard library's distributions differ between
// implementations, and intervals are to be reproducible.
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>

namespace saelaw {

class Draws {
 public:
  Draws(std::uint64_t seed, int stream)
      : generator_(seed * 0x9E3779B97F4A7C15ULL + static_cast<std::uint64_t>(stream) + 1) {}
  double Uniform() { return (static_cast<double>(generator_() >> 11) + 0.5) * 0x1.0p-53; }
  std::size_t Below(std::size_t count) {
    return static_cast<std::size_t>(Uniform() * static_cast<double>(count));
  }
  double Normal() {
    return std::sqrt(-2 * std::log(Uniform())) * std::cos(2 * std::numbers::pi * Uniform());
  }

 private:
  std::mt19937_64 generator_;
};

}  // namespace saelaw
