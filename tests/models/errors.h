// What is thrown, as tests compare it.
#pragma once

#include <string>
#include <utility>

#include "core/errors.h"

namespace saelaw {

// Exit code and message; kComplete when nothing is thrown.
template <typename Action>
std::pair<ExitCode, std::string> Thrown(Action action) {
  try {
    action();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, ""};
}

}  // namespace saelaw
