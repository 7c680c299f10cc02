// How a measuring program of ours ends: with what it was told, or one line of what went wrong.
#pragma once

#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {

// The exit code of `work`, run as the program `name`.
template <typename Work>
int RunProgram(const char* name, const Work& work) {
  try {
    work();
    return 0;
  } catch (const Error& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
    return static_cast<int>(error.code());
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", name, error.what());
    return 1;
  }
}

}  // namespace saelaw
