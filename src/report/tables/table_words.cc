// Rows and columns are named as the table has them, and each line says which option mends it.
#include "report/tables/table_words.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/document/numbers.h"

namespace saelaw {
namespace {

// One number is enough where all ratios agree.
std::string Ratios(double smallest, double largest) {
  if (smallest == largest) return fmt::format("{:.3g}", largest);
  return fmt::format("{:.3g} to {:.3g}", smallest, largest);
}

}  // namespace

std::string Text(const warning::UnreadStatus& w) {
  return fmt::format(
      "column '{}' says of {} rows that they are no finished runs, and they are taken as if they "
      "were; status={} in --columns reads it",
      w.column,
      w.rows,
      w.column);
}

std::string Text(const warning::TroubleWithoutLoss& w) {
  return fmt::format(
      "{} of the runs dropped for machine trouble have a loss that is not finite; where it was the "
      "cause, their status is diverged",
      w.runs);
}

std::string Text(const warning::RowsInComments& w) {
  return fmt::format("{} lines that begin with # have the header's {} fields: taken as comments",
                     w.rows,
                     w.fields);
}

std::string Text(const warning::WithoutLoss& w) {
  return fmt::format(
      "finished runs without a loss are taken as diverged: {}; where they are not, say so in a "
      "status column",
      w.runs);
}

std::string Text(const warning::OtherVersions& w) {
  return fmt::format(
      "{} of another numeric version of saelaw, whose losses do not compare: left out",
      RunsText(w.runs));
}

std::string Text(const warning::PathColumn& w) {
  return fmt::format(
      "column '{}' ({:g} to {:g}) changes along with what the {} law knows: the law is one of that "
      "path, and holds on it alone",
      w.column,
      w.smallest,
      w.largest,
      w.law);
}

std::string Text(const warning::BestKept& w) {
  return fmt::format(
      "the best {} of each of {} settings: {} of {} runs; the least of several noisy losses is a "
      "little low",
      w.column,
      w.settings,
      w.kept,
      w.runs);
}

std::string Text(const warning::BestAtEnd& w) {
  return fmt::format(
      "at {} of {} settings the best {} is the smallest or largest that was tried there: the loss "
      "at a better one is not known",
      w.at_end,
      w.settings,
      w.column);
}

std::string Text(const warning::SomeSds& w) {
  return fmt::format("only {} of {} points have an sd: all count alike", w.known, w.points);
}

std::string Text(const warning::UnreadOption& w) {
  return fmt::format("{} says nothing to {}",
                     w.option,
                     w.part ? std::string("the valleys") : fmt::format("the {} law", w.law));
}

std::string Text(const warning::ComputeUnfixed& w) {
  return fmt::format(
      "compute is no fixed multiple of params·tokens of the same rows ({} times 6·params·tokens): "
      "no law of tokens, and no surface; are the columns in one unit?",
      Ratios(w.smallest, w.largest));
}

std::string Text(const warning::ComputeInUnit& w) {
  const std::string what = fmt::format("compute is {} times 6·params·tokens of the same rows",
                                       Ratios(w.smallest, w.largest));
  if (w.flop) {
    return what + ": best tokens are those of the rows' own ratio, not compute/(6·params)";
  }
  return fmt::format(
      "{}, {}: best tokens are those of the rows' own ratio, and predictions take compute in the "
      "rows' unit",
      what,
      w.unit.empty() ? std::string("which is no unit of FLOP that is known")
                     : fmt::format("so it is taken to count {}", w.unit));
}

std::string Text(const warning::ComputeOddRow& w) {
  return fmt::format("compute of {} is {:.3g} times 6·params·tokens, unlike that of the others",
                     RowText(w.row),
                     w.times);
}

std::string RowText(const TableRow& row) {
  return row.run.empty() ? fmt::format("row {}", row.number) : "run " + row.run;
}

std::string RowsText(std::span<const TableRow> rows) {
  const auto named = [](const TableRow& row) { return !row.run.empty(); };
  const bool runs = std::all_of(rows.begin(), rows.end(), named);
  std::vector<std::string> names;
  for (const TableRow& row : rows) names.push_back(runs ? row.run : std::to_string(row.number));
  return fmt::format("{} {}", runs ? "runs" : "rows", fmt::join(names, ", "));
}

}  // namespace saelaw
