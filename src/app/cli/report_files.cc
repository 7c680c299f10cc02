#include "app/cli/report_files.h"

#include "app/cli/local_time.h"
#include "core/files.h"
#include "report/csv.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/render/html.h"

namespace saelaw {
namespace {

// The time and the version come in here, so that report/ depends on neither a clock nor the build.
Report ReportOn(const Answer& answer, const std::string& config_path) {
  Report report;
  report.question = answer.sweep.question;
  report.prediction = answer.sweep.prediction;
  report.cost = answer.sweep.cost;
  report.findings = answer.findings;
  report.recommendation = answer.recommendation;
  report.config_path = config_path;
  report.made_at = LocalTime();
  report.saelaw_version = SAELAW_VERSION;
  return report;
}

}  // namespace

Report WriteReport(const Answer& answer, const std::filesystem::path& folder) {
  Report report = ReportOn(answer, WriteConfiguration(answer, folder, LocalTime()));
  WriteFile(folder / "report.html", RenderHtml(ReportDocument(report), {}));
  WriteFile(folder / "report.json", ReportJson(report));
  WriteFile(folder / "runs.csv", RunsCsv(report.findings));
  WriteFile(folder / "laws.csv", LawsCsv(report.findings));
  return report;
}

ArmsComparison WriteComparison(const Arms& arms,
                               const std::vector<Answer>& answers,
                               const std::filesystem::path& folder) {
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::filesystem::path inside = folder / MakeLabel(arms.list[i]);
    MakeFolder(inside);
    WriteReport(answers[i], inside);
  }
  ArmsComparison comparison = CompareAnswers(arms, answers);
  WriteFile(folder / "report.html", RenderHtml(ArmsDocument(comparison), {}));
  WriteFile(folder / "report.json", ArmsJson(comparison));
  return comparison;
}

}  // namespace saelaw
