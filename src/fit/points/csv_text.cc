// Turns the bytes of a file into text, or says what kind of file it is instead. The first bytes
// give most other kinds away, and a user who is told "save it as CSV" needs no other help.
#include "fit/points/csv_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using std::string_view_literals::operator""sv;

// The text says what the file is and how to mend it, in the words of a user and not of a format.
struct Signature {
  std::string_view bytes;
  std::string_view what;  // and how to mend it
};

constexpr std::string_view kSpreadsheet =
    "a spreadsheet or a ZIP archive, not a table in text: save it as CSV";
constexpr std::string_view kCompressed = "compressed: unpack it first";
constexpr std::string_view kNoText = "binary data, not a table in text: write it as CSV";

// UTF-32 stands among these because its mark begins with that of UTF-16, which is asked for later.
// A file that is refused here is refused with the way to mend it.
constexpr std::array kSignatures = {
    Signature{"PK\x03\x04"sv, kSpreadsheet},
    Signature{"\xD0\xCF\x11\xE0"sv, kSpreadsheet},
    Signature{"\x1F\x8B"sv, kCompressed},
    Signature{"\x28\xB5\x2F\xFD"sv, kCompressed},
    Signature{"\xFD\x37zXZ"sv, kCompressed},
    Signature{"BZh9"sv, kCompressed},
    Signature{"PAR1"sv, "Parquet, not a table in text: write it as CSV"},
    Signature{"SQLite format 3"sv, "an SQLite database, not a table in text: export it as CSV"},
    Signature{"\x93NUMPY"sv, kNoText},
    Signature{"\x89HDF"sv, kNoText},
    Signature{"\xFF\xFE\0\0"sv, "UTF-32: save it as UTF-8"},
    Signature{"\0\0\xFE\xFF"sv, "UTF-32: save it as UTF-8"}};

[[noreturn]] void Refuse(std::string_view name, std::string_view what) {
  throw ConfigurationError(fmt::format("{}: the file is {}", name, what));
}

void AppendUtf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  const auto tail = [&](std::uint32_t shift) { put(0x80U | (code >> shift & 0x3FU)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0U | code >> 6U);
    tail(0);
  } else if (code < 0x10000) {
    put(0xE0U | code >> 12U);
    tail(6);
    tail(0);
  } else {
    put(0xF0U | code >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

// `bytes` is given without a byte-order mark. Half a surrogate pair becomes the replacement
// character, as the rest of the table may still be good.
std::string FromUtf16(std::string_view bytes, bool big_endian, std::string_view name) {
  if (bytes.size() % 2 != 0) Refuse(name, "UTF-16 with half a character at its end: it is cut off");
  const auto unit = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(bytes[2 * i]);
    const auto second = static_cast<unsigned char>(bytes[2 * i + 1]);
    return big_endian ? std::uint32_t{first} << 8U | second : std::uint32_t{second} << 8U | first;
  };
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const auto high = [](std::uint32_t code) { return code >= 0xD800 && code < 0xDC00; };
  const auto low = [](std::uint32_t code) { return code >= 0xDC00 && code < 0xE000; };
  std::string text;
  text.reserve(bytes.size() / 2);
  const std::size_t units = bytes.size() / 2;
  for (std::size_t i = 0; i < units; ++i) {
    std::uint32_t code = unit(i);
    if (high(code) && i + 1 < units && low(unit(i + 1))) {
      code = 0x10000 + ((code - 0xD800) << 10U) + (unit(++i) - 0xDC00);
    } else if (high(code) || low(code)) {
      code = kReplacement;
    }
    AppendUtf8(code, text);
  }
  return text;
}

// Gives the text of UTF-16, which is known by its mark or by the zero byte of its first, plain
// character. The result is empty for another encoding.
std::string Utf16Text(std::string_view bytes, std::string_view name) {
  if (bytes.size() < 2) return "";
  if (bytes.starts_with("\xFF\xFE")) return FromUtf16(bytes.substr(2), false, name);
  if (bytes.starts_with("\xFE\xFF")) return FromUtf16(bytes.substr(2), true, name);
  const bool first = bytes[0] == '\0';
  const bool second = bytes[1] == '\0';
  return first != second ? FromUtf16(bytes, first, name) : "";
}

// A list of lists or of objects is JSON; a lone "[" may begin a column's name.
bool LooksLikeJson(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return false;
  if (text[first] == '{') return true;
  const std::size_t next = text.find_first_not_of(kBlank, first + 1);
  return text[first] == '[' && next != std::string_view::npos &&
         (text[next] == '{' || text[next] == '[');
}

// Gives the bytes of the character that `text` begins with, or 0 when it is no UTF-8.
std::size_t CharacterBytes(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return 1;
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < bytes) return 0;
  const bool whole = std::all_of(text.begin() + 1, text.begin() + bytes, [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80;
  });
  return whole ? bytes : 0;
}

// Says how a message shows the character of `bytes` bytes that `text` begins with. Control
// characters become "?", since a message must not move a terminal's cursor.
std::string_view ShownCharacter(std::string_view text, std::size_t bytes) {
  if (bytes > 1) {
    const bool control = text.starts_with('\xC2') && static_cast<unsigned char>(text[1]) < 0xA0;
    return control ? "?" : text.substr(0, bytes);
  }
  switch (text.front()) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(text.front());
  return bytes == 0 || byte < 0x20 || byte == 0x7F ? "?" : text.substr(0, 1);
}

}  // namespace

std::string CsvText(std::string_view bytes, std::string_view name) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  for (const Signature& signature : kSignatures) {
    if (bytes.starts_with(signature.bytes)) Refuse(name, signature.what);
  }
  std::string text = Utf16Text(bytes, name);
  if (text.empty()) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    text = bytes;
  }
  // After decoding, a zero byte has no place in a text of any kind.
  if (text.find('\0') != std::string::npos) Refuse(name, kNoText);
  if (LooksLikeJson(text)) Refuse(name, "JSON, not a table with a header line: write it as CSV");
  return text;
}

// Characters are counted and not bytes, so that none is cut in two.
std::string Shown(std::string_view text) {
  std::string shown;
  for (int count = 0; !text.empty(); ++count) {
    if (count == kShownCharacters) return shown + "...";
    const std::size_t bytes = CharacterBytes(text);
    shown += ShownCharacter(text, bytes);
    text.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return shown;
}

std::string_view Stripped(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlank) + 1 - first);
}

// Only plain letters are changed: the result must not depend on the user's locale.
std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return lower;
}

}  // namespace saelaw
