// From a file's bytes to valid UTF-8: decoded, repaired and counted, or refused by name.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace saelaw {

// A text, valid UTF-8: the caller's own bytes where they are so already, or a copy.
class DecodedText {
 public:
  explicit DecodedText(std::string_view bytes) : bytes_(bytes) {}
  DecodedText(std::string text, std::int64_t replaced)
      : made_(std::move(text)), replaced_(replaced) {}

  std::string_view text() const { return made_ ? std::string_view(*made_) : bytes_; }
  std::int64_t replaced() const { return replaced_; }  // U+FFFD put in

 private:
  std::string_view bytes_;
  std::optional<std::string> made_;
  std::int64_t replaced_ = 0;
};

// `bytes`, which must outlive the result, as UTF-8 without a byte order mark.
//  - UTF-16 and UTF-32 are decoded where a byte order mark says so.
//  - A few ill-formed characters become U+FFFD: up to 3 or 1 in 1,000, whichever is more, in a file
//    that holds a character of several bytes elsewhere, so that UTF-8 it is; and characters cut in
//    two at the file's beginning and end.
// Throws ConfigurationError, with the file, what it seems to be and how to convert it, for
// everything else: UTF-16 and UTF-32 without a mark, other encodings, and files that are no text
// (known marks, NUL bytes).
DecodedText DecodeText(const std::filesystem::path& file, std::string_view bytes);

}  // namespace saelaw
