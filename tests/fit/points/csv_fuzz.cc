#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/errors.h"
#include "fit/points/csv.h"

// Any bytes are a table or are refused in one line that is not long.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view first = text.substr(0, text.find('\n'));
  constexpr std::size_t kLongest = 2000;
  for (const std::string_view columns : {std::string_view(), first}) {
    try {
      saelaw::ParseCsvPoints(text, "a.csv", saelaw::ParseCsvColumns(columns));
    } catch (const saelaw::Error& error) {
      const std::string_view what = error.what();
      if (what.size() > kLongest || what.find('\n') != what.npos) std::abort();
    }
  }
  return 0;
}
