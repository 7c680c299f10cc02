// What saelaw writes: messages for people on stderr, data on stdout.
#pragma once

#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {

// A message. A terminal that was closed, a full disk or a pipe that nobody reads must not end the
// training that it only watches, so what cannot be written is dropped.
template <typename... Values>
void Say(fmt::format_string<Values...> format, Values&&... values) {
  const std::string text = fmt::format(format, std::forward<Values>(values)...);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void PrintText(const std::string& text);

// Data. What cannot be written is remembered, for CloseOutput.
template <typename... Values>
void Print(fmt::format_string<Values...> format, Values&&... values) {
  PrintText(fmt::format(format, std::forward<Values>(values)...));
}

// To be called once, at the end: `code` where all of stdout was written; else says so in one line
// and returns kIo. A reader that has gone (`| head`) is none to tell: then the code is that of a
// process which SIGPIPE has ended, 141.
int CloseOutput(ExitCode code);

}  // namespace saelaw
