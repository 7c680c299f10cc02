// The noise of ln loss from replicates: points of one setting that differ in stream (or seed).
#pragma once

#include "fit/solve/log_model.h"

namespace saelaw {

struct Noise {
  double sd = 0;  // of a point with weight 1
  int df = 0;     // 0: no replicates
};

// Pooled over settings. Points of one cluster (fit/points/clusters.h) within a setting count once,
// by their mean: they share the data order, whose noise is to be measured.
Noise ReplicateNoise(const Sample& sample);

// Number of distinct settings.
int Settings(const Sample& sample);

}  // namespace saelaw
