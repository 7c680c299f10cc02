#include "report/csv.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/tables/law_words.h"

namespace saelaw {
namespace {

std::string Cell(double value) { return std::isfinite(value) ? FormatExact(value) : std::string(); }

std::string Line(const std::vector<std::string>& cells) {
  return fmt::format("{}\n", fmt::join(cells, ","));
}

std::string LawLines(const LawFit& fit, const std::string& quantity) {
  const std::string points = std::to_string(fit.n_points);
  if (!fit.ok()) {
    return Line({CsvCell(fit.law), quantity, "", "", "", "", "", points, "", CsvCell(fit.refusal)});
  }
  std::string lines;
  for (const Parameter& parameter : fit.params) {
    lines += Line({CsvCell(fit.law),
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

}  // namespace

std::string CsvCell(std::string_view text) {
  const bool blank_ends = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!blank_ends && text.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string(text);
  std::string cell = "\"";
  for (char c : text) {
    if (c == '"') cell += '"';
    cell += c;
  }
  return cell + '"';
}

std::string RunsCsv(const Findings& findings) {
  std::string csv =
      "tokens,d_sae,lr,seed,stage,outcome,loss,mse,fvu,l0,dead_fraction,dense_fraction,"
      "ce,ce_delta,ce_zero,loss_recovered,firing_histogram,short,left_out,origin,id,"
      "loss_se,mse_se,fvu_se,l0_se,dead_fraction_se,dense_fraction_se,ce_delta_se,"
      "loss_recovered_se\n";
  for (const StudyRun& run : findings.runs) {
    csv += Line({std::to_string(run.tokens),
                 std::to_string(run.d_sae),
                 Cell(run.lr),
                 std::to_string(run.seed),
                 std::string(Name(run.stage)),
                 std::string(Name(run.outcome)),
                 Cell(run.final.loss),
                 Cell(run.final.mse),
                 Cell(run.final.fvu),
                 Cell(run.final.l0),
                 Cell(run.final.dead_fraction),
                 Cell(run.dense_fraction),
                 Cell(run.splice.ce),
                 Cell(run.splice.ce_delta),
                 Cell(run.splice.ce_zero),
                 Cell(run.splice.loss_recovered),
                 fmt::format("{}", fmt::join(run.firing_histogram, " ")),
                 run.short_run ? "1" : "0",
                 CsvCell(run.reason_left_out),
                 CsvCell(run.origin),
                 CsvCell(run.id),
                 Cell(run.final.se.loss),
                 Cell(run.final.se.mse),
                 Cell(run.final.se.fvu),
                 Cell(run.final.se.l0),
                 Cell(run.final.se.dead_fraction),
                 Cell(run.dense_fraction_se),
                 Cell(run.splice.ce_delta_se),
                 Cell(run.splice.loss_recovered_se)});
  }
  return csv;
}

std::string LawsCsv(const Findings& findings) {
  std::string csv = "law,quantity,parameter,value,lo,hi,level,n_points,on_bound,refusal\n";
  for (const FoundLaw& law : ListLaws(findings)) csv += LawLines(*law.fit, WordsFor(law).csv);
  return csv;
}

}  // namespace saelaw
