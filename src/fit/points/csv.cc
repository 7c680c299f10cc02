// Reads a table in one pass, row by row. Whatever could be misread stops the reading with the place
// of the field, because a silently wrong number would bend a law. What became of a run decides
// whether its numbers are read at all.
#include "fit/points/csv.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "fit/points/csv_filter.h"
#include "fit/points/csv_lines.h"
#include "fit/points/csv_number.h"
#include "fit/points/csv_row.h"
#include "fit/points/csv_text.h"
#include "fit/points/run_status.h"

namespace saelaw {
namespace {

using Fields = std::vector<CsvField>;

// Collects the status words that are not known, in the order in which they come. They are all
// reported at once, so that a user need not mend the table word by word.
class UnknownWords {
 public:
  void Add(const CsvField& field, std::string place) {
    if (words_.empty()) place_ = std::move(place);
    const auto same = [&](const Word& word) { return word.text == field.text; };
    const auto found = std::find_if(words_.begin(), words_.end(), same);
    if (found != words_.end()) {
      ++found->rows;
    } else if (words_.size() < kMost) {
      words_.push_back({field.text, 1});
    } else {
      ++other_rows_;
    }
  }

  // The place is that of the first such word; the counts say how many rows each word concerns.
  void Check() const {
    if (words_.empty()) return;
    std::vector<std::string> shown;
    for (const Word& word : words_) shown.push_back(Counted(Shown(word.text), word.rows));
    const std::string more =
        other_rows_ > 0 ? fmt::format(" and others ({} rows)", other_rows_) : "";
    throw ConfigurationError(fmt::format("{}: status {}{} {} not known; known words: {}",
                                         place_,
                                         fmt::join(shown, ", "),
                                         more,
                                         words_.size() == 1 && other_rows_ == 0 ? "is" : "are",
                                         KnownStatusWords()));
  }

 private:
  // The number of words shown is bounded, since a wrong column may hold a new word in each row.
  static constexpr std::size_t kMost = 5;
  struct Word {
    std::string text;
    int rows = 0;
  };

  static std::string Counted(const std::string& word, int rows) {
    return fmt::format("'{}' ({} row{})", word, rows, rows == 1 ? "" : "s");
  }

  std::vector<Word> words_;
  std::string place_;
  int other_rows_ = 0;
};

// Keeps of every point the columns that no key reads, as long as they may explain something.
class UnreadColumns {
 public:
  UnreadColumns(const CsvLines& lines, const CsvLayout& layout) {
    for (std::size_t at = 0; at < lines.header().size(); ++at) {
      const bool read = std::find(layout.at.begin(), layout.at.end(), at) != layout.at.end();
      if (read || at == layout.unread_status) continue;
      const CsvField& field = lines.header()[at];
      columns_.push_back(
          {at, {field.text, lines.Place(field), VariableLike(field.text), {}}, {}, true});
    }
  }

  void Add(const Fields& fields) {
    for (Column& column : columns_) {
      if (!column.kept) continue;
      const std::string_view word = Stripped(fields[column.at].text);
      column.unread.words.emplace_back(word);
      if (column.unread.like) continue;
      // Notes, dates and measurements have a new word in each row, and are soon given up.
      if (std::find(column.distinct.begin(), column.distinct.end(), word) ==
          column.distinct.end()) {
        column.distinct.emplace_back(word);
      }
      column.kept = column.distinct.size() <= UnreadColumn::kMostWords;
    }
  }

  std::vector<UnreadColumn> Take() {
    std::vector<UnreadColumn> kept;
    for (Column& column : columns_) {
      if (column.kept) kept.push_back(std::move(column.unread));
    }
    return kept;
  }

 private:
  struct Column {
    std::size_t at = 0;
    UnreadColumn unread;
    std::vector<std::string> distinct;
    bool kept = true;
  };
  std::vector<Column> columns_;
};

// Rows sorted by what became of their runs.
class RowSorter {
 public:
  RowSorter(const CsvLines& lines, const CsvLayout& layout)
      : lines_(lines), layout_(layout), reader_(lines, layout), unread_(lines, layout) {
    for (std::size_t key = 0; key < kCsvKeyCount; ++key) {
      if (layout.at[key] == CsvLayout::kAbsent) continue;
      const CsvField& field = lines.header()[layout.at[key]];
      result_.columns[key] =
          fmt::format("{}: column '{}'", lines.Place(field), Shown(Stripped(field.text)));
    }
  }

  // A row that a condition leaves out is dropped before anything of it is read.
  void LeaveOut(const CsvFilter& filter) {
    result_.dropped.push_back(
        {reader_.Place().row, fmt::format("left out by --where {}", Shown(filter.text()))});
  }

  void Add(const Fields& fields) {
    const CsvField* word = reader_.At(fields, kStatusKey);
    const RunStatus status = word != nullptr ? ReadRunStatus(word->text) : RunStatus::kFinished;
    switch (status) {
      case RunStatus::kFinished:
        result_.points.push_back(reader_.Read(fields));
        unread_.Add(fields);
        // The row is taken as finished, since nobody asked for the other column, but the user is
        // told.
        if (SaysOtherwise(fields)) ++not_finished_unread_;
        result_.without_loss += MeansMissing(reader_.At(fields, kLossKey)->text) ? 1 : 0;
        break;
      case RunStatus::kDiverged:
      case RunStatus::kCollapsed:
        // Failed runs are kept apart and not dropped: they say where learning rates stop being
        // stable.
        result_.failed.push_back(reader_.Read(fields));
        result_.failed.back().failure =
            status == RunStatus::kDiverged ? Failure::kDiverged : Failure::kCollapsed;
        break;
      case RunStatus::kTrouble:
      case RunStatus::kUnfinished:
        Drop(fields, word->text, status);
        break;
      case RunStatus::kUnknown:
        unknown_.Add(*word, lines_.Place(*word));
        break;
    }
  }

  CsvPoints Sorted() {
    unknown_.Check();
    Warn();
    result_.unread = unread_.Take();
    return std::move(result_);
  }

 private:
  // The other numbers of such a row are not read, since a run that broke off may have left anything
  // in them.
  void Drop(const Fields& fields, std::string_view word, RunStatus status) {
    result_.dropped.push_back(
        {reader_.Place().row, fmt::format("status is {} ({})", Shown(word), WhyDropped(status))});
    const std::string& loss = reader_.At(fields, kLossKey)->text;
    // A loss that is not finite hints at divergence that was booked as machine trouble.
    if (status != RunStatus::kTrouble || MeansMissing(loss)) return;
    const auto value = CsvNumber(loss, false);
    if (value && !std::isfinite(*value)) ++trouble_without_number_;
  }

  // Whether a column that nobody asked for says that the run is not a finished one.
  bool SaysOtherwise(const Fields& fields) const {
    if (layout_.unread_status == CsvLayout::kAbsent) return false;
    const RunStatus status = ReadRunStatus(fields[layout_.unread_status].text);
    return status != RunStatus::kFinished && status != RunStatus::kUnknown;
  }

  // Warnings come once for the whole table and give a count, as tables may have thousands of rows.
  void Warn() {
    if (not_finished_unread_ > 0) {
      const std::string name = Shown(lines_.header()[layout_.unread_status].text);
      result_.warnings.push_back(warning::UnreadStatus{name, not_finished_unread_});
    }
    if (trouble_without_number_ > 0) {
      result_.warnings.push_back(warning::TroubleWithoutLoss{trouble_without_number_});
    }
    if (lines_.rows_in_comments() > 0) {
      result_.warnings.push_back(
          warning::RowsInComments{lines_.rows_in_comments(), lines_.header().size()});
    }
  }

  const CsvLines& lines_;
  const CsvLayout& layout_;
  CsvRowReader reader_;
  UnreadColumns unread_;
  CsvPoints result_;
  UnknownWords unknown_;
  std::size_t not_finished_unread_ = 0;
  std::size_t trouble_without_number_ = 0;
};

// The columns are found once, before the first row, from the header alone.
CsvPoints ReadRows(CsvLines& lines,
                   const CsvColumns& columns,
                   const std::vector<std::string>& where) {
  const CsvLayout layout = FindColumns(lines, columns);
  std::vector<CsvFilter> filters;
  for (const std::string& text : where) filters.emplace_back(text, lines);
  RowSorter sorter(lines, layout);
  for (Fields fields; lines.Next(fields);) {
    CheckWidth(lines, fields);
    const auto against = std::find_if(filters.begin(), filters.end(), [&](const CsvFilter& filter) {
      return !filter.Matches(fields);
    });
    if (against == filters.end()) {
      sorter.Add(fields);
    } else {
      sorter.LeaveOut(*against);
    }
  }
  return sorter.Sorted();
}

}  // namespace

CsvPoints ParseCsvPoints(std::string_view text, std::string_view name, const CsvColumns& columns) {
  const std::string decoded = CsvText(text, name);
  CsvLines lines(decoded, name);
  return ReadRows(lines, columns, {});
}

CsvPoints ParseCsvPoints(std::string_view bytes,
                         std::string_view name,
                         std::string_view columns,
                         const std::vector<std::string>& where,
                         const CsvColumns& otherwise) {
  // The columns are parsed after the header is known, because their names may contain commas.
  const std::string decoded = CsvText(bytes, name);
  CsvLines lines(decoded, name);
  CsvColumns named = ParseCsvColumns(columns, lines.header());
  FillColumns(otherwise, named);
  return ReadRows(lines, named, where);
}

CsvPoints ReadCsvPoints(const std::filesystem::path& path,
                        std::string_view columns,
                        const std::vector<std::string>& where) {
  const CsvFile file = ReadCsvFile(path);
  return ParseCsvPoints(file.bytes, file.name, columns, where);
}

}  // namespace saelaw
