// The finished runs of a database as points for a law: `saelaw fit --db results.db`.
#pragma once

#include <string>
#include <vector>

#include "fit/fit.h"
#include "store/store.h"

namespace saelaw {

// Which of them, and what is read of each.
struct LedgerChoice {
  std::string sweep;               // those that this sweep or an arm of it asked for; empty: all
  std::string columns;             // as `--columns` has it; of other keys the table's own columns
  std::vector<std::string> where;  // as `--where` has it, of any column or key of a sweep file
};

struct LedgerPoints {
  CsvPoints points;
  std::vector<RunId> runs;  // of the table's rows, the first of which is row 2

  // Empty for a row that is none.
  RunId FindRun(std::int64_t row) const;
};

// Accepted results as a table, one run a row: the columns of runs.csv (report/csv.h) as far as they
// do not hang on a study (of a sweep that compares recipes the arm too), then every field of a
// run's spec (core/spec_fields.h) by the name under which it is stored, empty where a run's source
// has no such field.
struct LedgerTable {
  std::string csv;
  std::vector<RunId> runs;
  int other_versions = 0;  // results whose numbers are of another version, which are left out
};
LedgerTable TabulateResults(const Store& store, const std::string& sweep);

// The points of that table, their outcomes judged as studies judge them. `name`: what messages call
// the database. Throws UsageError for a sweep that it does not hold, ConfigurationError where it
// has no finished run of today's numeric version, and as ParseCsvPoints does.
LedgerPoints ReadPoints(const Store& store, const std::string& name, const LedgerChoice& choice);

// Puts the names of runs in the place of the table's rows wherever the answer speaks of one.
void NameRuns(const LedgerPoints& ledger, LawAnswer* answer);

}  // namespace saelaw
