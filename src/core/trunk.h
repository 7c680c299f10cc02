// What runs of a warm-up-stable-decay schedule have in common: up to its cooldown a run does not
// know how long it will be, so that runs which differ in tokens alone are one run until then.
#pragma once

#include <cstdint>
#include <string>

#include "core/run_spec.h"

namespace saelaw {

// Runs with equal, non-empty trunk keys take the same steps on the same vectors up to the first
// BranchStep among them. They differ in tokens alone (SAE, training, seeds and data are equal).
// Empty: the run's length shows from its start (another schedule, or a warm-up that is a share of
// it). Stored in results: do not change.
std::string TrunkKey(const RunSpec& spec);

// Whether a recipe's runs can share trunks at all.
bool SharesTrunks(const TrainingSpec& training);

// What lr is multiplied by after the warm-up of warm-up-stable-decay: 1, then linear to 0 over the
// last decay_fraction of the run.
double StableDecay(const RunSpec& spec, std::int64_t step);

// The first update, from 0, whose learning rate is lower than a longer run's would be: the cooldown
// begins with it. spec.steps() where the run ends before. Only for runs with a trunk key.
std::int64_t BranchStep(const RunSpec& spec);
// Tokens that the trunk has seen when the cooldown begins.
std::int64_t BranchTokens(const RunSpec& spec);

}  // namespace saelaw
