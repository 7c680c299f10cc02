// Every key of a sweep file, in one table: reading, "did you mean", defaults, the JSON Schema and
// the commented example all come from it.
#pragma once

#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

enum class KeyType {
  kSection,          // an indented block of further keys
  kOptionalSection,  // the same, or `none`
  kSections,         // a list of blocks; their keys are listed under "path[]."
  kText,
  kPath,         // relative to the file's folder; may use ${VAR} and ${VAR:-default}
  kPaths,        // one or several of them
  kBool,         // true or false
  kChoice,       // one of a few words
  kDevices,      // cpu, cuda, or one or several of cuda:N
  kCount,        // a whole number with a unit: 512, 512Ki, 2.1B
  kCounts,       // one or several of them
  kNumber,       // any finite number; count units are allowed (165T)
  kNumberOrOff,  // a number, or `off` for 0
  kFraction,     // 0.05 or 5%
  kStretch,      // a share of a run (5%) or a number of tokens (4K)
  kDuration,     // 90, 30m, 8h
  kBytes,        // 4GiB, 500MB
};

// Which files a key may stand in, as bits.
enum : unsigned { kInSweep = 1, kInRun = 2, kInBoth = 3 };

struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool low_open = false;  // low itself is not allowed
  bool high_open = false;
};

// Whole numbers are kept in doubles on their way: exact up to 2^53.
inline constexpr double kMaxCount = 9e15;

struct Key {
  std::string_view path = {};  // dotted
  KeyType type = KeyType::kText;
  std::string_view fallback =
      {};  // the default as a user would write it; empty: none, or worked out
  std::string_view doc =
      {};  // one sentence without a full stop; first what it is, then its default
  Range range = {};
  std::string_view choices = {};  // of kChoice: "a|b|c"
  unsigned files = kInBoth;
};

// In the order in which a file is best written; a section stands before its keys.
const std::vector<Key>& AllKeys();
// Null when there is no such key. List elements are looked up as "study.extra_runs[].lr".
const Key* FindKey(std::string_view path);
// The parts of "a|b|c".
std::vector<std::string_view> Choices(std::string_view choices);
// "at least 1", "from 0 to 1", "more than 0 and at most 10"; empty when nothing is excluded.
std::string Describe(const Range& range);
bool Contains(const Range& range, double value);

// The nearest of `words` to a misspelt one by edit distance; empty when none is near.
std::string_view Nearest(std::string_view word, const std::vector<std::string_view>& words);

}  // namespace saelaw
