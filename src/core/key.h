// A key of a YAML file as a user writes it: what it takes, its default, its meaning.
#pragma once

#include <limits>
#include <string_view>

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
  kNames,        // one or several words
  kRecipes,      // named blocks, each with keys of sae and training
  kDevices,      // cpu, cuda, or one or several of cuda:N
  kCount,        // a whole number with a unit: 512, 512Ki, 2.1B
  kCounts,       // one or several of them
  kNumber,       // any finite number; count units are allowed (165T)
  kNumbers,      // one or several of them
  kNumberOrOff,  // a number, or `off` for 0
  kFraction,     // 0.05 or 5%
  kRisk,         // a share above 0, or `least-loss` for 0
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

// What many keys exclude.
namespace ranges {
inline constexpr Range kAny = {};
inline constexpr Range kNotNegative = {.low = 0};
inline constexpr Range kPositive = {.low = 0, .low_open = true};
inline constexpr Range kFromZero = {.low = 0, .high = kMaxCount};
inline constexpr Range kFromOne = {.low = 1, .high = kMaxCount};
inline constexpr Range kWidth = {.low = 1, .high = 1 << 24};
inline constexpr Range kRate = {.low = 0, .high = 10, .low_open = true};
inline constexpr Range kShare = {.low = 0, .high = 1};
inline constexpr Range kOpenShare = {.low = 0, .high = 1, .low_open = true};
}  // namespace ranges

}  // namespace saelaw
