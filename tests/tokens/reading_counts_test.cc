#include "tokens/reading_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TextReading Plain() {
  TextReading reading;
  reading.counts.files = 2;
  reading.counts.documents = 1;
  return reading;
}

TEST(ReadingNotes, WithoutTextThereIsNothingToSay) {
  TextReading reading;
  reading.passed_over = 3;
  EXPECT_THAT(ReadingNotes(reading), IsEmpty());
}

TEST(ReadingNotes, OfASoundTextAreOneLine) {
  EXPECT_THAT(ReadingNotes(Plain()), ElementsAre("text: 1 document in 2 files"));
}

TEST(ReadingNotes, NameTheFirstRepairedFilesAndCountTheOthers) {
  TextReading reading = Plain();
  reading.counts.replaced = 5;
  reading.counts.repaired_files = 4;
  reading.counts.repaired = {{{0, 2}, {1, 1}, {2, 1}}};
  reading.repaired_names = {"a.txt", "b.txt", "c.txt"};
  EXPECT_THAT(ReadingNotes(reading),
              ElementsAre("text: 1 document in 2 files",
                          "text: 5 ill-formed characters read as U+FFFD: a.txt (2), b.txt (1), "
                          "c.txt (1) and 1 more file"));
}

TEST(ReadingNotes, SayWhatWasReadOtherwiseThanItsNameSays) {
  TextReading reading = Plain();
  reading.counts.empty_documents = 2;
  reading.counts.json_files = 1;
  reading.counts.json_as_text = 3;
  reading.json_as_text_name = "log.txt";
  reading.passed_over = 4;
  reading.passed_over_names = {"x.csv", "y.csv", "z.csv"};
  EXPECT_THAT(
      ReadingNotes(reading),
      ElementsAre("text: 1 document in 2 files",
                  "text: 2 empty documents skipped",
                  "text: 1 file read as JSON, whatever the name says",
                  "text: 3 files of JSON objects without the text's key read as plain text (the "
                  "first is log.txt); name the key with activations.text_key if this is not meant",
                  "text: 4 files in the folders not read (only .txt, .rst, .md, .html, .jsonl, "
                  ".ndjson and .json with text are): x.csv, y.csv, z.csv, ..."));
}

// Counts may come from a cache file: places that are no file's get no name, and no crash.
TEST(NameFiles, GivesPlacesTheirNames) {
  TextReading reading = Plain();
  reading.counts.repaired_files = 2;
  reading.counts.repaired = {{{1, 1}, {9, 1}, {0, 1}}};
  reading.counts.first_json_as_text = 0;
  NameFiles({"a.txt", "line\nend.txt"}, reading);
  EXPECT_THAT(reading.repaired_names, ElementsAre("line?end.txt", ""));
  EXPECT_EQ(reading.json_as_text_name, "a.txt");
  reading.counts.repaired_files = -1;
  reading.counts.first_json_as_text = -1;
  NameFiles({"a.txt"}, reading);
  EXPECT_THAT(reading.repaired_names, IsEmpty());
  EXPECT_EQ(reading.json_as_text_name, "");
}

}  // namespace
}  // namespace saelaw
