// A table is read with a cursor over one text, which is never copied as a whole. The separator is
// found by trial: the one that splits the first rows into the most columns of equal number wins.
// Line ends may be LF, CR LF or CR, also inside of quotes.
#include "fit/points/csv_lines.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/errors.h"
#include "fit/points/csv_number.h"
#include "fit/points/csv_text.h"

namespace saelaw {
namespace {

constexpr std::string_view kLineEnds = "\r\n";
constexpr std::array kSeparators = {',', ';', '\t', '|'};

// A tab is blank only where it is not the separator.
bool Blank(char byte, char separator) { return byte == ' ' || (byte == '\t' && separator != '\t'); }

bool AllEmpty(const std::vector<CsvField>& fields) {
  return std::all_of(
      fields.begin(), fields.end(), [](const CsvField& field) { return field.text.empty(); });
}

}  // namespace

// The separator is needed before the header can be read.
CsvLines::CsvLines(std::string_view text, std::string_view name) : text_(text), name_(name) {
  if (!TakeSeparatorLine()) separator_ = BestSeparator();
  TakeHeader();
}

std::string CsvLines::Place(const CsvField& field) const {
  return fmt::format("{}:{}:{}", name_, field.line, field.column);
}

std::string_view CsvLines::Line(const Cursor& cursor) const {
  const std::size_t end = std::min(text_.find_first_of(kLineEnds, cursor.at), text_.size());
  return text_.substr(cursor.at, end - cursor.at);
}

// Moves past the line end that the cursor stands on; CR LF is one line end and not two.
void CsvLines::EndLine(Cursor& cursor) const {
  if (cursor.at >= text_.size()) return;
  cursor.at += text_.substr(cursor.at).starts_with("\r\n") ? 2 : 1;
  ++cursor.line;
  cursor.line_begin = cursor.at;
}

// Takes Excel's first line "sep=;", which names the separator outright.
bool CsvLines::TakeSeparatorLine() {
  constexpr std::string_view kWord = "sep=";
  std::string_view line = Line(cursor_);
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"')
    line = line.substr(1, line.size() - 2);
  if (line.size() <= kWord.size() || LowerCase(line.substr(0, kWord.size())) != kWord) return false;
  const char named = line[kWord.size()];
  const auto rest = line.substr(kWord.size());
  // Characters that occur in names and numbers cannot be separators: then it is a column called
  // "sep=...".
  const bool letter = std::string_view(" \"#.-+_").find(named) != std::string_view::npos ||
                      (named >= '0' && named <= '9') || (named >= 'a' && named <= 'z') ||
                      (named >= 'A' && named <= 'Z') || static_cast<unsigned char>(named) >= 0x80;
  if (letter || rest.find_first_not_of(named) != std::string_view::npos) return false;
  separator_ = named;
  cursor_.at += Line(cursor_).size();
  EndLine(cursor_);
  return true;
}

// Returns 0 where the first rows disagree, which rules the separator out.
std::size_t CsvLines::CommonWidth(char separator) const {
  constexpr int kRows = 8;
  Cursor cursor = cursor_;
  std::vector<CsvField> fields;
  std::size_t width = 0;
  for (int row = 0; row < kRows && SkipToRow(cursor, nullptr); ++row) {
    if (!ReadRow(cursor, separator, fields)) return 0;
    if (row > 0 && fields.size() != width && !AllEmpty(fields)) return 0;
    if (row == 0) width = fields.size();
  }
  return width;
}

// Where no separator gives a common width, the one that the first line has most of is taken: the
// error message is then about the row that is wrong, and not about the header.
char CsvLines::BestSeparator() const {
  char best = ',';
  // One column is what every separator finds, so a separator must find more to be one.
  std::size_t most = 1;
  for (const char candidate : kSeparators) {
    const std::size_t width = CommonWidth(candidate);
    if (width <= most) continue;
    most = width;
    best = candidate;
  }
  if (most > 1) return best;
  Cursor cursor = cursor_;
  if (!SkipToRow(cursor, nullptr)) return best;
  const std::string_view line = Line(cursor);
  const auto count = [&](char candidate) {
    return std::count(line.begin(), line.end(), candidate);
  };
  for (const char candidate : kSeparators) {
    if (count(candidate) > count(best)) best = candidate;
  }
  return best;
}

void CsvLines::TakeHeader() {
  Cursor comment;
  const std::size_t nowhere = text_.size();
  comment.at = nowhere;
  if (!SkipToRow(cursor_, &comment)) {
    const CsvField end{"", false, cursor_.line, 1};
    throw ConfigurationError(fmt::format("{}: no header line", Place(end)));
  }
  const Cursor first = cursor_;
  MustRead(header_);
  // A first line with numbers is data. The header may then be the comment just above it, as NumPy
  // writes it.
  const bool numbers = std::any_of(header_.begin(), header_.end(), [](const CsvField& field) {
    return !MeansMissing(field.text) && CsvNumber(field.text, true).has_value();
  });
  if (!numbers || comment.at == nowhere) return;
  std::vector<CsvField> above;
  comment.at = std::min(text_.find_first_not_of(" #", comment.at), text_.size());
  if (!ReadRow(comment, separator_, above) || above.size() != header_.size()) return;
  header_ = std::move(above);
  cursor_ = first;
}

// Only the first field is looked at, as "#" may begin a field further on.
bool CsvLines::IsComment(const Cursor& cursor) const {
  const std::string_view line = Line(cursor);
  const std::string_view start = Stripped(line.substr(0, line.find_first_of(",;\t|")));
  if (!start.starts_with('#')) return false;
  return !MeansMissing(start);  // "#N/A" is a field
}

bool CsvLines::SkipToRow(Cursor& cursor, Cursor* comment) const {
  while (cursor.at < text_.size()) {
    const std::string_view line = Line(cursor);
    const bool is_comment = IsComment(cursor);
    // The comment is remembered for TakeHeader.
    if (is_comment && comment != nullptr) *comment = cursor;
    if (!is_comment && line.find_first_not_of(" \t") != std::string_view::npos) return true;
    cursor.at += line.size();
    EndLine(cursor);
  }
  return false;
}

bool CsvLines::Next(std::vector<CsvField>& fields) {
  while (cursor_.at < text_.size()) {
    const std::string_view line = Line(cursor_);
    const bool comment = IsComment(cursor_);
    if (comment || line.find_first_not_of(" \t") == std::string_view::npos) {
      // A comment as wide as the header may be a row that somebody meant to switch off. It is
      // counted, so that the user can be told.
      const auto separators = std::count(line.begin(), line.end(), separator_);
      const auto width = static_cast<std::size_t>(separators) + 1;
      if (comment && width > 1 && width == header_.size()) ++rows_in_comments_;
      cursor_.at += line.size();
      EndLine(cursor_);
      continue;
    }
    MustRead(fields);
    if (AllEmpty(fields)) continue;  // ",,,": a line that a spreadsheet left empty
    ++row_;
    return true;
  }
  return false;
}

// Remembers where the row begins: a quoted field may carry the reading on over many lines.
void CsvLines::MustRead(std::vector<CsvField>& fields) {
  row_line_ = cursor_.line;
  if (ReadRow(cursor_, separator_, fields)) return;
  throw ConfigurationError(
      fmt::format("{}: a quoted field begins here and never ends; a quote inside one is written "
                  "twice",
                  Place(fields.back())));
}

bool CsvLines::ReadRow(Cursor& cursor, char separator, std::vector<CsvField>& fields) const {
  // The fields are used again from row to row, which saves an allocation for each of them.
  std::size_t count = 0;
  for (;;) {
    if (count == fields.size()) fields.emplace_back();
    const bool closed = ReadField(cursor, separator, fields[count++]);
    const bool more = closed && cursor.at < text_.size() && text_[cursor.at] == separator;
    if (!more) fields.resize(count);
    if (!closed) return false;
    if (!more) break;
    ++cursor.at;
  }
  EndLine(cursor);
  return true;
}

bool CsvLines::ReadField(Cursor& cursor, char separator, CsvField& field) const {
  field.text.clear();
  while (cursor.at < text_.size() && Blank(text_[cursor.at], separator)) ++cursor.at;
  field.quoted = cursor.at < text_.size() && text_[cursor.at] == '"';
  if (field.quoted) ++cursor.at;
  field.line = cursor.line;
  // The place that messages name is behind the opening quote, where the text begins.
  field.column = cursor.at - cursor.line_begin + 1;
  if (field.quoted && !ReadQuoted(cursor, field)) return false;
  // What stands behind a closing quote belongs to the field, as most readers have it.
  const char ends[] = {separator, '\r', '\n'};
  const std::size_t end = std::min(
      text_.find_first_of(std::string_view(ends, std::size(ends)), cursor.at), text_.size());
  std::string_view rest = text_.substr(cursor.at, end - cursor.at);
  while (!rest.empty() && Blank(rest.back(), separator)) rest.remove_suffix(1);
  field.text += rest;
  cursor.at = end;
  return true;
}

// Reads from behind the opening quote to behind the closing one. Line ends inside of it become LF,
// and are counted, so that later places stay right.
bool CsvLines::ReadQuoted(Cursor& cursor, CsvField& field) const {
  while (cursor.at < text_.size()) {
    const std::size_t stop = text_.find_first_of("\"\r\n", cursor.at);
    if (stop == std::string_view::npos) return false;
    field.text += text_.substr(cursor.at, stop - cursor.at);
    cursor.at = stop;
    if (text_[stop] != '"') {
      EndLine(cursor);
      field.text += '\n';
      continue;
    }
    ++cursor.at;
    if (cursor.at >= text_.size() || text_[cursor.at] != '"') return true;
    field.text += '"';
    ++cursor.at;
  }
  return false;
}

}  // namespace saelaw
