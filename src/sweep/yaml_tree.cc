// The ready-made tree of yaml-cpp hides repeated keys and what was an alias, so this listens to the
// parser's events instead. The text is checked as text first: what the parser does with control
// characters and broken UTF-8 is then of no matter.
#include "sweep/yaml_tree.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "tokens/utf8.h"

namespace saelaw {
namespace {

using Kind = YamlNode::Kind;

// The deepest key of a sweep needs half of these levels. Both limits bound the time and stack that
// a hostile file can take.
constexpr std::size_t kMaxDepth = 8;
constexpr std::size_t kMaxEntries = 1000;

// This is thrown to end the parse: what follows could not be understood, or would cost too much.
struct Refused {
  Mistake mistake;
};

[[noreturn]] void Refuse(const YAML::Mark& mark, std::string message) {
  throw Refused{{mark.line + 1, mark.column + 1, std::move(message)}};
}

// The builder keeps a stack of open blocks; a node joins its parent when it is complete. The
// parser's events are the only place where repeated keys are still visible.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(std::string_view text, std::vector<Mistake>& mistakes) : mistakes_(mistakes) {
    while (!text.empty()) {
      lines_.push_back(text.substr(0, text.find('\n')));
      text.remove_prefix(std::min(text.size(), lines_.back().size() + 1));
    }
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (root_) Refuse(mark, "a second YAML document begins here; a sweep is one document");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    RefuseAnchor(mark, anchor);
    YamlNode node = NodeAt(mark, Kind::kNull);
    node.text = NullWordAt(node.line, node.column);
    Add(std::move(node));
  }
  // Nested aliases can turn a short text into a huge tree.
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    Refuse(mark, "aliases (*name) are not allowed in a sweep; write the value out");
  }
  void OnScalar(const YAML::Mark& mark,
                const std::string& tag,
                YAML::anchor_t anchor,
                const std::string& value) override {
    RefuseTag(mark, tag);
    RefuseAnchor(mark, anchor);
    YamlNode node = NodeAt(mark, Kind::kScalar);
    node.text = value;
    Add(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& mark,
                       const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, Kind::kSequence);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark,
                  const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(mark, tag, anchor, Kind::kMapping);
  }
  void OnMapEnd() override { Close(); }

  std::optional<YamlNode>& root() { return root_; }

 private:
  static YamlNode NodeAt(const YAML::Mark& mark, Kind kind) {
    YamlNode node;
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  // The parser tells a null that is written from a value that is missing by neither kind nor place,
  // so the source line is read again where the event says that the null stands.
  std::string NullWordAt(int line, int column) const {
    if (line < 1 || column < 1 || static_cast<std::size_t>(line) > lines_.size()) return {};
    const std::string_view text = lines_[static_cast<std::size_t>(line) - 1];
    if (static_cast<std::size_t>(column) > text.size()) return {};
    const std::string_view rest = text.substr(static_cast<std::size_t>(column) - 1);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r,]}:#"));
    const bool is_null = word == "null" || word == "Null" || word == "NULL" || word == "~";
    return is_null ? std::string(word) : std::string();
  }

  // yaml-cpp gives "?" as the tag of plain scalars and "!" of quoted ones; neither was written by
  // the user.
  static void RefuseTag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      Refuse(mark, fmt::format("tags ({}) are not allowed in a sweep", tag));
    }
  }

  static void RefuseAnchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) Refuse(mark, "anchors (&name) are not allowed in a sweep");
  }

  void Open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Kind kind) {
    RefuseTag(mark, tag);
    RefuseAnchor(mark, anchor);
    if (open_.size() == kMaxDepth) {
      Refuse(mark, fmt::format("nested deeper than {} levels; no sweep is", kMaxDepth));
    }
    open_.push_back(NodeAt(mark, kind));
  }

  void Close() {
    YamlNode node = std::move(open_.back());
    open_.pop_back();
    Add(std::move(node));
  }

  void Add(YamlNode node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    YamlNode& parent = open_.back();
    // Events of a mapping alternate between key and value, so with as many values as keys the next
    // node is a key.
    const bool is_key = parent.kind == Kind::kMapping && parent.keys.size() == parent.items.size();
    if (is_key) {
      AddKey(parent, std::move(node));
    } else {
      PlaceNullAtKey(parent, node);
      parent.items.push_back(std::move(node));
      DropRepeated(parent);
    }
    if (parent.items.size() > kMaxEntries) {
      throw Refused{{parent.line, parent.column, fmt::format("more than {} entries", kMaxEntries)}};
    }
  }

  // The parser puts a missing value where the next thing begins, often a line too late; its key is
  // where the user looks.
  static void PlaceNullAtKey(const YamlNode& parent, YamlNode& node) {
    if (node.kind != Kind::kNull || !node.text.empty() || parent.kind != Kind::kMapping) return;
    node.line = parent.keys.back().line;
    node.column = parent.keys.back().column;
  }

  void AddKey(YamlNode& parent, YamlNode key) {
    if (key.kind != Kind::kScalar) {
      throw Refused{{key.line, key.column, "a key must be a plain word"}};
    }
    if (key.text == "<<") {
      throw Refused{{key.line,
                     key.column,
                     "merge keys (<<) are not allowed in a sweep; write the values out"}};
    }
    // A repeated key is a mistake and no reason to stop: the pair is taken as usual and dropped
    // when its value is complete (DropRepeated).
    const auto same = std::find_if(parent.keys.begin(), parent.keys.end(), [&](const YamlNode& k) {
      return k.text == key.text;
    });
    if (same != parent.keys.end()) {
      mistakes_.push_back(
          {key.line,
           key.column,
           fmt::format("duplicate key '{}'; it already stands in line {}", key.text, same->line)});
    }
    parent.keys.push_back(std::move(key));
  }

  // The first of two equal keys is the one that the rest of the checks look at. Only the last pair
  // can be the repeated one, since this runs after each value.
  void DropRepeated(YamlNode& parent) {
    if (parent.kind != Kind::kMapping || parent.keys.size() != parent.items.size()) return;
    const auto first = std::find_if(parent.keys.begin(), parent.keys.end(), [&](const YamlNode& k) {
      return k.text == parent.keys.back().text;
    });
    if (first == parent.keys.end() - 1) return;
    parent.keys.pop_back();
    parent.items.pop_back();
  }

  std::vector<Mistake>& mistakes_;
  std::vector<std::string_view> lines_;
  std::vector<YamlNode> open_;
  std::optional<YamlNode> root_;
};

// yaml-cpp speaks of its grammar; the frequent messages are put in words that say what to do. Its
// texts may change with its version, and then the general words are used.
std::string Explain(const std::string& message) {
  if (message == "end of map not found" || message == "illegal map value") {
    return "this line does not fit the block it stands in: check its indentation and its colon";
  }
  if (message == "end of sequence flow not found" || message == "end of map flow not found") {
    return "a bracket is not closed, or a comma is missing";
  }
  if (message.find("referenced anchor is not defined") != message.npos) {
    return "aliases (*name) are not allowed in a sweep; text that begins with * needs quotes";
  }
  return fmt::format("not valid YAML: {}", message);
}

std::optional<Mistake> LineMistake(std::string_view line, int number) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto byte = static_cast<unsigned char>(line[i]);
    // Files from Windows end their lines with a carriage return, which YAML allows.
    const bool return_at_end = byte == '\r' && i + 1 == line.size();
    if ((byte < 0x20 && byte != '\t' && !return_at_end) || byte == 0x7f) {
      return Mistake{number, static_cast<int>(i) + 1, "a control character; a sweep is plain text"};
    }
  }
  // Tabs are allowed between words, but YAML forbids them as indentation, and the parser's own
  // message for it helps nobody.
  const std::size_t content = line.find_first_not_of(" \t\r");
  const std::size_t tab = line.find('\t');
  if (content != std::string_view::npos && tab < content) {
    return Mistake{number, static_cast<int>(tab) + 1, "a tab in the indentation; use spaces"};
  }
  if (!IsUtf8(line)) return Mistake{number, 1, "this line is not UTF-8; save the file as UTF-8"};
  return std::nullopt;
}

// This looks for what is wrong with the text as text; when it finds something, nothing else is
// looked at.
std::optional<Mistake> TextMistake(std::string_view text) {
  if (text.size() > kMaxSweepBytes) return TooLarge(text.size());
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (auto mistake = LineMistake(line, number)) return mistake;
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return std::nullopt;
}

// Marks inside a flag's text would point into the file. The recursion is at most kMaxDepth levels
// deep.
void MarkAsFlag(YamlNode& node) {
  node.line = node.column = 0;
  node.from_flag = true;
  for (YamlNode& key : node.keys) MarkAsFlag(key);
  for (YamlNode& item : node.items) MarkAsFlag(item);
}

// The value of a key is put there when there is none, and a node that is no mapping becomes one,
// since the flag goes before the file.
YamlNode& Child(YamlNode& node, const std::string& key) {
  if (node.kind != Kind::kMapping) node.items.clear();
  node.kind = Kind::kMapping;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].text == key) return node.items[i];
  }
  YamlNode name;
  name.kind = Kind::kScalar;
  name.text = key;
  name.from_flag = true;
  node.keys.push_back(std::move(name));
  return node.items.emplace_back();
}

}  // namespace

Mistake TooLarge(std::uintmax_t bytes) {
  return {
      0, 0, fmt::format("the file has {} bytes; a sweep has at most {}", bytes, kMaxSweepBytes)};
}

YamlText ParseYaml(std::string_view text) {
  YamlText result;
  if (auto mistake = TextMistake(text)) {
    result.mistakes.push_back(*std::move(mistake));
    return result;
  }
  TreeBuilder builder(text, result.mistakes);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    // The loop goes on after the first document, so that the builder can refuse a second one.
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    // Where the parse has failed there is no root, for a half tree would cause mistakes that are
    // none.
    const bool placed = !error.mark.is_null();
    result.mistakes.push_back(
        {placed ? error.mark.line + 1 : 0, placed ? error.mark.column + 1 : 0, Explain(error.msg)});
    return result;
  } catch (Refused& refused) {
    result.mistakes.push_back(std::move(refused.mistake));
    return result;
  }
  result.root = std::move(builder.root());
  return result;
}

std::optional<Mistake> SetByFlag(YamlNode& root, std::string_view path, std::string_view text) {
  YamlText value = ParseYaml(text);
  if (!value.mistakes.empty() || !value.root) {
    const std::string why = value.mistakes.empty() ? "no value" : value.mistakes.front().message;
    return Mistake{0, 0, fmt::format("{} (given by a flag): {}", path, why)};
  }
  YamlNode* node = &root;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string key(rest.substr(0, rest.find('.')));
    rest.remove_prefix(std::min(rest.size(), key.size() + 1));
    node = &Child(*node, key);
  }
  MarkAsFlag(*value.root);
  // The new node has no line, by which Reading knows that its origin is a flag.
  *node = *std::move(value.root);
  return std::nullopt;
}

}  // namespace saelaw
