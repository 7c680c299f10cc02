// The files of a report, for the command of that name and for a run that was given an end.
#pragma once

#include <filesystem>
#include <vector>

#include "orchestrate/answer.h"
#include "report/report.h"

namespace saelaw {

// report.html, report.json, runs.csv, laws.csv and recommended.yaml of one arm. All are written
// anew each time, so that they never tell of two states of the study. Throws IoError.
Report WriteReport(const Answer& answer, const std::filesystem::path& folder);

// The same of every arm, each in a folder named by its label; and the comparison's report.html and
// report.json in `folder`.
ArmsComparison WriteComparison(const Arms& arms,
                               const std::vector<Answer>& answers,
                               const std::filesystem::path& folder);

}  // namespace saelaw
