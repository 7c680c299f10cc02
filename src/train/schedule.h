// How the learning rate and the sparsity coefficient change over a run: pure functions of the step.
#pragma once

#include <cstdint>

#include "core/run_spec.h"

namespace saelaw {

// Steps are counted from 0; `step` is the update about to be made, in [0, spec.steps()).

// What lr and threshold_lr are multiplied by. Warm-up: half a cosine from lr_warmup_start to 1.
// Then `cosine`: half a cosine from 1, to reach 0 at the run's end; `constant`: 1;
// `warmup-stable-decay`: 1, then linear to 0 over the last decay_fraction of the run.
double LrFactor(const RunSpec& spec, std::int64_t step);

// The sparsity coefficient: linear from 0 at step 0 to its final value over sparsity_warmup.
double SparsityCoefficientAt(const RunSpec& spec, std::int64_t step);

// The length of the sparsity warm-up in updates, not rounded.
double SparsityWarmupSteps(const RunSpec& spec);

// Whether dead latents are resampled after `step` updates, before the next: where the tokens so far
// have just reached a multiple of resample_every, up to resample_until.
bool ResamplesAt(const RunSpec& spec, std::int64_t step);

// The steps after which point `index` (from 0) of `points` evenly spaced ones falls; the last falls
// at the end of the run.
std::int64_t EvaluationStep(std::int64_t steps, int index, int points);

}  // namespace saelaw
