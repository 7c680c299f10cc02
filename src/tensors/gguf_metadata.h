// The metadata section of a GGUF file.
#pragma once

#include <map>
#include <string>

#include "tensors/gguf.h"
#include "tensors/gguf_cursor.h"

namespace saelaw {

// Reads `count` keys and values from the cursor on. Throws IoError (duplicate keys, unknown types,
// nested arrays, anything beyond the file).
std::map<std::string, GgufValue> ReadGgufMetadata(GgufCursor& cursor, std::uint64_t count);

}  // namespace saelaw
