// Which runs train together: equal stream, and no more members than the memory holds.
#include <algorithm>
#include <map>

#include "plan/measuring.h"
#include "plan/planner.h"

namespace saelaw {
namespace {

using Gang = std::vector<const PlannedRun*>;

// The longest first, so that every part gets a share of long and short runs.
std::vector<Gang> SplitEvenly(Gang gang, std::size_t parts) {
  std::stable_sort(gang.begin(), gang.end(), [](const PlannedRun* a, const PlannedRun* b) {
    return a->spec.tokens > b->spec.tokens;
  });
  std::vector<Gang> split(std::min(parts, gang.size()));
  for (std::size_t i = 0; i < gang.size(); ++i) split[i % split.size()].push_back(gang[i]);
  return split;
}

// A run that alone does not fit is tried alone.
std::vector<Gang> SplitByMemory(const Gang& gang, double device_bytes) {
  std::vector<Gang> split;
  double own = 0, shared = 0;
  for (const PlannedRun* run : gang) {
    const Cost& cost = run->predicted;
    const double run_own = cost.device_bytes - cost.shared_bytes;
    if (split.empty() || own + run_own + std::max(shared, cost.shared_bytes) > device_bytes) {
      split.emplace_back();
      own = shared = 0;
    }
    split.back().push_back(run);
    own += run_own;
    shared = std::max(shared, cost.shared_bytes);
  }
  return split;
}

Job JobOf(const Gang& gang,
          const Execution& execution,
          const Measurement& measured,
          const std::string& cache_folder) {
  Job job;
  job.kind = JobKind::kTrain;
  job.source = gang.front()->spec.source;
  job.activation_scale = measured.activation_scale;
  job.tuning = TuningOf(execution, measured);
  for (const PlannedRun* run : gang) job.runs.push_back(run->spec);
  job.device = execution.device;
  job.threads = std::max(1, execution.threads);
  job.checkpoint_seconds = execution.checkpoint_seconds;
  job.checkpoint_tokens = execution.checkpoint_tokens;
  job.cache_folder = cache_folder;
  job.vector_cache_bytes = execution.vector_cache_bytes;
  job.id = IdOf(job);
  return job;
}

std::vector<Gang> FormGangs(const std::vector<PlannedRun>& runs,
                            const Execution& execution,
                            double device_bytes) {
  std::map<std::string, Gang> streams;
  for (const PlannedRun& run : runs) streams[StreamKey(run.spec)].push_back(&run);
  std::vector<Gang> gangs;
  for (const auto& [key, gang] : streams) {
    // A language model's stream costs more than the SAEs that share it, so it is not repeated for
    // the sake of more trainers on a device; cheap streams are.
    const bool cheap = gang.front()->spec.source.kind != SourceKind::kModel;
    const std::size_t wanted =
        cheap ? static_cast<std::size_t>(execution.trainers()) : execution.devices.size();
    const std::size_t parts = std::max<std::size_t>(1, wanted / streams.size());
    for (const Gang& part : SplitEvenly(gang, parts)) {
      for (Gang& fitting : SplitByMemory(part, device_bytes)) gangs.push_back(std::move(fitting));
    }
  }
  return gangs;
}

}  // namespace

std::vector<Job> FormJobs(const std::vector<PlannedRun>& runs,
                          const Execution& execution,
                          double device_bytes,
                          const Measurement& measured,
                          const std::string& cache_folder) {
  std::vector<Job> jobs;
  for (const Gang& gang : FormGangs(runs, execution, device_bytes)) {
    jobs.push_back(JobOf(gang, execution, measured, cache_folder));
  }
  return jobs;
}

double WallSeconds(const std::vector<PlannedRun>& runs,
                   const Execution& execution,
                   double device_bytes) {
  std::vector<double> busy(static_cast<std::size_t>(execution.trainers()));
  for (const Gang& gang : FormGangs(runs, execution, device_bytes)) {
    double& next = *std::min_element(busy.begin(), busy.end());
    for (const PlannedRun* run : gang) next += run->predicted.seconds;
  }
  return *std::max_element(busy.begin(), busy.end());
}

}  // namespace saelaw
