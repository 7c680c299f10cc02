// What a recipe reached with one number of tokens, over all learning rates that were tried there.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <vector>

#include "study/findings/findings.h"

namespace saelaw {

// Rates whose loss is at most this share above the best one belong to the basin.
inline constexpr double kBasin = 0.02;

// The rates of the basin, between the tried ones by straight lines in the logarithms. An end is
// open where the tried rates end inside the basin.
struct Basin {
  double lo = std::numeric_limits<double>::quiet_NaN();
  double hi = std::numeric_limits<double>::quiet_NaN();
  bool open_below = false, open_above = false;
  bool known() const { return lo == lo; }
  double Factor() const { return hi / lo; }
};

// Means are over the runs at the best rate: that of the least mean loss, of the rates at which no
// run failed. NaN where there is none.
struct ArmAtSize {
  double tokens = 0;
  double lr = std::numeric_limits<double>::quiet_NaN();
  double fvu = std::numeric_limits<double>::quiet_NaN();
  double l0 = std::numeric_limits<double>::quiet_NaN();
  double dead_fraction = std::numeric_limits<double>::quiet_NaN();
  std::map<std::uint64_t, double> log_fvu;  // at the best rate, by seed
  // What ln FVU would change by at the arm's target L0, and the L0 that this brings it to
  // (AlignToTargets); 0 and `l0` where nothing tells.
  double to_target = 0;
  double aligned_l0 = std::numeric_limits<double>::quiet_NaN();
  int runs = 0, failed = 0;  // at all rates
  Basin basin;
  double first_failure = std::numeric_limits<double>::infinity();  // lowest rate that failed
};

// Of the runs at this width, ascending in tokens; a hold-out is a size like any other.
std::vector<ArmAtSize> DescribeSizes(const std::vector<StudyRun>& runs, std::int64_t d_sae);

}  // namespace saelaw
