// What speaks against the documents that all losses of a sweep were measured on.
#pragma once

#include <vector>

#include "study/design/knowledge.h"
#include "study/findings/study_warning.h"

namespace saelaw {

// Adds a warning where few documents carry the held-out set (fewer than 20 effective ones,
// core/held_out.h), and one where held-out loss and training loss, of data that was seen once and
// so is as new as the held-out one, differ by more than their errors in half of the runs or more.
// Runs without a record of their documents say nothing.
void WarnOfHeldOut(const std::vector<const KnownRun*>& runs, StudyWarnings* warnings);

}  // namespace saelaw
