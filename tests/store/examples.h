// Small runs, jobs and results for the store's tests.
#pragma once

#include <chrono>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "jobs/job.h"
#include "store/store.h"

namespace saelaw {

// 2026-03-01T21:04:05.678Z (date -u -d @1772399045), whatever the time is.
inline Clock FixedClock() {
  return [] {
    return std::chrono::system_clock::time_point(std::chrono::milliseconds(1772399045678));
  };
}

// Runs with different seeds are different runs.
inline RunSpec ExampleRun(std::uint64_t seed) {
  RunSpec spec;
  spec.source.d_in = 64;
  spec.sae.d_sae = 256;
  spec.training.lr = 0.004;
  spec.training.precision = Precision::kFp32;  // as when schema_v1.db was saved
  spec.tokens = 1 << 20;
  spec.seed = seed;
  return spec;
}

inline AskedRun Asked(std::uint64_t seed, const std::string& reason = "grid around 0.004") {
  return {ExampleRun(seed), "loss-law", reason};
}

inline RunId ExampleId(std::uint64_t seed) { return ComputeId(ExampleRun(seed)); }

inline RunResult ExampleResult(std::uint64_t seed, double loss = 0.25) {
  RunResult result;
  result.id = ExampleId(seed);
  result.tokens = 1 << 20;
  result.final = {1 << 20, loss, 0.2, 0.2, 12.5, 0.01};
  result.curve = {{1 << 19, 0.5, 0.4, 0.4, 20, 0.02}, {1 << 20, loss, 0.2, 0.2, 12.5, 0.01}};
  result.dead_fraction_training = std::numeric_limits<double>::quiet_NaN();
  result.wall_seconds = 12;
  result.provenance.host = "host";
  result.provenance.device = "cpu";
  return result;
}

inline Job ExampleJob(const std::vector<std::uint64_t>& seeds) {
  Job job;
  for (const std::uint64_t seed : seeds) job.runs.push_back(ExampleRun(seed));
  job.source = ExampleRun(0).source;
  job.id = ComputeId(job);
  return job;
}

// A sweep "demo" with one run for each seed.
inline void AddDemo(Store& store, const std::vector<std::uint64_t>& seeds) {
  store.SaveSweep("demo", "target: {tokens: 2.1B}\n", "hash-1");
  std::vector<AskedRun> runs;
  for (const std::uint64_t seed : seeds) runs.push_back(Asked(seed));
  store.AddRuns("demo", runs);
}

// Adds the job and begins an attempt of it: the attempt's id.
inline std::string Begin(Store& store, const Job& job) {
  store.AddJob(job);
  return store.BeginAttempt(job.id);
}

}  // namespace saelaw
