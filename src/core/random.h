// Draws that are the same on every machine and standard library: streams must be reproducible, and
// std::normal_distribution and std::shuffle are not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace saelaw {

// One seed out of several numbers; any change of any of them, or of their order, gives an unrelated
// seed. Part of what a run's numbers mean: do not change.
std::uint64_t MixSeeds(std::initializer_list<std::uint64_t> parts);

// xoshiro256++ 1.0 (Blackman and Vigna 2019, https://prng.di.unimi.it), seeded by splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t Bits() {
    const std::uint64_t result = RotateLeft(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = RotateLeft(state_[3], 45);
    return result;
  }
  // In (0, 1]: its logarithm is finite.
  double Uniform() { return static_cast<double>((Bits() >> 11) + 1) * 0x1.0p-53; }
  // In [0, bound), bound > 0; the bias is at most bound / 2^64.
  std::uint64_t Below(std::uint64_t bound);
  // Standard normal.
  double Normal();

 private:
  static std::uint64_t RotateLeft(std::uint64_t value, int by) {
    return (value << by) | (value >> (64 - by));
  }
  std::array<std::uint64_t, 4> state_;
};

// 0 .. size - 1 in an order drawn from `seed` (Fisher-Yates).
std::vector<std::int64_t> Permutation(std::int64_t size, std::uint64_t seed);

}  // namespace saelaw
