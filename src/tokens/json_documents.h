// The documents of a JSON text: lines of objects, objects written over several lines, or one array
// of objects or strings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string_view>

namespace saelaw {

// What was met on the way through one JSON text.
struct JsonCounts {
  std::int64_t documents = 0;  // handed on
  std::int64_t empty = 0;      // "", null or NaN in the text's place: skipped
  std::int64_t lone_surrogates = 0;
};

// Calls `use` with the string under `key` of each object, in order; of the last one where an object
// has the key twice, as Python's json does. `text` is valid UTF-8. Throws with `file` and the line:
// ConfigurationError for an object without the key (naming those that it has), for one with
// something else than a string or null there, and for values that are no documents; IoError for
// what is not JSON.
JsonCounts ForEachJsonDocument(const std::filesystem::path& file,
                               std::string_view text,
                               std::string_view key,
                               const std::function<void(std::string_view)>& use);

// What a text begins with, as far as documents go.
enum class JsonFront {
  kNothing,       // white space
  kDocument,      // an object with the key, alone or before another object; or an array whose
                  // first element is such an object or a string
  kOther,         // one object, or an array, without
  kLinesOfOther,  // objects one after the other, of which the first lacks the key
  kNoJson,
};

// Reads the first value, and one more where the first is an object.
JsonFront LookAtJson(std::string_view text, std::string_view key);

}  // namespace saelaw
