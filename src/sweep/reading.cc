// Three maps answer different questions: places_ says what stands in the file, values_ what is in
// effect, nulls_ what was answered with null. A value's key that has a place but no value was
// refused, and no default may stand in for it.
#include "sweep/reading.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"

namespace saelaw {
namespace {

using Kind = YamlNode::Kind;

std::string ListText(const std::vector<std::int64_t>& counts) {
  return fmt::format("[{}]", fmt::join(counts, ", "));
}

// Counts that were worked out have no text of their own; ListText shows the list as a whole.
std::vector<Value> Items(const std::vector<std::int64_t>& counts) {
  std::vector<Value> items(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) items[i].number = static_cast<double>(counts[i]);
  return items;
}

// "study.extra_runs[3].lr" → "study.extra_runs[].lr", the table's spelling.
std::string GenericPath(const std::string& key) {
  const std::size_t open = key.find('[');
  if (open == std::string::npos) return key;
  return key.substr(0, open + 1) + key.substr(key.find(']', open));
}

std::string_view LastPart(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

}  // namespace

void Reading::Read(const YamlNode& root) { ReadSection(root, "", ""); }

// `shown` and `generic` are the section's path with its final dot, as the user and as the table
// spell it.
void Reading::ReadSection(const YamlNode& node,
                          const std::string& shown,
                          const std::string& generic) {
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    ReadEntry(node.keys[i], node.items[i], shown, generic);
  }
}

void Reading::ReadEntry(const YamlNode& key_node,
                        const YamlNode& item,
                        const std::string& shown,
                        const std::string& generic) {
  const Key* key = FindKey(generic + key_node.text);
  // A bracket would let a user write the table's own spelling of list elements, "extra_runs[]".
  if (key == nullptr || (key->files & files_) == 0 ||
      key_node.text.find('[') != std::string::npos) {
    RefuseUnknown(key_node, shown, generic);
    return;
  }
  const std::string name = shown + key_node.text;
  // A null that is written stands for the default; an empty value (its text is empty) goes on, and
  // only a section may have it.
  if (item.kind == Kind::kNull && !item.text.empty()) return ReadNull(*key, item, name);
  // Mistakes point at the value where it has a place of its own, else at the key.
  places_[name] = {key_node.line, key_node.column};
  const bool block = key->type == KeyType::kSection || key->type == KeyType::kOptionalSection;
  if (block || key->type == KeyType::kSections) {
    ReadBlock(*key, item, name);
    return;
  }
  if (key->type == KeyType::kRecipes) return;  // whoever splits a study into its arms reads it
  if (item.line != 0) places_[name] = {item.line, item.column};
  const std::filesystem::path file(path_);
  Converted converted = Convert(*key, name, item, file.parent_path());
  for (Mistake& mistake : converted.mistakes) {
    Complain(mistake.line, mistake.column, std::move(mistake.message));
  }
  for (Mistake& warning : converted.warnings) warnings_.push_back(std::move(warning));
  // The key keeps its place and gets no value, so that it counts as given and refused.
  if (!converted.mistakes.empty()) return;
  converted.value.origin = DescribeOrigin(item.line);
  values_[name] = std::move(converted.value);
}

// The key gets its default, where it has one. An optional section has one too, and it is not
// `none`, which a user of null may expect.
void Reading::ReadNull(const Key& key, const YamlNode& item, const std::string& shown) {
  nulls_[shown] = {item.line, item.column};
  if (key.type != KeyType::kOptionalSection) return;
  AddWarning(shown,
             fmt::format("{}: {} stands for the default, which is not none; write none to leave "
                         "this section out",
                         shown,
                         item.text));
}

void Reading::ReadBlock(const Key& key, const YamlNode& item, const std::string& shown) {
  if (key.type == KeyType::kSections) {
    if (item.kind == Kind::kSequence) return ReadList(item, shown);
    if (item.kind == Kind::kNull) return;
    return Complain(item.line, item.column, fmt::format("{} must be a list of blocks", shown));
  }
  if (item.kind == Kind::kMapping) return ReadSection(item, shown + ".", GenericPath(shown) + ".");
  if (item.kind == Kind::kNull) return;  // `sae:` with every key below it left out
  if (key.type == KeyType::kOptionalSection && item.text == "none") {
    // The keys below have no values then, and those who assemble ask IsNone first.
    none_.insert(shown);
    return;
  }
  const std::string_view or_none =
      key.type == KeyType::kOptionalSection ? ", or the word none" : "";
  Complain(item.line,
           item.column,
           fmt::format("{} must be a section: keys indented below it{}", shown, or_none));
}

void Reading::ReadList(const YamlNode& item, const std::string& shown) {
  // Entries that are refused count as well, so that an index stays the position in the file.
  lengths_[shown] = item.items.size();
  for (std::size_t i = 0; i < item.items.size(); ++i) {
    const YamlNode& entry = item.items[i];
    const std::string name = fmt::format("{}[{}]", shown, i);
    if (entry.kind == Kind::kMapping) {
      places_[name] = {entry.line, entry.column};
      ReadSection(entry, name + ".", shown + "[].");
    } else {
      Complain(entry.line, entry.column, fmt::format("{} must be a block of keys", name));
    }
  }
}

void Reading::RefuseUnknown(const YamlNode& key,
                            const std::string& shown,
                            const std::string& generic) {
  // Two kinds of hints are collected: what is known in this section, and where else the word is a
  // key.
  std::vector<std::string_view> here;
  std::string_view elsewhere;
  for (const Key& known : AllKeys()) {
    if ((known.files & files_) == 0) continue;
    const std::string_view last = LastPart(known.path);
    // The key is a direct child of this section when nothing but its last part follows the
    // section's path.
    if (known.path.size() == generic.size() + last.size() &&
        known.path.substr(0, generic.size()) == generic) {
      here.push_back(last);
    }
    if (last == key.text && elsewhere.empty()) elsewhere = known.path;
  }
  const std::string_view near = Nearest(key.text, here);
  std::string hint = fmt::format("known here: {}", fmt::join(here, ", "));
  // A near word of the same section is likelier than the same word elsewhere; the whole list is the
  // last resort.
  if (!near.empty()) {
    hint = fmt::format("did you mean '{}'?", near);
  } else if (!elsewhere.empty()) {
    hint = fmt::format("did you mean {}?", elsewhere);
  }
  const std::string word = key.text.substr(0, 60);
  const std::string where =
      shown.empty() ? "" : fmt::format(" in {}", shown.substr(0, shown.size() - 1));
  const std::string_view flag = key.from_flag ? " (given by a flag)" : "";
  Complain(key.line, key.column, fmt::format("unknown key '{}'{}{}; {}", word, where, flag, hint));
}

bool Reading::Good(std::initializer_list<std::string> keys) const {
  for (const std::string& key : keys) {
    if (values_.count(key) == 0) return false;
  }
  return true;
}

// A default enters the values on first use, so that `effective` lists it and Good() finds it. Keys
// that nobody asks for stay out of `effective`.
const Value* Reading::Find(const std::string& key) {
  const auto at = values_.find(key);
  if (at != values_.end()) return &at->second;
  if (Given(key)) return nullptr;  // refused: a default in its place would cause false mistakes
  const Key* known = FindKey(GenericPath(key));
  if (known == nullptr) return nullptr;
  const std::string_view of_recipe = recipe_ == nullptr ? "" : ValueIn(*recipe_, key);
  const std::string_view text = of_recipe.empty() ? known->fallback : of_recipe;
  if (text.empty()) return nullptr;
  // The default is written as a user would write it and converted the same way, so that the table
  // needs one spelling only.
  YamlNode node;
  node.kind = Kind::kScalar;
  node.text = std::string(text);
  Value value = Convert(*known, key, node, {}).value;
  value.origin = of_recipe.empty() ? "default" : fmt::format("recipe {}", recipe_->name);
  return &(values_[key] = std::move(value));
}

double Reading::Number(const std::string& key) {
  const Value* value = Find(key);
  return value == nullptr ? 0 : value->number;
}

std::int64_t Reading::Count(const std::string& key) {
  return static_cast<std::int64_t>(Number(key));
}

std::string Reading::Text(const std::string& key) {
  const Value* value = Find(key);
  return value == nullptr ? "" : value->text;
}

Stretch Reading::MakeStretch(const std::string& key) {
  const Value* value = Find(key);
  if (value == nullptr) return {};
  if (!value->in_tokens) return {.fraction = value->number};
  return {.tokens = static_cast<std::int64_t>(value->number), .in_tokens = true};
}

std::vector<std::int64_t> Reading::Counts(const std::string& key) {
  std::vector<std::int64_t> counts;
  const Value* value = Find(key);
  if (value == nullptr) return counts;
  for (const Value& item : value->items) counts.push_back(static_cast<std::int64_t>(item.number));
  return counts;
}

std::vector<std::string> Reading::Texts(const std::string& key) {
  std::vector<std::string> texts;
  const Value* value = Find(key);
  if (value == nullptr) return texts;
  for (const Value& item : value->items) texts.push_back(item.text);
  return texts;
}

std::size_t Reading::Length(const std::string& list) const {
  const auto at = lengths_.find(list);
  return at == lengths_.end() ? 0 : at->second;
}

void Reading::Require(const std::string& key) {
  if (Find(key) != nullptr || Given(key)) return;
  AddMistake(key, fmt::format("{} is missing: {}", key, FindKey(GenericPath(key))->doc));
}

void Reading::Default(const std::string& key, double number, const std::string& why) {
  // A value that was refused counts as given, and a default must not stand in for it.
  if (Given(key)) return;
  Value& value = values_[key];
  value.number = number;
  value.text = FormatExact(number);
  value.origin = fmt::format("default ({})", why);
}

void Reading::Default(const std::string& key,
                      const std::vector<std::int64_t>& counts,
                      const std::string& why) {
  if (Given(key)) return;
  Value& value = values_[key];
  value.items = Items(counts);
  value.text = ListText(counts);
  value.origin = fmt::format("default ({})", why);
}

void Reading::Default(const std::string& key, const std::string& text, const std::string& why) {
  if (Given(key)) return;
  Value& value = values_[key];
  value.text = text;
  value.origin = fmt::format("default ({})", why);
}

void Reading::Replace(const std::string& key, const std::vector<std::int64_t>& counts) {
  // The origin stays: a rounded value still comes from the line where it was written.
  values_[key].items = Items(counts);
  values_[key].text = ListText(counts);
}

void Reading::Replace(const std::string& key, double number) {
  values_[key].number = number;
  values_[key].text = FormatExact(number);
}

std::string Reading::DescribeOrigin(int line) const {
  if (line == 0) return "flag";
  return fmt::format("{}:{}", std::filesystem::path(path_).filename().string(), line);
}

// The search goes up section by section: a key that is missing is best shown at the section where
// it belongs.
Reading::Place Reading::FindPlace(std::string key) const {
  for (;;) {
    const auto at = places_.find(key);
    if (at != places_.end()) return at->second;
    const auto null = nulls_.find(key);
    if (null != nulls_.end()) return null->second;
    const std::size_t dot = key.rfind('.');
    if (dot == std::string::npos) return {};
    key.resize(dot);
  }
}

void Reading::AddMistake(const std::string& key, std::string message) {
  const Place place = FindPlace(key);
  Complain(place.line, place.column, std::move(message));
}

void Reading::AddWarning(const std::string& key, std::string message) {
  const Place place = FindPlace(key);
  warnings_.push_back({place.line, place.column, std::move(message)});
}

void Reading::Complain(int line, int column, std::string message) {
  // The mistake after the last that is told is replaced by a word that more follow.
  if (mistakes_.size() > kMaxMistakes) return;
  if (mistakes_.size() == kMaxMistakes) message = "more mistakes follow; these first";
  mistakes_.push_back({line, column, std::move(message)});
}

std::map<std::string, ReadSweepResult::Effective> Reading::Effective() const {
  std::map<std::string, ReadSweepResult::Effective> effective;
  for (const auto& [key, value] : values_) effective[key] = {value.text, value.origin};
  // A section has no value, so `none` would be missing without this.
  for (const std::string& key : none_)
    effective[key] = {"none", DescribeOrigin(FindPlace(key).line)};
  return effective;
}

}  // namespace saelaw
