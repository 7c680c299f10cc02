// Small jobs and results for tests of what is done with them.
#pragma once

#include <vector>

#include "core/run_result.h"
#include "jobs/job.h"

namespace saelaw {

inline RunSpec RunWithSeed(std::uint64_t seed) {
  RunSpec spec;
  spec.source.d_in = 64;
  spec.sae.d_sae = 256;
  spec.tokens = 1 << 20;
  spec.seed = seed;
  return spec;
}

inline Job TrainJob(const std::vector<std::uint64_t>& seeds) {
  Job job;
  for (const std::uint64_t seed : seeds) job.runs.push_back(RunWithSeed(seed));
  job.source = RunWithSeed(0).source;
  job.id = ComputeId(job);
  return job;
}

inline RunResult ResultOfSeed(std::uint64_t seed) {
  RunResult result;
  result.id = ComputeId(RunWithSeed(seed));
  result.final.loss = 0.25;
  return result;
}

}  // namespace saelaw
