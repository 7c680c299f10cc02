// A placement is a matrix: free optima are the identity, a line has a row for each group.
#include "fit/rates/valley_data.h"

namespace saelaw {

int ValleyData::Runs() const {
  std::size_t runs = 0;
  for (const ValleyGroup& group : groups) runs += group.runs.size();
  return static_cast<int>(runs);
}

ValleyPlacement ValleyPlacement::Free(const ValleyData& data) {
  constexpr double kVague = 3;  // a factor of 20
  const std::size_t groups = data.groups.size();
  ValleyPlacement free{static_cast<int>(groups), Vector(groups * groups), Vector(groups), kVague};
  for (std::size_t g = 0; g < groups; ++g) free.design[g * groups + g] = 1;
  return free;
}

ValleyPlacement ValleyPlacement::Line(const ValleyData& data, const Vector& origin) {
  ValleyPlacement line{static_cast<int>(origin.size()) + 1, {}, Vector(data.groups.size()), 0};
  for (const ValleyGroup& group : data.groups) {
    line.design.push_back(1);
    for (std::size_t k = 0; k < origin.size(); ++k) {
      line.design.push_back(group.place[k] - origin[k]);
    }
  }
  return line;
}

ValleyPlacement ValleyPlacement::Holding(int position, double value) const {
  ValleyPlacement held{size - 1, {}, offset, vague};
  for (std::size_t i = 0; i < design.size(); ++i) {
    const auto column = i % static_cast<std::size_t>(size);
    if (column == static_cast<std::size_t>(position)) {
      held.offset[i / static_cast<std::size_t>(size)] += design[i] * value;
    } else {
      held.design.push_back(design[i]);
    }
  }
  return held;
}

double ValleyPlacement::At(const Vector& position, std::size_t group) const {
  double at = offset[group];
  for (std::size_t k = 0; k < position.size(); ++k) {
    at += design[group * position.size() + k] * position[k];
  }
  return at;
}

}  // namespace saelaw
