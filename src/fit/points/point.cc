// These words stand in messages and reports; their order is that of the enumeration.
#include "fit/points/point.h"

#include <array>

namespace saelaw {

std::string_view Name(Failure failure) {
  constexpr std::array<std::string_view, 4> kNames = {
      "diverged or collapsed", "diverged", "collapsed", "failed"};
  return kNames.at(static_cast<std::size_t>(failure));
}

}  // namespace saelaw
