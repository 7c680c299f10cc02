// Every key of a sweep file, in one table: reading, "did you mean", defaults, the JSON Schema and
// the commented example all come from it. Those of a run's spec are in core/spec_fields.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/key.h"

namespace saelaw {

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
