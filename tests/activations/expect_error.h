// The message of the Error that a call throws, its exit code checked.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {

template <typename Call>
std::string MakeMessage(ExitCode code, Call call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "no error";
}

}  // namespace saelaw
