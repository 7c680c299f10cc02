// What happens while another program keeps the database locked.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/errors.h"

namespace saelaw {

struct LockWatch {
  // Longer than any transaction of ours. A program that holds the file longer is told of.
  std::chrono::milliseconds patience = std::chrono::seconds(10);
  // Asked again and again while waiting, with the time waited so far; an Error ends the waiting and
  // is thrown. Not called any more once the waiting was given up.
  std::function<std::optional<Error>(std::chrono::milliseconds waited)> on_wait = nullptr;
};

}  // namespace saelaw
