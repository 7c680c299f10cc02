// tokenizer.json from anywhere: read or refused, and what was read encodes and decodes.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <unistd.h>

#include "run/errors.h"
#include "run/files.h"
#include "tokens/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string path = "/tmp/saelaw-fuzz-" + std::to_string(::getpid()) + ".json";
  const std::string_view content(reinterpret_cast<const char*>(data), size);
  saelaw::WriteFile(path, content);
  try {
    const saelaw::Tokenizer tokenizer = saelaw::Tokenizer::Load(path);
    tokenizer.Decode(tokenizer.Encode("abcd ab'll 12\n \xC3\xBC\xFF"));
    tokenizer.Decode(tokenizer.Encode(content));
  } catch (const saelaw::Error&) {
    // Refused with a message for the user: what damaged files are for.
  }
  return 0;
}
