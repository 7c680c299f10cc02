// JSON read where it lies, value by value: what is not asked for is passed over without being kept,
// and what Python's json.dumps writes beyond the standard (NaN, Infinity, lone surrogates) is no
// fault.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace saelaw {

// Where the text is no JSON, and why. Thrown by JsonScanner.
struct JsonFault {
  std::size_t position = 0;
  std::string what;
};

// A string's characters: a view of the text where it holds no escapes, else a copy.
struct JsonString {
  std::string_view text;
  std::int64_t lone_surrogates = 0;  // became U+FFFD
};

class JsonScanner {
 public:
  // `text` is valid UTF-8 and must outlive the scanner.
  explicit JsonScanner(std::string_view text) : text_(text) {}

  std::size_t position() const { return at_; }
  void MoveTo(std::size_t position) { at_ = position; }
  bool AtEnd() const { return at_ == text_.size(); }
  char Peek() const { return AtEnd() ? '\0' : text_[at_]; }

  // White space, and what may stand between values: byte order marks of files that were joined, and
  // the record separators of RFC 7464.
  void SkipSpace();
  bool Take(char c);    // whether it stood here; white space before it is skipped
  void Expect(char c);  // the same, a fault otherwise

  // Passes over one value of any kind and depth.
  void SkipValue();
  // A string; `storage` keeps the characters where they had to be decoded.
  JsonString ReadString(std::string& storage);

  // "a number", "a list", ...: the kind of the value that begins here, from its first character.
  std::string_view KindHere() const;

 private:
  [[noreturn]] void Fail(const std::string& what) const;
  void SkipScalar();
  void SkipKey();
  void SkipInward(std::string& open);
  bool HasNextInside(std::string& open);
  std::string_view RawString(bool& escaped);
  void DecodeEscape(std::string_view raw, std::size_t& i, JsonString& decoded, std::string& out);
  std::uint32_t Hex(std::string_view raw, std::size_t i) const;

  std::string_view text_;
  std::size_t at_ = 0;
};

// The line, from 1, of a position: lines end with LF, CR LF or CR.
std::int64_t FindLine(std::string_view text, std::size_t position);

}  // namespace saelaw
