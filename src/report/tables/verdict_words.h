// The verdict of a recommendation in words: what its reasons and its next step say to a reader.
#pragma once

#include <string>

#include "study/advice/recommendation.h"

namespace saelaw {

std::string ReasonText(const Reason& reason);
std::string NextText(const NextStep& step);
// "Train 2.1B tokens at lr 6e-05 (4e-05 to 9e-05). Expect loss ... Confidence: high, because ...".
// A low confidence comes before any number, and a sweep that cannot answer says so instead of one.
std::string VerdictSentence(const Recommendation& recommendation);

}  // namespace saelaw
