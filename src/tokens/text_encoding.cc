// What is certain is decoded (valid UTF-8, byte order marks), what is nearly certain is repaired
// and counted, and everything else is refused with the command that converts it: to guess an
// encoding silently would train on garbage. The guesses here only word the refusal.
#include "tokens/text_encoding.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/errors.h"
#include "tokens/file_kind.h"
#include "tokens/text_message.h"
#include "tokens/utf8.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using std::string_view_literals::operator""sv;

constexpr std::size_t kFront = 1 << 16;          // bytes that are looked at for a guess
constexpr std::int64_t kFewReplaced = 3;         // in any file
constexpr std::int64_t kReplacedPerText = 1000;  // one in so many

[[noreturn]] void RefuseText(const fs::path& file, const std::string& what) {
  throw ConfigurationError(fmt::format("{}: {}", ShownPath(file), what));
}

[[noreturn]] void RefuseKind(const fs::path& file, const FileKind& kind) {
  RefuseText(file, fmt::format("is {}, not text: {}", kind.kind, kind.mend));
}

bool IsControl(char32_t c) {
  return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f') || c == 0x7F;
}

// A few are the damage of a download; more than that is another encoding.
bool TooManyReplaced(std::int64_t replaced, std::int64_t characters) {
  return replaced > std::max(kFewReplaced, characters / kReplacedPerText);
}

struct Encoding {
  std::string_view mark;
  std::string_view name;
  WideForm form;
};

// UTF-32's marks first: the little-endian one begins with that of UTF-16.
constexpr std::array kEncodings = {
    Encoding{"\xFF\xFE\0\0"sv, "UTF-32LE", {4, false}},
    Encoding{"\0\0\xFE\xFF"sv, "UTF-32BE", {4, true}},
    Encoding{"\xFF\xFE"sv, "UTF-16LE", {2, false}},
    Encoding{"\xFE\xFF"sv, "UTF-16BE", {2, true}},
};

DecodedText DecodeMarked(const fs::path& file, const Encoding& encoding, std::string_view bytes) {
  RepairedText decoded = DecodeWide(bytes.substr(encoding.mark.size()), encoding.form);
  const Utf8Census census = CountUtf8(decoded.text);
  if (TooManyReplaced(decoded.replaced, census.characters) ||
      decoded.text.find('\0') != std::string::npos) {
    RefuseText(file,
               fmt::format("begins with the byte order mark of {}, but {} of its {} characters "
                           "are none and {} are NUL: is damaged or no text; leave it out of "
                           "activations.text",
                           encoding.name,
                           decoded.replaced,
                           census.characters,
                           std::count(decoded.text.begin(), decoded.text.end(), '\0')));
  }
  return {std::move(decoded.text), decoded.replaced};
}

// Text of wide characters has its NULs at the same places of each, and next to nothing in it but
// characters that text is made of.
bool LooksLike(const Encoding& encoding, std::string_view bytes) {
  const auto width = static_cast<std::size_t>(encoding.form.bytes);
  if (bytes.size() % width != 0) return false;
  const std::string_view front = bytes.substr(0, kFront);
  const RepairedText decoded = DecodeWide(front, encoding.form);
  std::int64_t odd = decoded.replaced;
  std::int64_t characters = 0;
  std::int64_t ascii = 0;
  for (std::size_t i = 0; i < decoded.text.size(); ++characters) {
    const Utf8Step step = NextCharacter(std::string_view(decoded.text).substr(i));
    odd += IsControl(step.code_point) || step.code_point == 0xFFFF ? 1 : 0;
    ascii += step.code_point < 0x80 ? 1 : 0;
    i += step.bytes;
  }
  // Units of random bytes give lone surrogates and next to no ASCII; text of any script has some
  // ASCII, spaces and line ends at least.
  return odd * 100 <= characters && ascii * 100 >= characters;
}

// Plain ASCII with a NUL here and there.
bool IsAsciiWithNuls(std::string_view bytes) {
  const std::string_view front = bytes.substr(0, kFront);
  const std::int64_t nuls = std::count(front.begin(), front.end(), '\0');
  const std::int64_t printable = std::count_if(
      front.begin(), front.end(), [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
  const auto size = static_cast<std::int64_t>(front.size());
  // Fewer than a fifth of the bytes are NUL and most of the others are printable: half of them
  // would be NUL in UTF-16.
  return nuls * 5 < size && printable * 20 >= (size - nuls) * 17;
}

// What NUL bytes say: wide characters without a mark, or no text at all.
[[noreturn]] void RefuseNul(const fs::path& file, std::string_view bytes) {
  if (const FileKind kind = RecogniseBinaryKind(bytes); !kind.kind.empty()) RefuseKind(file, kind);
  for (const Encoding& encoding : kEncodings) {
    // Broken ASCII may pass for wide characters of a rare script.
    if (IsAsciiWithNuls(bytes) || !LooksLike(encoding, bytes)) continue;
    RefuseText(file,
               fmt::format("looks like {} without a byte order mark: convert it with {}",
                           encoding.name,
                           IconvCommand(file, encoding.name)));
  }
  RefuseText(file,
             fmt::format("has NUL bytes (the first is byte {}), so it is no text: leave it out of "
                         "activations.text (token ids belong in activations.token_files; NULs "
                         "inside a text are removed with tr -d '\\000')",
                         bytes.find('\0')));
}

// ISO-2022-JP and its kin are made of ASCII alone: escape sequences shift between the sets.
bool HasShiftSequences(std::string_view bytes) {
  const std::string_view front = bytes.substr(0, kFront);
  for (const std::string_view shift : {"\x1B$B"sv, "\x1B$@"sv, "\x1B$)C"sv, "\x1B$)A"sv}) {
    if (front.find(shift) != std::string_view::npos) return true;
  }
  return false;
}

// Windows-1252 leaves these five bytes undefined, and iconv would stop at them.
bool HasBytesOutsideWindows1252(std::string_view bytes) {
  return bytes.find_first_of("\x81\x8D\x8F\x90\x9D"sv) != std::string_view::npos;
}

[[noreturn]] void RefuseIllFormed(const fs::path& file,
                                  std::string_view bytes,
                                  const Utf8Census& census) {
  if (const FileKind kind = RecogniseBinaryKind(bytes); !kind.kind.empty()) RefuseKind(file, kind);
  const std::string_view front = bytes.substr(0, kFront);
  const auto count = [front](auto is) {
    return std::count_if(
        front.begin(), front.end(), [is](char c) { return is(static_cast<unsigned char>(c)); });
  };
  const auto size = static_cast<std::int64_t>(front.size());
  const std::int64_t controls = count([](unsigned char c) { return IsControl(c); });
  const std::string counted =
      fmt::format("{} of its {} characters are not UTF-8", census.ill_formed, census.characters);
  // Text has almost no control characters, compressed data have one in nine.
  if (controls * 100 > size) {
    RefuseText(file,
               counted + " and many are control characters: leave it out of activations.text");
  }
  // More good characters of several bytes than bad ones: it was UTF-8 once.
  if (census.wide > census.ill_formed) {
    RefuseText(file,
               fmt::format("{}, the others are: it is damaged or mixed with another encoding; "
                           "write it anew, or drop them with iconv -c -f UTF-8 -t UTF-8",
                           counted));
  }
  const std::int64_t high = count([](unsigned char c) { return c >= 0x80; });
  const std::int64_t letters =
      count([](unsigned char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; });
  // Accents are rare among the letters of a Latin script, whereas in other scripts almost every
  // letter is a high byte.
  if (high * 3 <= high + letters) {
    const char* encoding = HasBytesOutsideWindows1252(front) ? "ISO-8859-1" : "WINDOWS-1252";
    RefuseText(file,
               fmt::format("{}; it looks like Latin-1 or Windows-1252: convert it with {}",
                           counted,
                           IconvCommand(file, encoding)));
  }
  RefuseText(file,
             fmt::format("{}; it looks like an older encoding of another script (Windows-1251, "
                         "KOI8-R, GBK, Shift_JIS, ...): convert it with {}",
                         counted,
                         IconvCommand(file, "ITS-ENCODING")));
}

}  // namespace

DecodedText DecodeText(const fs::path& file, std::string_view bytes) {
  if (const FileKind kind = RecogniseKind(bytes); !kind.kind.empty()) RefuseKind(file, kind);
  for (const Encoding& encoding : kEncodings) {
    if (bytes.substr(0, encoding.mark.size()) == encoding.mark) {
      return DecodeMarked(file, encoding, bytes);
    }
  }
  if (bytes.find('\0') != std::string_view::npos) RefuseNul(file, bytes);
  if (HasShiftSequences(bytes)) {
    RefuseText(file,
               fmt::format("looks like ISO-2022 (Japanese, Korean or Chinese in shifted ASCII): "
                           "convert it with {}",
                           IconvCommand(file, "ISO-2022-JP")));
  }
  // The mark is no character of the text, and would be a token of its own.
  bytes = WithoutUtf8Mark(bytes);
  if (IsUtf8(bytes)) return DecodedText(bytes);
  const Utf8Census census = CountUtf8(bytes);
  // Without one good character of several bytes nothing says that the file is UTF-8: a lone accent
  // in English is Latin-1 far more often. A cut first or last character is no such sign.
  const bool no_utf8_elsewhere = census.wide == 0 && census.ill_formed > census.cut;
  if (no_utf8_elsewhere || TooManyReplaced(census.ill_formed - census.cut, census.characters)) {
    RefuseIllFormed(file, bytes, census);
  }
  RepairedText repaired = RepairUtf8(bytes);
  return {std::move(repaired.text), repaired.replaced};
}

}  // namespace saelaw
