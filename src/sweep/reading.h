// The values of a file, each checked by itself against the table of keys, and what is wrong.
#pragma once

#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/keys.h"
#include "sweep/recipes.h"
#include "sweep/sweep.h"
#include "sweep/yaml_tree.h"

namespace saelaw {

struct Value {
  int line = 0, column = 0;  // 0: not from the file
  std::string text;          // as it is in effect: units resolved, paths complete
  std::string origin;        // "sweep.yaml:12", "flag", "default (...)"
  double number = 0;         // counts, numbers, fractions, durations; 0 and 1 of a kBool
  bool in_tokens = false;    // of a kStretch
  std::vector<Value> items;  // of the types that take a list
};

// Turns scalars and lists into values of a key's type; sections are walked by Reading.
class Reading {
 public:
  // `path` names the file in origins, and its folder is where relative paths begin. `files` is
  // kInSweep or kInRun.
  Reading(std::string path, unsigned files) : path_(std::move(path)), files_(files) {}

  // Reads the whole tree; what is wrong with single values stands in mistakes() afterwards.
  void Read(const YamlNode& root);

  // Whether the file (or a flag) has this key, whatever its value but null: that is as if the key
  // were not there.
  bool Given(const std::string& key) const { return places_.count(key) != 0; }
  // An optional section that was answered with `none`.
  bool IsNone(const std::string& key) const { return none_.count(key) != 0; }
  // Whether all of these have a value, given, default or worked out.
  bool Good(std::initializer_list<std::string> keys) const;

  // Values with the table's default where nothing was given. Without either: 0, empty text, an
  // empty list.
  double Number(const std::string& key);
  std::int64_t Count(const std::string& key);
  bool Flag(const std::string& key) { return Number(key) != 0; }
  std::string Text(const std::string& key);
  Stretch MakeStretch(const std::string& key);
  std::vector<std::int64_t> Counts(const std::string& key);
  std::vector<std::string> Texts(const std::string& key);
  std::size_t Length(const std::string& list) const;  // entries of a kSections key

  // As above, and a mistake when the key has no value and none was refused either.
  void Require(const std::string& key);
  // From here on a recipe's values stand in front of the table's defaults. It outlives this.
  void Use(const NamedRecipe& recipe) { recipe_ = &recipe; }
  // A default that follows from other values; `why` is shown as "default (why)".
  void Default(const std::string& key, double number, const std::string& why);
  void Default(const std::string& key,
               const std::vector<std::int64_t>& counts,
               const std::string& why);
  void Default(const std::string& key, const std::string& text, const std::string& why);
  // Changes what is in effect (rounding) without changing where it came from.
  void Replace(const std::string& key, const std::vector<std::int64_t>& counts);
  void Replace(const std::string& key, double number);

  // At the key's place, or at that of the nearest section that is in the file.
  void AddMistake(const std::string& key, std::string message);
  void AddWarning(const std::string& key, std::string message);

  const std::vector<Mistake>& mistakes() const { return mistakes_; }
  const std::vector<Mistake>& warnings() const { return warnings_; }
  std::map<std::string, ReadSweepResult::Effective> Effective() const;
  const std::string& path() const { return path_; }

 private:
  struct Place {
    int line = 0, column = 0;
  };

  void ReadSection(const YamlNode& node, const std::string& shown, const std::string& generic);
  void ReadEntry(const YamlNode& key,
                 const YamlNode& item,
                 const std::string& shown,
                 const std::string& generic);
  void ReadBlock(const Key& key, const YamlNode& item, const std::string& shown);
  void ReadList(const YamlNode& item, const std::string& shown);
  void RefuseUnknown(const YamlNode& key, const std::string& shown, const std::string& generic);
  void ReadNull(const Key& key, const YamlNode& item, const std::string& shown);
  Place FindPlace(std::string key) const;
  std::string DescribeOrigin(int line) const;
  const Value* Find(const std::string& key);
  void Complain(int line, int column, std::string message);

  std::string path_;
  unsigned files_;
  const NamedRecipe* recipe_ = nullptr;
  std::map<std::string, Value> values_;
  std::map<std::string, Place> places_;  // of everything in the file, good or not
  std::map<std::string, Place> nulls_;   // of keys that were answered with null
  std::set<std::string> none_;
  std::map<std::string, std::size_t> lengths_;
  std::vector<Mistake> mistakes_, warnings_;
};

// At most this many mistakes are worth reading at once.
inline constexpr std::size_t kMaxMistakes = 100;

struct Converted {
  Value value;
  std::vector<Mistake> mistakes;  // the value counts when there are none
  std::vector<Mistake> warnings;
};
// The value that a node has under a key; `shown` names the key in messages. Paths are made
// absolute against `folder`.
Converted Convert(const Key& key,
                  const std::string& shown,
                  const YamlNode& node,
                  const std::filesystem::path& folder);

}  // namespace saelaw
