// How long computations are interrupted: cooperatively, between their pieces.
#pragma once

#include <exception>
#include <functional>

namespace saelaw {

// Whether to stop; asked often, and from any thread. An empty one never stops.
using StopCheck = std::function<bool()>;

// What a computation throws that was asked to stop. Nothing of it is kept; nothing is damaged.
class Stopped : public std::exception {
 public:
  const char* what() const noexcept override { return "asked to stop"; }
};

// Throws Stopped when it is time.
inline void StopIfAsked(const StopCheck& stop) {
  if (stop && stop()) throw Stopped();
}

}  // namespace saelaw
