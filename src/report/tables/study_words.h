// What the findings and the advice of a study warn of, in words: the only place that has them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "study/advice/advice_warning.h"
#include "study/design/left_out.h"

namespace saelaw {

std::string WarningText(const StudyWarning& warning);
std::string WarningText(const AdviceWarning& warning);

// "no run survived: 2 collapsed (0.93 of the latents are dead ...). Try ...".
std::string NoneSurvivedText(const NoneSurvived& failures);

// Why a run is no point of the law of loss; empty: it is one.
std::string LeftOutText(const std::optional<LeftOut>& left_out);

// What would change the advice.
std::vector<std::string> ChangeTexts(const std::vector<AdviceChange>& changes);

}  // namespace saelaw
