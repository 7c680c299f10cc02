// These tables are read by other programs. Numbers are therefore written with all of their digits,
// and what is unknown is an empty cell, which spreadsheets and data frames take for a missing
// value.
#include "report/csv.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/metrics.h"
#include "core/quantities.h"
#include "report/tables/law_words.h"
#include "report/tables/refusal_words.h"
#include "report/tables/shown_metrics.h"
#include "report/tables/study_words.h"

namespace saelaw {
namespace {

std::string Cell(double value) { return std::isfinite(value) ? FormatExact(value) : std::string(); }

std::string Line(const std::vector<std::string>& cells) {
  return fmt::format("{}\n", fmt::join(cells, ","));
}

// A refused law has one line with its reason, so that its absence is not taken for an oversight.
std::string LawLines(const LawFit& fit, const std::string& quantity) {
  const std::string points = std::to_string(fit.n_points);
  if (!fit.ok()) {
    return Line(
        {CsvCell(fit.name()), quantity, "", "", "", "", "", points, "", CsvCell(RefusalText(fit))});
  }
  std::string lines;
  for (const Parameter& parameter : fit.params) {
    lines += Line({CsvCell(fit.name()),
                   quantity,
                   CsvCell(parameter.name),
                   Cell(parameter.value),
                   Cell(parameter.interval.lo),
                   Cell(parameter.interval.hi),
                   Cell(fit.level),
                   points,
                   parameter.on_bound ? "1" : "0",
                   ""});
  }
  return lines;
}

// A column of runs.csv is a metric or its standard error.
struct MetricColumn {
  const Metric* metric;
  bool error;
};

// These columns were there from the beginning and are written even where no run knows them.
std::vector<MetricColumn> FirstColumns() {
  std::vector<MetricColumn> columns;
  for (const Metric& metric : AllMetrics()) {
    if ((metric.shown & (kInCsv | kWhereKnown)) == kInCsv) columns.push_back({&metric, false});
  }
  return columns;
}

// Columns keep their places for the programs that read them: what came later stands at the end, and
// only where a run knows it.
std::vector<MetricColumn> LastColumns(const std::vector<StudyRun>& runs) {
  std::vector<MetricColumn> columns;
  for (const Metric& metric : AllMetrics()) {
    if ((metric.shown & kErrorInCsv) != 0) columns.push_back({&metric, true});
  }
  for (const Metric& metric : AllMetrics()) {
    constexpr unsigned kLater = kInCsv | kWhereKnown;
    if ((metric.shown & kLater) == kLater && HasColumn(metric, runs)) {
      columns.push_back({&metric, false});
    }
  }
  return columns;
}

void AddHeads(const std::vector<MetricColumn>& columns, std::vector<std::string>* heads) {
  for (const MetricColumn& column : columns) {
    heads->push_back(column.error ? ErrorName(*column.metric) : std::string(column.metric->name));
  }
}

void AddCells(const std::vector<MetricColumn>& columns,
              const StudyRun& run,
              std::vector<std::string>* cells) {
  for (const MetricColumn& column : columns) {
    cells->push_back(
        Cell(column.error ? MetricError(*column.metric, run) : MetricValue(*column.metric, run)));
  }
}

}  // namespace

std::string CsvCell(std::string_view text) {
  // Some readers cut blanks at the ends of a cell, unless it is quoted.
  const bool blank_ends = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!blank_ends && text.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string(text);
  std::string cell = "\"";
  for (char c : text) {
    // Inside quotes a quote is written twice (RFC 4180).
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

std::string RunsCsv(const Findings& findings) {
  const std::vector<MetricColumn> first = FirstColumns(), last = LastColumns(findings.runs);
  std::vector<std::string> heads = {"tokens", "d_sae", "lr", "seed", "stage", "outcome"};
  AddHeads(first, &heads);
  for (const char* head : {"firing_histogram", "short", "left_out", "origin", "id"}) {
    heads.emplace_back(head);
  }
  AddHeads(last, &heads);
  std::string csv = Line(heads);
  for (const StudyRun& run : findings.runs) {
    std::vector<std::string> cells = {std::to_string(run.tokens),
                                      std::to_string(run.d_sae),
                                      Cell(run.lr),
                                      std::to_string(run.seed),
                                      std::string(Name(run.stage)),
                                      std::string(Name(run.outcome))};
    AddCells(first, run, &cells);
    // The counts share one cell, so that the number of bins does not change the columns.
    cells.push_back(fmt::format("{}", fmt::join(run.firing_histogram, " ")));
    cells.emplace_back(run.short_run ? "1" : "0");
    for (const std::string& text : {LeftOutText(run.left_out), run.origin, run.id}) {
      cells.push_back(CsvCell(text));
    }
    AddCells(last, run, &cells);
    csv += Line(cells);
  }
  return csv;
}

std::string LawsCsv(const Findings& findings) {
  std::string csv = "law,quantity,parameter,value,lo,hi,level,n_points,on_bound,refusal\n";
  for (const FoundLaw& law : ListLaws(findings)) csv += LawLines(*law.fit, WordsFor(law).csv);
  return csv;
}

}  // namespace saelaw
