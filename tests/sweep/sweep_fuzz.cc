#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sweep/sweep.h"

// Any text is a sweep or has mistakes that can be shown; never both, never neither.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const saelaw::ReadSweepResult result = saelaw::ReadSweepText("sweep.yaml", text);
  if (result.sweep.has_value() != result.mistakes.empty()) std::abort();
  saelaw::FormatMistakes("sweep.yaml", text, result.mistakes);
  saelaw::FormatMistakes("sweep.yaml", text, result.warnings);
  return 0;
}
