// What to say of a study of which every run failed.
#pragma once

#include <string>
#include <vector>

#include "study/design/knowledge.h"

namespace saelaw {

// "no run survived: 2 collapsed (0.93 of the latents are dead ...); try ..."; empty where a run
// completed, or where there are none.
std::string WhyNoneSurvived(const std::vector<const KnownRun*>& runs);

}  // namespace saelaw
