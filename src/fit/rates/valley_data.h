// The runs of a sweep as valleys: those of each size, and where their optima may lie.
#pragma once

#include <limits>
#include <vector>

#include "fit/solve/log_model.h"

namespace saelaw {

struct ValleyRun {
  double x = 0;   // ln of the rate
  double y = 0;   // ln loss
  int level = 0;  // runs of one group with one level err together; counted through all groups
};

// The runs of one size.
struct ValleyGroup {
  Vector place;  // ln of what the optimum depends on
  std::vector<ValleyRun> runs;
  double centre = 0;  // where the optimum is looked for
  // The optimum is not below, as far as `bound_weight` (in ln loss per ln rate) says.
  double bound = -std::numeric_limits<double>::infinity();
  double bound_weight = 0;
};

struct ValleyData {
  std::vector<ValleyGroup> groups;
  int levels = 0;

  int Runs() const;
  int Free() const { return Runs() - levels; }  // what is left once each level is known
};

// Optima as a linear function of `size` positions: optimum of group g = offset[g] + design[g, :] ·
// position.
struct ValleyPlacement {
  int size = 0;
  Vector design;  // [groups, size]
  Vector offset;  // [groups]
  // The sd of a weak prior about the group's centre, in ln; 0: none. It matters to a group alone
  // whose runs say nothing of its optimum.
  double vague = 0;

  // Each group has an optimum of its own.
  static ValleyPlacement Free(const ValleyData& data);
  // A level and one slope for each entry of place, which is counted from `origin`.
  static ValleyPlacement Line(const ValleyData& data, const Vector& origin);
  // The same with one position held at a value.
  ValleyPlacement Holding(int position, double value) const;
  double At(const Vector& position, std::size_t group) const;
};

}  // namespace saelaw
