// The names stand here and not with the laws that censor, since warnings, which lie below all laws,
// carry the kind too.
#include "fit/points/censoring.h"

#include <array>

namespace saelaw {

std::string_view Name(Censoring censoring) {
  constexpr std::array<std::string_view, 5> kNames = {
      "none", "grid-low", "grid-high", "cliff", "no-survivor"};
  return kNames.at(static_cast<std::size_t>(censoring));
}

}  // namespace saelaw
