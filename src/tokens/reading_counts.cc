// This is the wording of what was read. Counts come from the reading or from a cache file; names
// are given to them afterwards, so that they are those of this load.
#include "tokens/reading_counts.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tokens/text_message.h"

namespace saelaw {
namespace {

std::string Counted(std::int64_t count, const char* one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

// "a.txt (3), b.txt (1) and 4 more files"
std::string RepairedNames(const TextReading& reading) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < reading.repaired_names.size(); ++i) {
    names.push_back(
        fmt::format("{} ({})", reading.repaired_names[i], reading.counts.repaired[i].characters));
  }
  const std::int64_t more = reading.counts.repaired_files - static_cast<std::int64_t>(names.size());
  return fmt::format("{}{}",
                     fmt::join(names, ", "),
                     more > 0 ? " and " + Counted(more, "more file") : std::string());
}

void AddRepairs(const TextReading& reading, std::vector<std::string>& notes) {
  const ReadingCounts& counts = reading.counts;
  if (counts.repaired_files == 0) return;
  // Files whose repairs were of one kind alone do not mention the other.
  std::vector<std::string> kinds;
  if (counts.replaced > 0) {
    kinds.push_back(Counted(counts.replaced, "ill-formed character"));
  }
  if (counts.lone_surrogates > 0) {
    kinds.push_back(Counted(counts.lone_surrogates, "lone surrogate"));
  }
  notes.push_back(fmt::format(
      "text: {} read as U+FFFD: {}", fmt::join(kinds, " and "), RepairedNames(reading)));
}

}  // namespace

void NameFiles(const std::vector<std::filesystem::path>& files, TextReading& reading) {
  const auto name = [&files](std::int64_t file) {
    const auto i = static_cast<std::size_t>(file);
    return file >= 0 && i < files.size() ? ShownPath(files[i]) : std::string();
  };
  const ReadingCounts& counts = reading.counts;
  // The counts may come from a file: a number beyond the table is cut to it rather than believed.
  const std::int64_t known = std::clamp<std::int64_t>(
      counts.repaired_files, 0, static_cast<std::int64_t>(counts.repaired.size()));
  reading.repaired_names.clear();
  for (std::int64_t i = 0; i < known; ++i) {
    reading.repaired_names.push_back(name(counts.repaired[static_cast<std::size_t>(i)].file));
  }
  reading.json_as_text_name = name(counts.first_json_as_text);
}

std::vector<std::string> ReadingNotes(const TextReading& reading) {
  std::vector<std::string> notes;
  const ReadingCounts& counts = reading.counts;
  if (counts.files == 0) return notes;
  notes.push_back(fmt::format(
      "text: {} in {}", Counted(counts.documents, "document"), Counted(counts.files, "file")));
  if (counts.empty_documents > 0) {
    notes.push_back(
        fmt::format("text: {} skipped", Counted(counts.empty_documents, "empty document")));
  }
  AddRepairs(reading, notes);
  if (counts.json_files > 0) {
    notes.push_back(fmt::format("text: {} read as JSON, whatever the name says",
                                Counted(counts.json_files, "file")));
  }
  if (counts.json_as_text > 0) {
    notes.push_back(fmt::format(
        "text: {} of JSON objects without the text's key read as plain text (the first is {}); "
        "name the key with activations.text_key if this is not meant",
        Counted(counts.json_as_text, "file"),
        reading.json_as_text_name));
  }
  if (reading.passed_over > 0) {
    notes.push_back(fmt::format(
        "text: {} in the folders not read (only {} are): {}{}",
        Counted(reading.passed_over, "file"),
        kFolderExtensionsText,
        fmt::join(reading.passed_over_names, ", "),
        reading.passed_over > static_cast<std::int64_t>(reading.passed_over_names.size()) ? ", ..."
                                                                                          : ""));
  }
  return notes;
}

}  // namespace saelaw
