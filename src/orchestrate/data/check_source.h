// What the files behind a source say of themselves: headers and configuration, never weights' data.
#pragma once

#include <string>
#include <vector>

#include "core/run_spec.h"

namespace saelaw {

// Throws Error, with the code that a trainer would end with, for a model whose files are missing,
// damaged or of another shape than the source asks for, and for shards that are.
void CheckSource(const SourceSpec& source);

// Each a line for the user: what of a model's weights, or of captured shards, is not on this
// machine.
std::vector<std::string> AbsentWeights(const SourceSpec& source);
// The same of its text.
std::vector<std::string> AbsentText(const SourceSpec& source);

}  // namespace saelaw
