// What a fit warns of in words: the only place that has them.
#pragma once

#include <string>
#include <vector>

#include "fit/fit.h"

namespace saelaw {

std::string WarningText(const FitWarning& warning);
std::vector<std::string> WarningTexts(const FitWarnings& warnings);

// "the target is 62 times the largest fitted run (doubtful from 30)".
std::string ReachText(const warning::FarBeyond& reach);

// "without the run at 65.5K tokens (row 3) the prediction moves by +1.2 %".
std::string ChangeText(const WouldChange& change);
std::vector<std::string> ChangeTexts(const std::vector<WouldChange>& changes);

}  // namespace saelaw
