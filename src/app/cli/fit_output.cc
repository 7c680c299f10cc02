// stdout holds one thing: the answer, or the table that was asked for in its place. What else there
// is to say of that table goes to stderr.
#include "app/cli/fit_output.h"

#include <algorithm>

#include "app/cli/messages.h"
#include "app/cli/on_terminal.h"
#include "app/cli/written_figures.h"
#include "core/files.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/predictions_csv.h"
#include "report/render/html.h"
#include "report/tables/fit_words.h"
#include "report/tables/refusal_words.h"

namespace saelaw {

std::vector<OptionSpec> FitOutput::Options() {
  return {{"--predict-csv",
           "Predict at each row of this table (columns as for --csv, no loss needed; - for stdin); "
           "printed as CSV: the rows with prediction, lo, hi and a note",
           &predict_csv_,
           false,
           "FILE"},
          {"--out",
           "Write the table of --predict-csv there, and print the answer",
           &out_,
           false,
           "FILE"},
          {"--html",
           "Write one page with the law drawn: runs, interval, residuals, valleys",
           &html_,
           false,
           "FILE"},
          {"--figures", "Write its figures as SVG files there", &figures_, false, "FOLDER"},
          JsonOption(&json_)};
}

void FitOutput::Check(const std::string& runs) const {
  if (!out_.empty() && predict_csv_.empty()) throw UsageError("--out needs --predict-csv");
  if (runs == "-" && predict_csv_ == "-") {
    throw UsageError("--csv and --predict-csv cannot both be stdin: give one of them a file");
  }
  if (json_ && TableOnStdout()) {
    throw UsageError(
        "--json and --predict-csv both print on stdout: give the table a file by --out");
  }
}

CsvPlaces FitOutput::Places(const std::string& columns) const {
  return predict_csv_.empty() ? CsvPlaces{} : ReadCsvPlaces(predict_csv_, columns);
}

void FitOutput::Write(const LawAnswer& answer,
                      const CsvPlaces& places,
                      const FittedTable& table) const {
  WritePage(answer, table);
  if (!predict_csv_.empty()) WriteTable(answer, places);
  if (TableOnStdout()) return;
  Print("{}", json_ ? AnswerJson(answer) : OnTerminal(AnswerDocument(answer)));
}

void FitOutput::WritePage(const LawAnswer& answer, const FittedTable& table) const {
  if (html_.empty() && figures_.empty()) return;
  const document::Document page = AnswerPage(answer, table);
  if (!html_.empty()) {
    WriteFile(html_, RenderHtml(page, {}));
    Say("written: {}\n", html_);
  }
  if (!figures_.empty()) WriteFigures(page, figures_);
}

void FitOutput::WriteTable(const LawAnswer& answer, const CsvPlaces& places) const {
  // Without a law nothing is written, or the table would look like one of a law that says nothing.
  if (!answer.law.ok()) {
    if (TableOnStdout()) Say("saelaw: no law: {}\n", RefusalText(answer.law));
    return;
  }
  const std::string csv = PredictionsCsv(places, answer.table);
  if (!out_.empty()) {
    WriteFile(out_, csv);
    Say("written: {}\n", out_);
  } else {
    Print("{}", csv);
    for (const FitWarnings* warnings : {&answer.law.warnings, &answer.criticism.warnings}) {
      for (const FitWarning& warning : *warnings) Say("warning: {}\n", WarningText(warning));
    }
  }
  const auto refused = std::count_if(answer.table.begin(),
                                     answer.table.end(),
                                     [](const Foretold& told) { return told.refusal.has_value(); });
  if (refused > 0) {
    Say("warning: {} of {} rows have no prediction: their notes say why\n",
        refused,
        answer.table.size());
  }
}

}  // namespace saelaw
