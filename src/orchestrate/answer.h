// From a sweep and its database to what the study found and advises, for the commands that read.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "orchestrate/machine/cache.h"
#include "report/forecast_file.h"
#include "store/lock_watch.h"
#include "study/advice/recommendation.h"
#include "study/arms/arms_comparison.h"
#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

struct Answer {
  Sweep sweep;
  Findings findings;
  Recommendation recommendation;
};

// The answers of all arms, in their order. Identifies the data, which all arms share, and reads the
// database once; it is never created. `watch`: how it waits for a database that is locked. Throws
// ConfigurationError when an arm has no finished run in it.
std::vector<Answer> AnswerArms(const Arms& arms,
                               const std::string& database,
                               bool force,
                               Cache& cache,
                               const LockWatch& watch);

// What they say together. `answers`: of all arms.
ArmsComparison CompareAnswers(const Arms& arms, const std::vector<Answer>& answers);

// With all folders above it; not an error if it is there. Throws IoError where it cannot be made.
void MakeFolder(const std::filesystem::path& folder);

// Where files of the answer of the sweep of that name go: `out`, else analysis/<name>; made when
// missing.
std::filesystem::path AnswerFolder(const std::string& out, const std::string& name);

// Writes recommended.yaml there and returns its path; empty, with nothing written, when the
// recommendation is refused. Beside it the forecast of its run is frozen (ForecastPath), at
// `made_at`; one that was made of the very same configuration stays what it was.
std::string WriteConfiguration(const Answer& answer,
                               const std::filesystem::path& folder,
                               const std::string& made_at);

// "recommended.forecast.json" of "recommended.yaml".
std::filesystem::path ForecastPath(const std::filesystem::path& config);
// What lies there, where it speaks of this run and of the configuration with this text.
std::optional<FrozenForecast> FindForecast(const std::filesystem::path& config,
                                           const std::string& config_text,
                                           const RunId& run);

}  // namespace saelaw
