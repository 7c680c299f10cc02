// How 0.1.0 found the law of the best rate, and the plain way: what the simulation compares with.
#pragma once

#include <vector>

namespace saelaw::valleys {

struct Loss {
  double log_rate = 0;
  double log_loss = 0;
};
// The runs of one size.
struct Size {
  double log_tokens = 0;
  std::vector<Loss> runs;
};

// ln LR* at a number of tokens by saelaw 0.1.0: a parabola through two places of the grid to each
// side of the best rate, within a factor of 4.5, and a line weighted by what each parabola says of
// its own error. NaN with fewer than three sizes whose best rate is interior.
double ByPlaces(const std::vector<Size>& sizes, double log_tokens);

// A parabola through all rates of each size that is interior, and an unweighted line.
double ByAllRates(const std::vector<Size>& sizes, double log_tokens);

}  // namespace saelaw::valleys
