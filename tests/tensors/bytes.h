// Building blocks of hand-made binary files, and the check that a reader refuses them.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include <gmock/gmock.h>

#include "core/errors.h"

namespace saelaw {

template <typename T>
std::string Le(T value) {  // the tests run on little-endian machines, as the formats are
  std::string bytes(sizeof(T), '\0');
  std::memcpy(bytes.data(), &value, sizeof(T));
  return bytes;
}

inline std::string GgufText(std::string_view text) {
  return Le<std::uint64_t>(text.size()) + std::string(text);
}

// Runs `open` and expects an IoError on one line that names the file and contains `part`.
template <typename Open>
void ExpectRefused(Open open, std::string_view file, std::string_view part) {
  try {
    open();
    ADD_FAILURE() << "accepted; expected: " << part;
  } catch (const Error& error) {
    const std::string what = error.what();
    EXPECT_EQ(error.code(), ExitCode::kIo) << what;
    EXPECT_THAT(what, testing::HasSubstr(std::string(file)));
    EXPECT_THAT(what, testing::HasSubstr(std::string(part)));
    EXPECT_THAT(what, testing::Not(testing::HasSubstr("\n")));
  }
}

}  // namespace saelaw
