// Text files from anywhere, under names of text and of JSON: read as valid UTF-8 or refused.
#include <cassert>
#include <cstdint>
#include <string_view>

#include "core/errors.h"
#include "tokens/json_documents.h"
#include "tokens/text_encoding.h"
#include "tokens/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const saelaw::DecodedText decoded = saelaw::DecodeText("a.json", bytes);
    assert(saelaw::IsUtf8(decoded.text()));
    saelaw::LookAtJson(decoded.text(), "text");
    saelaw::ForEachJsonDocument("a.json", decoded.text(), "text", [](std::string_view document) {
      assert(!document.empty() && saelaw::IsUtf8(document));
    });
  } catch (const saelaw::Error&) {  // the only way a reader may refuse
  }
  return 0;
}
