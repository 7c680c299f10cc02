// The noise of ln loss from replicates: points of one setting that differ in stream (or seed).
#pragma once

#include "fit/log_model.h"

namespace saelaw {

struct Noise {
  double sd = 0;  // of a point with weight 1
  int df = 0;     // 0: no replicates
  // The same counted over distinct trunks alone: settings that the same trunks serve repeat one
  // deviation of each trunk, as far as it is common to them.
  int independent_df = 0;
};

// Pooled over settings. Points of one unit (stream, or seed where all streams are equal) within a
// setting count once, by their mean: they share the data order, whose noise is to be measured.
Noise ReplicateNoise(const Sample& sample);

// Number of distinct settings.
int Settings(const Sample& sample);

}  // namespace saelaw
