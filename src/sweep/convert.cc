// Each value is converted by itself, knowing only its key, so that all mistakes of a file are found
// in one pass. A message always says what would be right and what was found; checks that need two
// keys stand in assemble_*.cc.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "sweep/reading.h"

namespace saelaw {
namespace {

using Kind = YamlNode::Kind;

// The limits are far beyond what a sweep needs; they keep a damaged or hostile file from making
// work.
constexpr std::size_t kMaxList = 64;
constexpr std::size_t kMaxText = 4000;

constexpr const char* kLeastLoss = "least-loss";

// A user's text in a message: short, and on one line.
std::string Quote(std::string_view text) {
  constexpr std::size_t kShown = 40;
  // A character of several bytes is not split: the cut moves back to where one begins.
  std::size_t end = std::min(kShown, text.size());
  while (end < text.size() && end > 0 && (text[end] & 0xC0) == 0x80) --end;
  std::string shown;
  for (const char c : text.substr(0, end)) shown += (c == '\n' || c == '\t') ? ' ' : c;
  return fmt::format("'{}{}'", shown, end < text.size() ? "..." : "");
}

bool IsOneAmong(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), text) != words.end();
}

// YAML 1.1 had yes, no, on and off besides the words of the core schema, and people still write
// them.
bool IsTrue(std::string_view text) {
  return IsOneAmong(text, {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"});
}
bool IsFalse(std::string_view text) {
  return IsOneAmong(text, {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"});
}

constexpr std::string_view kCountUnits =
    "a whole number such as 512, 131072, 512K or 2.1B (units: K, M, B, G, T; Ki, Mi, Gi, Ti)";

// This reads one scalar; `why` receives what is expected, whether the text was readable or not.
std::optional<double> ParseNumber(KeyType type, const std::string& text, std::string& why) {
  switch (type) {
    case KeyType::kCount:
    case KeyType::kCounts:
      why = kCountUnits;
      return ParseCount(text);
    case KeyType::kNumberOrOff:
      why = "a number such as 0.5, or off";
      // In YAML 1.1 `off` is a word for false, so the other words for false are accepted too.
      return IsFalse(text) ? 0 : ParseCount(text);
    case KeyType::kFraction:
      why = "a share such as 5% or 0.05 (unit: %)";
      return ParseFraction(text);
    case KeyType::kRisk: {
      why = "a share above 0, such as 1%, or least-loss";
      if (text == kLeastLoss) return 0;
      const std::optional<double> share = ParseFraction(text);
      // No rate is without any risk, so that a risk of 0 would be a promise that nobody can keep.
      return share && *share > 0 ? share : std::nullopt;
    }
    case KeyType::kDuration:
      why = "a time such as 90s, 8h or 1h30m (units: s, m, min, h, d)";
      // A bare number is accepted as seconds; CheckUnit warns of it.
      if (const std::optional<double> bare = ParseBare(text)) return bare;
      return ParseSeconds(text);
    case KeyType::kBytes:
      why = "a size such as 4GiB or 500MB (units: B, KB, MB, GB, TB; KiB, MiB, GiB, TiB)";
      return ParseBytes(text);
    default:
      why = "a number such as 4e-3, 0.5 or 165T (units: K, M, B, G, T; Ki, Mi, Gi, Ti)";
      return ParseCount(text);
  }
}

bool IsWhole(KeyType type) { return type == KeyType::kCount || type == KeyType::kCounts; }

class Converter {
 public:
  Converter(const Key& key, const std::string& shown, const std::filesystem::path& folder)
      : key_(key), shown_(shown), folder_(folder) {}

  Converted Run(const YamlNode& node) {
    Converted result;
    result.value = Read(node);
    result.mistakes = std::move(mistakes_);
    result.warnings = std::move(warnings_);
    return result;
  }

 private:
  bool TakesList() const {
    constexpr std::array kLists = {
        KeyType::kCounts, KeyType::kNumbers, KeyType::kNames, KeyType::kPaths, KeyType::kDevices};
    return std::find(kLists.begin(), kLists.end(), key_.type) != kLists.end();
  }

  Value Read(const YamlNode& node) {
    // A value that is refused is returned all the same: it counts only when there are no mistakes.
    if (TakesList()) return ReadList(node);
    return IsScalar(node) ? ReadScalar(node) : Value{};
  }

  bool IsScalar(const YamlNode& node) {
    if (node.kind == Kind::kScalar) return true;
    const std::string_view got = node.kind == Kind::kNull       ? "nothing"
                                 : node.kind == Kind::kSequence ? "a list"
                                                                : "a section";
    Complain(node, fmt::format("{} must be one value, got {}", shown_, got));
    return false;
  }

  Value ReadList(const YamlNode& node) {
    Value list = At(node);
    if (node.kind != Kind::kSequence) {
      // A single value stands for a list of one.
      if (IsScalar(node)) list.items.push_back(ReadScalar(node));
    } else if (node.items.empty() || node.items.size() > kMaxList) {
      Complain(
          node,
          fmt::format("{} must have 1 to {} entries, got {}", shown_, kMaxList, node.items.size()));
    } else {
      for (const YamlNode& item : node.items) {
        if (IsScalar(item)) list.items.push_back(ReadScalar(item));
      }
    }
    std::vector<std::string> texts;
    // The list is shown in one line, in YAML's own flow style.
    for (const Value& item : list.items) texts.push_back(item.text);
    list.text = fmt::format("[{}]", fmt::join(texts, ", "));
    return list;
  }

  Value ReadScalar(const YamlNode& node) {
    switch (key_.type) {
      case KeyType::kText:
      case KeyType::kNames:
        return ReadText(node);
      case KeyType::kPath:
      case KeyType::kPaths:
        return ReadPath(node);
      case KeyType::kBool:
        return ReadBool(node);
      case KeyType::kChoice:
        return ReadChoice(node);
      case KeyType::kDevices:
        return ReadDevice(node);
      case KeyType::kStretch:
        return ReadStretch(node);
      default:
        return ReadNumber(node);
    }
  }

  Value ReadText(const YamlNode& node) {
    Value value = At(node);
    value.text = node.text;
    if (node.text.empty()) Complain(node, fmt::format("{} must not be empty", shown_));
    if (node.text.size() > kMaxText) {
      Complain(node, fmt::format("{} has more than {} bytes", shown_, kMaxText));
    }
    return value;
  }

  Value ReadPath(const YamlNode& node) {
    Value value = ReadText(node);
    // Variables are resolved before the path is made absolute, since a variable may hold an
    // absolute path, which then replaces the folder. An empty result means that a mistake was told.
    const std::string expanded = ExpandVariables(node);
    if (!expanded.empty()) {
      value.text = std::filesystem::absolute(folder_ / expanded).lexically_normal().string();
    }
    return value;
  }

  // Only ${VAR} and ${VAR:-default} are known, each expanded once: what a variable holds is not
  // looked at again.
  std::string ExpandVariables(const YamlNode& node) {
    std::string out;
    std::string_view rest = node.text;
    for (;;) {
      const std::size_t begin = rest.find("${");
      out += rest.substr(0, begin);
      if (begin == std::string_view::npos) return out;
      const std::size_t end = rest.find('}', begin);
      if (end == std::string_view::npos) {
        Complain(node, fmt::format("{}: '${{' is not closed by '}}'", shown_));
        return {};
      }
      out += VariableValue(node, rest.substr(begin + 2, end - begin - 2));
      rest.remove_prefix(end + 1);
    }
  }

  std::string VariableValue(const YamlNode& node, std::string_view inside) {
    const std::size_t separator = inside.find(":-");
    const std::string name(inside.substr(0, separator));
    const char* value = std::getenv(name.c_str());
    // An empty variable counts as one that is not set, as `:-` means in a shell.
    if (value != nullptr && *value != '\0') return value;
    if (separator != std::string_view::npos) return std::string(inside.substr(separator + 2));
    Complain(node,
             fmt::format("{}: the environment variable {} is not set; set it, or write "
                         "${{{}:-default}}",
                         shown_,
                         Quote(name),
                         name.size() > 40 ? "NAME" : name));
    return {};
  }

  Value ReadBool(const YamlNode& node) {
    Value value = At(node);
    const std::string& text = node.text;
    value.number = IsTrue(text) ? 1 : 0;
    if (value.number == 0 && !IsFalse(text)) {
      Complain(node, fmt::format("{} must be true or false, got {}", shown_, Quote(text)));
    }
    // All spellings look alike from here on, so that whoever asks for the text knows two words
    // only.
    value.text = value.number != 0 ? "true" : "false";
    return value;
  }

  Value ReadChoice(const YamlNode& node) {
    Value value = At(node);
    value.text = node.text;
    const std::vector<std::string_view> words = Choices(key_.choices);
    if (std::find(words.begin(), words.end(), node.text) == words.end()) {
      const std::string_view nearest = Nearest(node.text, words);
      Complain(node,
               fmt::format("{} must be one of {}, got {}{}",
                           shown_,
                           fmt::join(words, ", "),
                           Quote(node.text),
                           nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    return value;
  }

  // At most two digits are accepted: no machine has a hundred GPUs, and so the number always fits
  // an int.
  Value ReadDevice(const YamlNode& node) {
    Value value = At(node);
    value.text = node.text;
    constexpr std::string_view kNumbered = "cuda:";
    const std::string_view text = node.text;
    const bool numbered = text.substr(0, kNumbered.size()) == kNumbered &&
                          text.size() > kNumbered.size() && text.size() <= kNumbered.size() + 2 &&
                          text.find_first_not_of("0123456789", kNumbered.size()) == text.npos;
    if (text != "cpu" && text != "cuda" && !numbered) {
      Complain(node, fmt::format("{} must be cpu, cuda or cuda:N, got {}", shown_, Quote(text)));
    }
    return value;
  }

  // A positive whole number without % is a number of tokens, so that 1 means one token and 100% the
  // whole run. All else is a share.
  Value ReadStretch(const YamlNode& node) {
    const std::optional<double> share = ParseFraction(node.text);
    const std::optional<std::int64_t> tokens = ParseWholeCount(node.text);
    const bool percent = node.text.find('%') != std::string::npos;
    Value value = At(node);
    value.in_tokens = !percent && tokens.has_value() && *tokens > 0;
    if (value.in_tokens) {
      value.number = static_cast<double>(*tokens);
    } else if (share && *share >= 0 && *share <= 1) {
      value.number = *share;
    } else {
      Complain(node,
               fmt::format("{} must be a share of the run from 0% to 100%, such as 5%, or a number "
                           "of tokens such as 4K (units: %; K, M, B, G, T; Ki, Mi, Gi, Ti), got {}",
                           shown_,
                           Quote(node.text)));
    }
    value.text = FormatExact(value.number) + (value.in_tokens ? " tokens" : "");
    return value;
  }

  Value ReadNumber(const YamlNode& node) {
    Value value = At(node);
    std::string expected;
    const std::optional<double> number = ParseNumber(key_.type, node.text, expected);
    // The number 2.1e9 written as 2.1B may miss the whole number by a rounding error, so
    // ParseWholeCount decides with a tolerance. Negative numbers pass here, because the range below
    // has the better message for them.
    const bool whole = !IsWhole(key_.type) || !number || *number < 0 || ParseWholeCount(node.text);
    if (!number || !whole) {
      Complain(node, fmt::format("{} must be {}, got {}", shown_, expected, Quote(node.text)));
    } else if (!Contains(key_.range, *number)) {
      Complain(node, fmt::format("{} must be {}, got {}", shown_, Describe(key_.range), node.text));
    } else {
      // Rounding removes the error that the tolerance let through.
      value.number = IsWhole(key_.type) ? std::nearbyint(*number) : *number;
      value.text = FormatExact(value.number);
      if (key_.type == KeyType::kRisk && value.number == 0) value.text = kLeastLoss;
      if (key_.type == KeyType::kDuration) CheckUnit(node, &value);
    }
    return value;
  }

  // People who write a bare number often mean minutes or hours, so the question is worth asking.
  void CheckUnit(const YamlNode& node, Value* value) {
    value->text += "s";
    if (!ParseBare(node.text)) return;
    warnings_.push_back(
        {node.line,
         node.column,
         fmt::format("{}: {} has no unit and is taken as seconds; write {}s (or m, h, d)",
                     shown_,
                     node.text,
                     node.text)});
  }

  static Value At(const YamlNode& node) {
    Value value;
    value.line = node.line;
    value.column = node.column;
    return value;
  }

  void Complain(const YamlNode& node, std::string message) {
    // A flag has no line, so the message must say where the value came from.
    if (node.from_flag) message += " (given by a flag)";
    mistakes_.push_back({node.line, node.column, std::move(message)});
  }

  const Key& key_;
  const std::string& shown_;
  const std::filesystem::path& folder_;
  std::vector<Mistake> mistakes_, warnings_;
};

}  // namespace

Converted Convert(const Key& key,
                  const std::string& shown,
                  const YamlNode& node,
                  const std::filesystem::path& folder) {
  return Converter(key, shown, folder).Run(node);
}

}  // namespace saelaw
