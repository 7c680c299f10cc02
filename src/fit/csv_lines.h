// Splits CSV text into lines and fields, with the place of each for messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

struct CsvField {
  std::string_view text;   // trimmed, without quotes
  std::size_t column = 0;  // of the file's line, from 1
};

// Walks over `text` line by line; views point into it.
class CsvLines {
 public:
  // Takes the header line; the separator is the one of comma, semicolon, tab that it has most of.
  CsvLines(std::string_view text, std::string_view name);

  const std::vector<CsvField>& header() const { return header_; }
  char separator() const { return separator_; }
  // Reads the next line that is not blank into `fields`; false at the end.
  bool Next(std::vector<CsvField>& fields);
  // 1-based, of the line last read.
  std::size_t line() const { return line_; }
  // "name:line:column".
  std::string Place(std::size_t column) const;

 private:
  std::string_view TakeLine();
  void Split(std::string_view line, std::vector<CsvField>& fields) const;

  std::string_view rest_;
  std::string_view name_;
  char separator_ = ',';
  std::size_t line_ = 0;
  std::vector<CsvField> header_;
};

}  // namespace saelaw
