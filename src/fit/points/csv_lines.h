// Splits CSV text (RFC 4180) into rows and fields, with the place of each for messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace saelaw {

struct CsvField {
  std::string text;        // without quotes; outside of quotes without blanks at both ends
  bool quoted = false;     // its blanks and line breaks were meant
  std::size_t line = 0;    // of the file, from 1: where the field begins
  std::size_t column = 0;  // of that line, in bytes from 1
};

// Walks over `text` row by row. Rows end with LF, CR LF or CR; a field in quotes may hold line
// breaks, separators and, doubled, quotes. Lines that begin with "#" are comments; blank lines and
// rows of empty fields alone are none. `text` and `name` must outlive it.
class CsvLines {
 public:
  // Takes the header. A first line "sep=;" names the separator; otherwise it is the one of comma,
  // semicolon, tab and "|" by which header and first rows have equally many fields. Where the first
  // row is numbers and the comment above it has as many fields, that comment is the header.
  // Throws ConfigurationError where there is none, or a quote is never closed.
  CsvLines(std::string_view text, std::string_view name);

  const std::vector<CsvField>& header() const { return header_; }
  char separator() const { return separator_; }
  // Reads the next row into `fields`; false at the end. Throws as the constructor does.
  bool Next(std::vector<CsvField>& fields);
  // The row last read: the line of the file that it begins on, and its number among the rows below
  // the header, both from 1.
  std::size_t line() const { return row_line_; }
  std::size_t row() const { return row_; }
  // Comments below the header that have its number of fields: runs that somebody took out.
  std::size_t rows_in_comments() const { return rows_in_comments_; }
  // "name:line:column".
  std::string Place(const CsvField& field) const;

 private:
  struct Cursor {
    std::size_t at = 0;
    std::size_t line = 1;
    std::size_t line_begin = 0;
  };

  bool TakeSeparatorLine();
  char BestSeparator() const;
  // Fields that header and first rows have under a separator; 0 where their numbers differ.
  std::size_t CommonWidth(char separator) const;
  void TakeHeader();
  // Moves to the next line that holds fields; false at the end. `comment`: where the last comment
  // on the way begins.
  bool SkipToRow(Cursor& cursor, Cursor* comment) const;
  bool IsComment(const Cursor& cursor) const;
  std::string_view Line(const Cursor& cursor) const;
  void EndLine(Cursor& cursor) const;
  // False when a quote is never closed; the last field is then the one that it opens.
  bool ReadRow(Cursor& cursor, char separator, std::vector<CsvField>& fields) const;
  bool ReadField(Cursor& cursor, char separator, CsvField& field) const;
  bool ReadQuoted(Cursor& cursor, CsvField& field) const;
  void MustRead(std::vector<CsvField>& fields);

  std::string_view text_;
  std::string_view name_;
  Cursor cursor_;
  char separator_ = ',';
  std::size_t row_line_ = 1;
  std::size_t row_ = 0;
  std::size_t rows_in_comments_ = 0;
  std::vector<CsvField> header_;
};

}  // namespace saelaw
