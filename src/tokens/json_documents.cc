// One pass goes over the text without a tree of it: large files are mapped and read where they lie,
// and only the string that is asked for is ever decoded. Messages name the line and what to write
// instead, because the wrong key is the usual fault.
#include "tokens/json_documents.h"

#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "tensors/message.h"
#include "tokens/json_scanner.h"
#include "tokens/text_message.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// The keys of an object, for the message that it lacks the one that was asked for.
struct KeysHere {
  std::vector<std::string> keys;  // the first ones
  bool more = false;
  std::string longest;  // the key of the longest string: the text, most likely
};

// Reads the object a second time; only a message needs it. Its JSON was read without a fault
// before.
KeysHere ListKeys(std::string_view text, std::size_t object) {
  constexpr std::size_t kShown = 8;
  JsonScanner scanner(text);
  scanner.MoveTo(object);
  KeysHere here;
  std::size_t longest = 0;
  std::string storage;
  scanner.Expect('{');
  while (!scanner.Take('}')) {
    scanner.SkipSpace();
    const std::string key(scanner.ReadString(storage).text);
    scanner.Expect(':');
    scanner.SkipSpace();
    const std::size_t begin = scanner.position();
    const bool is_string = scanner.Peek() == '"';
    scanner.SkipValue();
    // The longest string is the likeliest text, and becomes the advice.
    if (is_string && scanner.position() - begin > longest) {
      longest = scanner.position() - begin;
      here.longest = key;
    }
    here.more = here.keys.size() == kShown;
    if (!here.more) here.keys.push_back(Quote(key));
    scanner.Take(',');
  }
  return here;
}

class JsonDocuments {
 public:
  JsonDocuments(const fs::path& file,
                std::string_view text,
                std::string_view key,
                const std::function<void(std::string_view)>& use)
      : file_(file), text_(text), key_(key), use_(use), scanner_(text) {}
  ~JsonDocuments() = default;
  JsonDocuments(const JsonDocuments&) = delete;
  JsonDocuments& operator=(const JsonDocuments&) = delete;

  JsonCounts Read() {
    try {
      ReadAll();
    } catch (const JsonFault& fault) {
      throw IoError(fmt::format("{}: is not JSON: {}", Place(fault.position), fault.what));
    }
    return counts_;
  }

 private:
  // A list is one value; everything else is objects one after the other, whatever stands between
  // them.
  void ReadAll() {
    scanner_.SkipSpace();
    if (scanner_.Peek() == '[') return ReadArray();
    for (; !scanner_.AtEnd(); scanner_.SkipSpace()) {
      if (scanner_.Peek() != '{') RefuseKind("each line is to be an object");
      ReadObject();
    }
  }

  void ReadArray() {
    scanner_.Expect('[');
    if (!scanner_.Take(']')) {
      do {
        ReadElement();
      } while (scanner_.Take(','));
      scanner_.Expect(']');
    }
    scanner_.SkipSpace();
    if (!scanner_.AtEnd()) RefuseKind("nothing may follow the list of documents");
  }

  void ReadElement() {
    scanner_.SkipSpace();
    const char first = scanner_.Peek();
    if (first == '{') return ReadObject();
    if (first != '"' && first != 'n' && first != 'N') {
      RefuseKind("the list's elements are to be objects or strings");
    }
    ReadText();
    Hand();
  }

  // The text under the key, in `found_`; the scanner stands behind the object.
  void ReadObject() {
    const std::size_t begin = scanner_.position();
    bool has_key = false;
    scanner_.Expect('{');
    if (!scanner_.Take('}')) {
      do {
        has_key |= ReadMember();
      } while (scanner_.Take(','));
      scanner_.Expect('}');
    }
    if (!has_key) RefuseMissingKey(begin);
    Hand();
  }

  // Returns whether the member was the one that holds the text.
  bool ReadMember() {
    scanner_.SkipSpace();
    const bool is_text = scanner_.ReadString(key_storage_).text == key_;
    scanner_.Expect(':');
    if (is_text) {
      ReadText();
    } else {
      scanner_.SkipValue();
    }
    return is_text;
  }

  void ReadText() {
    scanner_.SkipSpace();
    const char first = scanner_.Peek();
    const std::size_t begin = scanner_.position();
    // Where a key occurs twice the last one counts, even if it is null.
    found_.reset();
    if (first == '"') {
      found_ = scanner_.ReadString(storage_);
      return;
    }
    const std::string_view kind = scanner_.KindHere();
    scanner_.SkipValue();  // faults of JSON come first
    if (first == 'n' || first == 'N') return;
    throw ConfigurationError(
        fmt::format("{}: {} is {}, not a string: name the key that holds the text with "
                    "activations.text_key, or write the text there",
                    Place(begin),
                    Quote(key_),
                    kind));
  }

  void Hand() {
    if (!found_ || found_->text.empty()) {
      ++counts_.empty;
      return;
    }
    counts_.lone_surrogates += found_->lone_surrogates;
    ++counts_.documents;
    use_(found_->text);
  }

  std::string Place(std::size_t position) const {
    return fmt::format("{}:{}", ShownPath(file_), FindLine(text_, position));
  }

  [[noreturn]] void RefuseKind(std::string_view rule) {
    const std::size_t begin = scanner_.position();
    const std::string_view kind = scanner_.KindHere();
    scanner_.SkipValue();  // faults of JSON come first
    throw ConfigurationError(
        fmt::format("{}: is {}: {} with its text under {}, see "
                    "activations.text_key",
                    Place(begin),
                    kind,
                    rule,
                    Quote(key_)));
  }

  [[noreturn]] void RefuseMissingKey(std::size_t begin) const {
    const KeysHere here = ListKeys(text_, begin);
    if (here.longest.empty()) {
      throw ConfigurationError(fmt::format("{}: has no key {}{}{}, and no string under another",
                                           Place(begin),
                                           Quote(key_),
                                           here.keys.empty() ? "" : "; its keys are ",
                                           fmt::join(here.keys, ", ")));
    }
    throw ConfigurationError(
        fmt::format("{}: has no key {}; its keys are {}{}: name the one that holds the text, as in "
                    "activations.text_key: {}",
                    Place(begin),
                    Quote(key_),
                    fmt::join(here.keys, ", "),
                    here.more ? " and more" : "",
                    Quote(here.longest)));
  }

  const fs::path& file_;
  std::string_view text_;
  std::string_view key_;
  const std::function<void(std::string_view)>& use_;
  JsonScanner scanner_;
  std::optional<JsonString> found_;  // nothing: null
  std::string storage_;
  std::string key_storage_;
  JsonCounts counts_;
};

// Whether the object that begins here has the key; the scanner stands behind it.
bool ObjectHasKey(JsonScanner& scanner, std::string_view key) {
  bool has_key = false;
  std::string storage;
  scanner.Expect('{');
  if (scanner.Take('}')) return false;
  do {
    scanner.SkipSpace();
    has_key |= scanner.ReadString(storage).text == key;
    scanner.Expect(':');
    scanner.SkipValue();
  } while (scanner.Take(','));
  scanner.Expect('}');
  return has_key;
}

// The rest of a list is not looked at: it may be gigabytes.
JsonFront LookAtArray(JsonScanner& scanner, std::string_view key) {
  scanner.Expect('[');
  scanner.SkipSpace();
  if (scanner.Peek() == '"') {
    scanner.SkipValue();
    return JsonFront::kDocument;
  }
  if (scanner.Peek() == '{' && ObjectHasKey(scanner, key)) return JsonFront::kDocument;
  return JsonFront::kOther;
}

JsonFront LookAtObjects(JsonScanner& scanner, std::string_view key) {
  // A second object tells JSON lines from a single object such as a configuration, which is no
  // text.
  const bool has_key = ObjectHasKey(scanner, key);
  scanner.SkipSpace();
  if (scanner.AtEnd()) return has_key ? JsonFront::kDocument : JsonFront::kOther;
  if (scanner.Peek() != '{') return JsonFront::kNoJson;
  scanner.SkipValue();
  return has_key ? JsonFront::kDocument : JsonFront::kLinesOfOther;
}

}  // namespace

JsonCounts ForEachJsonDocument(const fs::path& file,
                               std::string_view text,
                               std::string_view key,
                               const std::function<void(std::string_view)>& use) {
  return JsonDocuments(file, text, key, use).Read();
}

JsonFront LookAtJson(std::string_view text, std::string_view key) {
  JsonScanner scanner(text);
  scanner.SkipSpace();
  if (scanner.AtEnd()) return JsonFront::kNothing;
  if (scanner.Peek() != '{' && scanner.Peek() != '[') return JsonFront::kNoJson;
  try {
    if (scanner.Peek() == '[') return LookAtArray(scanner, key);
    return LookAtObjects(scanner, key);
  } catch (const JsonFault&) {
    return JsonFront::kNoJson;
  }
}

}  // namespace saelaw
