// Findings and advice often warn of the same thing. At the top of a report each warning is said
// once, at the place where it came first.
#include "report/report.h"

#include <algorithm>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/study_words.h"

namespace saelaw {
namespace {

void AddOnce(const std::string& warning, std::vector<std::string>& warnings) {
  if (std::find(warnings.begin(), warnings.end(), warning) == warnings.end())
    warnings.push_back(warning);
}

}  // namespace

std::string DemonstrationNote(double target_tokens) {
  return fmt::format(
      "DEMONSTRATION: this sweep shows the way from small runs to a configuration. Its numbers are "
      "no advice for a run of {} tokens.",
      CountText(target_tokens));
}

std::vector<std::string> TopWarnings(const Recommendation& recommendation) {
  std::vector<std::string> warnings;
  for (const AdviceWarning& warning : recommendation.warnings) {
    AddOnce(WarningText(warning), warnings);
  }
  return warnings;
}

std::vector<std::string> TopWarnings(const Report& report) {
  std::vector<std::string> warnings = TopWarnings(report.recommendation);
  for (const StudyWarning& warning : report.findings.warnings) {
    AddOnce(WarningText(warning), warnings);
  }
  return warnings;
}

}  // namespace saelaw
