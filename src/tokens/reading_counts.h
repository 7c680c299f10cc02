// What was read of a corpus's text, and what of it is not as it stands in the files: nothing is
// left out or replaced without being counted here and said.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace saelaw {

// A file, by its place among the corpus's text files, and the characters replaced in it.
struct RepairedFile {
  std::int64_t file = 0;
  std::int64_t characters = 0;
};

// Of all text files together. Kept in the cache of token ids as it lies in memory: a change needs
// another number in its kMagic.
struct ReadingCounts {
  std::int64_t files = 0;
  std::int64_t documents = 0;        // with text
  std::int64_t empty_documents = 0;  // skipped: "", null or NaN in JSON, files without a byte
  std::int64_t replaced = 0;         // U+FFFD put in for bytes that are no character
  std::int64_t lone_surrogates = 0;  // U+FFFD put in for half a pair (\ud83d) in JSON
  std::int64_t repaired_files = 0;   // files that hold any of the two
  std::int64_t json_files = 0;       // read as JSON for what is in them, not for their names
  std::int64_t json_as_text = 0;     // lines of JSON objects that have no text: read as plain text
  std::int64_t first_json_as_text = -1;  // the first of these files
  std::array<RepairedFile, 3> repaired;  // the first of repaired_files
};

// Counts of this load, with the names that belong to them.
struct TextReading {
  ReadingCounts counts;
  std::vector<std::string> repaired_names;     // of counts.repaired
  std::string json_as_text_name;               // of counts.first_json_as_text
  std::int64_t passed_over = 0;                // files in the folders named that are not text
  std::vector<std::string> passed_over_names;  // the first three
};

// Gives the counts the names of `files`, the corpus's text files in order.
void NameFiles(const std::vector<std::filesystem::path>& files, TextReading& reading);

// One line for each thing that a user should know of the reading, the files and documents first;
// nothing where no text was read (token files alone).
std::vector<std::string> ReadingNotes(const TextReading& reading);

}  // namespace saelaw
