// The sweeps of a database by the names that users know. A study that compares recipes is saved
// under its own name beside its arms, and its runs are the arms'.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

namespace saelaw {

struct SavedSweep {
  std::string name;
  std::vector<std::string> parts;  // the names under which runs were asked for: the sweep's own and
                                   // its arms' ("name/arm")

  // What users call the arm that a part is; empty for the sweep itself.
  std::string FindArm(const std::string& part) const;
};

// Nothing where the database holds no sweep of that name.
std::optional<SavedSweep> FindSweep(const Store& store, const std::string& name);

}  // namespace saelaw
