// The names stand in the database.
#include "study/design/stage.h"

#include <array>
#include <cstddef>

namespace saelaw {

std::string_view Name(Stage stage) {
  constexpr std::array<std::string_view, 4> kNames = {"loss-law", "lr-law", "hold-out", "extra"};
  return kNames.at(static_cast<std::size_t>(stage));
}

}  // namespace saelaw
