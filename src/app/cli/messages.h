// Messages for people, on stderr. A terminal that was closed or a pipe that nobody reads must not
// end the training that it only watches, so what cannot be written is dropped.
#pragma once

#include <cstdio>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace saelaw {

template <typename... Values>
void Say(fmt::format_string<Values...> format, Values&&... values) {
  const std::string text = fmt::format(format, std::forward<Values>(values)...);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace saelaw
