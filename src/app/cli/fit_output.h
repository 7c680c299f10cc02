// Where the answer of `fit` goes: to the terminal, as JSON, as a page, as figures, as a table of
// predictions.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "fit/fit.h"
#include "report/tables/fit_figures.h"

namespace saelaw {

// The fields are bound to options, so an object must outlive the parsing of the command line.
class FitOutput {
 public:
  // --predict-csv to --json, in the order of --help.
  std::vector<OptionSpec> Options();
  // Throws UsageError where options exclude each other; `runs`: what --csv names.
  void Check(const std::string& runs) const;
  // The table of --predict-csv, its columns named by the text of --columns; empty without one.
  CsvPlaces Places(const std::string& columns) const;
  // `table`: what the law was fitted to.
  void Write(const LawAnswer& answer, const CsvPlaces& places, const FittedTable& table) const;

 private:
  bool TableOnStdout() const { return !predict_csv_.empty() && out_.empty(); }
  void WritePage(const LawAnswer& answer, const FittedTable& table) const;
  void WriteTable(const LawAnswer& answer, const CsvPlaces& places) const;

  bool json_ = false;
  std::string predict_csv_, out_, html_, figures_;
};

}  // namespace saelaw
