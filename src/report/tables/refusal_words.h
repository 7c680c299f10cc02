// Why there is no law, and what the intervals of one take for granted, in words: the only place
// that has them.
#pragma once

#include <string>

#include "fit/fit.h"

namespace saelaw {

std::string RefusalText(const FitRefusal& refusal);
// The same with the rows of the table that were dropped, where they were counted; empty: a law.
std::string RefusalText(const LawFit& fit);
// Why there is nothing to compare; empty: there is.
std::string RefusalText(const Comparison& comparison);
// Why a law takes no part in a comparison; empty: it does.
std::string WhyNotFitted(const ComparedLaw& compared);

// "points of one stream are correlated (3 streams); a new run has its own"; empty: nothing is.
std::string AssumptionText(const Assumption& assumption);
// "3 held-out scales of these points and pools of published ones"; empty: nobody asked.
std::string SourceText(const DiscrepancySource& source);

}  // namespace saelaw
