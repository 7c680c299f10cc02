// YAML text as a tree that knows where each of its parts stands; yaml-cpp stays behind this line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sweep/sweep.h"

namespace saelaw {

struct YamlNode {
  enum class Kind { kNull, kScalar, kSequence, kMapping };
  Kind kind = Kind::kNull;
  int line = 0;                 // from 1; 0: not from the file
  int column = 0;               // from 1
  std::string text;             // of a scalar; of a kNull as it is written (null, ~), or empty
  std::vector<YamlNode> keys;   // of a mapping: scalars, no two alike; keys[i] belongs to items[i]
  std::vector<YamlNode> items;  // of a mapping or a sequence
  bool from_flag = false;       // put there by an override, not by the file
};

struct YamlText {
  std::optional<YamlNode> root;  // a mapping; absent when the text has no such tree at all
  std::vector<Mistake> mistakes;
};

// What a sweep may weigh. Larger texts are refused before they are looked at.
inline constexpr std::size_t kMaxSweepBytes = 1'000'000;

// The mistake of a file of that size.
Mistake TooLarge(std::uintmax_t bytes);

// Refuses what no sweep needs and what could harm: sizes, characters that are no text, tabs in the
// indentation, anchors, aliases, tags, several documents, more than 8 levels or 1,000 entries.
YamlText ParseYaml(std::string_view text);

// Reads `text` as the value of a key ("cuda", "[1K, 2K]") and puts it at the dotted `path`; a
// section on the way that is no mapping becomes one. The mistake, if there is one.
std::optional<Mistake> SetByFlag(YamlNode& root, std::string_view path, std::string_view text);

}  // namespace saelaw
