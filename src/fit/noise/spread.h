// Noise that differs between points: a variance function along one variable of the law, where the
// residuals show one.
#pragma once

#include <vector>

#include "fit/solve/log_model.h"

namespace saelaw {

// How noisy each point is against all. Empty: alike, as far as the residuals tell.
struct Spread {
  Vector relative;         // [points] sd of the point's own noise over the root mean square of all
  std::vector<int> order;  // [points] the points along the variable
  std::vector<int> first;  // [points] the place in `order` where the point's window begins
  int window = 0;          // points in a window
  int variable = 0;        // of the rows of the sample, along which the noise differs; beyond the
                           // last one: their product
  double strength = 0;     // the largest statistic, in sds of its value for even noise

  bool known() const { return !relative.empty(); }
};

// Sizes of the residuals, in ranks, along each variable of the rows and their product: their trend
// (Spearman), and the lowest and the highest sixth against the rest (Wilcoxon), each in sds. Where
// the largest exceeds kUneven, every point gets the root mean square of a window of its nearest
// sixth along that variable, drawn towards that of all by kPrior points. Ranks, since a gross error
// is no variance function. Empty for fewer than kFewest points.
//
// Simulated (analysis/coverage/uneven.csv): with even noise one table in ten passes that limit,
// which its intervals hardly notice.
inline constexpr double kUneven = 2.4;
inline constexpr double kSaidUneven = 3.7;  // from here it is worth a warning
Spread FindSpread(const Sample& sample, const Vector& residuals);

}  // namespace saelaw
