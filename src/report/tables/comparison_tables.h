// The laws of loss side by side.
#pragma once

#include <string>

#include "fit/fit.h"
#include "report/document/document.h"

namespace saelaw {

// Each law with its scores and its weight, and what they say at each place; or the refusal. `at` is
// where the JSON has the comparison.
document::Blocks ComparisonBlocks(const Comparison& comparison, const std::string& at);

}  // namespace saelaw
