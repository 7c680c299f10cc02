// We have a scanner of our own, since the JSON library would build a tree of each line and refuse
// what Python writes (NaN, lone surrogates). Open brackets are kept in a string and not on the
// stack, so that no depth of nesting ends the program.
#include "tokens/json_scanner.h"

#include <algorithm>

#include <fmt/format.h>

#include "tokens/utf8.h"

namespace saelaw {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

// U+001E is the record separator of RFC 7464, which stands between the values of JSON text
// sequences.
bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\x1E'; }

bool IsWordCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
         c == '-' || c == '.';
}

// Digits, with at most one point and an exponent. Leading zeros and signs do not matter here.
bool IsNumber(std::string_view word) {
  const std::size_t sign = word.find_first_not_of("+-");
  if (sign == std::string_view::npos || sign > 1) return false;
  word.remove_prefix(sign);
  const std::size_t exponent = std::min(word.find_first_of("eE"), word.size());
  const std::string_view mantissa = word.substr(0, exponent);
  const bool digit = mantissa.find_first_of("0123456789") != std::string_view::npos;
  const bool alone = mantissa.find_first_not_of("0123456789.") == std::string_view::npos &&
                     std::count(mantissa.begin(), mantissa.end(), '.') <= 1;
  if (exponent == word.size()) return digit && alone;
  std::string_view power = word.substr(exponent + 1);
  if (!power.empty() && (power[0] == '+' || power[0] == '-')) power.remove_prefix(1);
  return digit && alone && !power.empty() &&
         power.find_first_not_of("0123456789") == std::string_view::npos;
}

// The words of the standard, and those that Python and C++ programs write for numbers that are
// none.
bool IsScalar(std::string_view word) {
  for (const std::string_view known : {"null"sv,
                                       "true"sv,
                                       "false"sv,
                                       "NaN"sv,
                                       "Infinity"sv,
                                       "-Infinity"sv,
                                       "-NaN"sv,
                                       "nan"sv,
                                       "inf"sv,
                                       "-inf"sv}) {
    if (word == known) return true;
  }
  return IsNumber(word);
}

}  // namespace

void JsonScanner::Fail(const std::string& what) const {
  // One character, not one byte: the text is valid UTF-8.
  const std::string_view here = text_.substr(at_);
  const std::string found = here.empty()
                                ? "the end"
                                : fmt::format("'{}'",
                                              static_cast<unsigned char>(here[0]) < 0x20
                                                  ? "?"sv
                                                  : here.substr(0, NextCharacter(here).bytes));
  throw JsonFault{at_, fmt::format("{}, found {}", what, found)};
}

void JsonScanner::SkipSpace() {
  for (;;) {
    // Marks and white space may alternate where files were joined.
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    if (text_.substr(at_, kUtf8Mark.size()) != kUtf8Mark) return;
    at_ += kUtf8Mark.size();
  }
}

bool JsonScanner::Take(char c) {
  SkipSpace();
  if (AtEnd() || text_[at_] != c) return false;
  ++at_;
  return true;
}

void JsonScanner::Expect(char c) {
  if (!Take(c)) Fail(fmt::format("expected '{}'", c));
}

void JsonScanner::SkipScalar() {
  if (Peek() == '"') {
    bool escaped = false;
    RawString(escaped);
    return;
  }
  std::size_t end = at_;
  while (end < text_.size() && IsWordCharacter(text_[end])) ++end;
  if (!IsScalar(text_.substr(at_, end - at_))) Fail("expected a value");
  at_ = end;
}

void JsonScanner::SkipKey() {
  SkipSpace();
  if (Peek() != '"') Fail("expected a key in double quotes");
  SkipScalar();
  Expect(':');
}

// After a value: closes what ends here (`open` holds the closing brackets that are missing), and
// whether another value follows.
bool JsonScanner::HasNextInside(std::string& open) {
  while (!open.empty()) {
    if (Take(',')) {
      if (open.back() == '}') SkipKey();
      return true;
    }
    if (!Take(open.back())) Fail(fmt::format("expected ',' or '{}'", open.back()));
    open.pop_back();
  }
  return false;
}

// Passes over opening brackets, which `open` keeps, up to the first scalar or empty pair, and it.
void JsonScanner::SkipInward(std::string& open) {
  for (;;) {
    SkipSpace();
    const char bracket = Peek();
    if (bracket != '{' && bracket != '[') return SkipScalar();
    const char close = bracket == '{' ? '}' : ']';
    ++at_;
    if (Take(close)) return;
    open.push_back(close);
    if (close == '}') SkipKey();
  }
}

void JsonScanner::SkipValue() {
  std::string open;
  do {
    SkipInward(open);
  } while (HasNextInside(open));
}

// The characters between the quotes, as they stand; behind the closing quote afterwards.
std::string_view JsonScanner::RawString(bool& escaped) {
  Expect('"');
  const std::size_t begin = at_;
  for (; at_ < text_.size(); ++at_) {
    const char c = text_[at_];
    if (c == '"') return text_.substr(begin, at_++ - begin);
    // A string that runs over a line's end has lost its closing quote: to read on would make one
    // document of two.
    if (c == '\n' || c == '\r') break;
    if (c == '\\') {
      escaped = true;
      if (text_.substr(at_ + 1, 1).find_first_of("\r\n") == std::string_view::npos) ++at_;
    }
  }
  at_ = std::min(at_, text_.size());
  // The fault stands at the opening quote, which is on the line that the user has to look at.
  const bool cut = AtEnd();
  at_ = begin - 1;
  throw JsonFault{at_, cut ? "a string that does not end" : "a string goes on over a line's end"};
}

std::uint32_t JsonScanner::Hex(std::string_view raw, std::size_t i) const {
  std::uint32_t value = 0;
  for (std::size_t k = i; k < i + 4; ++k) {
    const char c = k < raw.size() ? raw[k] : '?';
    const bool digit = c >= '0' && c <= '9';
    // Setting this bit makes capitals small.
    const char letter = static_cast<char>(c | 0x20);
    if (!digit && (letter < 'a' || letter > 'f')) throw JsonFault{at_, "a \\u without four digits"};
    value = value << 4 | static_cast<std::uint32_t>(digit ? c - '0' : letter - 'a' + 10);
  }
  return value;
}

// `i` stands behind the backslash; behind the escape afterwards.
void JsonScanner::DecodeEscape(std::string_view raw,
                               std::size_t& i,
                               JsonString& decoded,
                               std::string& out) {
  constexpr std::string_view kNames = "\"\\/bfnrt";
  constexpr std::string_view kCharacters = "\"\\/\b\f\n\r\t";
  const char name = raw[i++];
  const std::size_t known = kNames.find(name);
  if (known != std::string_view::npos) {
    out.push_back(kCharacters[known]);
    return;
  }
  if (name != 'u') throw JsonFault{at_, "a backslash before what is no escape"};
  char32_t character = Hex(raw, i);
  i += 4;
  // A high surrogate and a low one are one character (Unicode 15, section 3.9).
  if (character >= 0xD800 && character < 0xDC00 && raw.substr(i, 2) == "\\u") {
    const char32_t low = Hex(raw, i + 2);
    if (low >= 0xDC00 && low < 0xE000) {
      character = 0x10000 + ((character & 0x3FF) << 10 | (low & 0x3FF));
      i += 6;
    }
  }
  const bool lone = character >= 0xD800 && character < 0xE000;
  decoded.lone_surrogates += lone ? 1 : 0;
  AppendUtf8(lone ? U'\uFFFD' : character, out);
}

JsonString JsonScanner::ReadString(std::string& storage) {
  bool escaped = false;
  const std::string_view raw = RawString(escaped);
  // Most strings hold no escapes, and are not copied.
  if (!escaped) return {raw, 0};
  JsonString decoded;
  storage.clear();
  for (std::size_t i = 0; i < raw.size();) {
    const std::size_t next = std::min(raw.find('\\', i), raw.size());
    storage.append(raw.substr(i, next - i));
    i = next + 1;
    if (next < raw.size()) DecodeEscape(raw, i, decoded, storage);
  }
  decoded.text = storage;
  return decoded;
}

std::string_view JsonScanner::KindHere() const {
  switch (Peek()) {
    case '{':
      return "an object";
    case '[':
      return "a list";
    case '"':
      return "a string";
    case 't':
    case 'f':
      return "true or false";
    case 'n':
    case 'N':
      return "null";
    default:
      return "a number";
  }
}

std::int64_t FindLine(std::string_view text, std::size_t position) {
  std::int64_t line = 1;
  for (std::size_t i = 0; i < std::min(position, text.size()); ++i) {
    const bool ends = text[i] == '\n' || (text[i] == '\r' && text.substr(i + 1, 1) != "\n");
    line += ends ? 1 : 0;
  }
  return line;
}

}  // namespace saelaw
