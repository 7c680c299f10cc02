// Which metrics the tables of runs show.
#pragma once

#include <initializer_list>
#include <vector>

#include "core/metrics.h"
#include "study/findings/study_run.h"

namespace saelaw {

// Whether it has a place in a table of these runs: one that earlier versions did not measure has
// none where no run knows it.
bool HasColumn(const Metric& metric, const std::vector<StudyRun>& runs);

// Those of these groups that have a heading and a column in a table of these runs.
std::vector<const Metric*> MetricsWithHeading(const std::vector<StudyRun>& runs,
                                              std::initializer_list<MetricGroup> groups);

}  // namespace saelaw
