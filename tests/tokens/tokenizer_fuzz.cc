// tokenizer.json from anywhere: read or refused, and what was read encodes and decodes.
#include <string_view>

#include "../tensors/fuzz_file.h"
#include "core/errors.h"
#include "tokens/tokenizer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const saelaw::FuzzFile input(data, size);
  try {
    const saelaw::Tokenizer tokenizer = saelaw::Tokenizer::Load(input.path());
    tokenizer.Decode(tokenizer.Encode("abcd ab'll 12\n \xC3\xBC\xFF"));
    tokenizer.Decode(tokenizer.Encode({reinterpret_cast<const char*>(data), size}));
  } catch (const saelaw::Error&) {  // the only way a reader may refuse
  }
  return 0;
}
