// `status` and `fit --db` must mean the same runs by a name, so both ask here.
#include "orchestrate/saved_sweep.h"

#include <algorithm>

namespace saelaw {

std::string SavedSweep::FindArm(const std::string& part) const {
  return part == name ? "" : part.substr(name.size() + 1);
}

std::optional<SavedSweep> FindSweep(const Store& store, const std::string& name) {
  const std::vector<std::string> sweeps = store.Sweeps();
  if (std::find(sweeps.begin(), sweeps.end(), name) == sweeps.end()) return std::nullopt;
  SavedSweep saved{name, {}};
  for (const std::string& sweep : sweeps) {
    if (sweep == name || sweep.starts_with(name + "/")) saved.parts.push_back(sweep);
  }
  return saved;
}

}  // namespace saelaw
