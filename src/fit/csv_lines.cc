#include "fit/csv_lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "run/errors.h"

namespace saelaw {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kBlank = " \t\r";

char CommonestSeparator(std::string_view line) {
  char commonest = ',';
  for (const char candidate : {',', ';', '\t'}) {
    if (std::count(line.begin(), line.end(), candidate) >
        std::count(line.begin(), line.end(), commonest)) {
      commonest = candidate;
    }
  }
  return commonest;
}

CsvField Trimmed(std::string_view text, std::size_t start) {
  const std::size_t first = std::min(text.find_first_not_of(kBlank), text.size());
  text.remove_prefix(first);
  const std::size_t last = text.find_last_not_of(kBlank);
  text = text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  std::size_t column = start + first + 1;
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
    ++column;
  }
  return {text, column};
}

}  // namespace

CsvLines::CsvLines(std::string_view text, std::string_view name) : rest_(text), name_(name) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  const std::string_view line = TakeLine();
  separator_ = CommonestSeparator(line);
  Split(line, header_);
  if (header_.size() == 1 && header_[0].text.empty()) {
    throw ConfigurationError(fmt::format("{}: no header line", Place(1)));
  }
}

std::string CsvLines::Place(std::size_t column) const {
  return fmt::format("{}:{}:{}", name_, line_, column);
}

std::string_view CsvLines::TakeLine() {
  const std::size_t end = std::min(rest_.find('\n'), rest_.size());
  const std::string_view line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  ++line_;
  return line;
}

bool CsvLines::Next(std::vector<CsvField>& fields) {
  while (!rest_.empty()) {
    const std::string_view line = TakeLine();
    if (line.find_first_not_of(kBlank) == std::string_view::npos) continue;
    Split(line, fields);
    return true;
  }
  return false;
}

void CsvLines::Split(std::string_view line, std::vector<CsvField>& fields) const {
  fields.clear();
  std::size_t start = 0;
  bool quoted = false;
  for (std::size_t i = 0; i <= line.size(); ++i) {
    if (i < line.size() && line[i] == '"') quoted = !quoted;
    if (i < line.size() && (quoted || line[i] != separator_)) continue;
    fields.push_back(Trimmed(line.substr(start, i - start), start));
    start = i + 1;
  }
}

}  // namespace saelaw
