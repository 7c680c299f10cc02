// Runs of a gang have one stream, no more members than the memory holds, and those of one trunk are
// not parted.
#include "study/price/gangs.h"

#include <algorithm>
#include <map>
#include <utility>

#include "study/price/measuring.h"
#include "study/price/shared_trunk.h"

namespace saelaw {
namespace {

using Gang = std::vector<const PlannedRun*>;

// What is not divided between gangs: the runs of one trunk, which is trained once where they are
// together, or a run alone.
struct Unit {
  Gang runs;
  double own_bytes = 0;     // of its SAEs at most at once
  double shared_bytes = 0;  // that a gang has once, whatever its members are

  double bytes() const { return own_bytes + shared_bytes; }
};

Unit MakeUnit(Gang runs) {
  std::vector<const RunSpec*> specs;
  double own = 0, shared = 0;  // of the largest; all SAEs of a trunk are equally large
  for (const PlannedRun* run : runs) {
    const Cost& cost = run->predicted;
    specs.push_back(&run->spec);
    own = std::max(own, cost.device_bytes - cost.shared_bytes);
    shared = std::max(shared, cost.shared_bytes);
  }
  return {std::move(runs), own * MostSaesAtOnce(specs), shared};
}

std::int64_t Longest(const Unit& unit) {
  std::int64_t tokens = 0;
  for (const PlannedRun* run : unit.runs) tokens = std::max(tokens, run->spec.tokens);
  return tokens;
}

// A trunk that would not fit with its branches is divided after all. The longest first.
std::vector<Unit> MakeUnits(const Gang& gang, double device_bytes) {
  std::map<std::string, std::size_t> places;
  std::vector<Gang> trunks;
  for (const PlannedRun* run : gang) {
    const auto [place, is_new] = places.emplace(TrunkOrRun(run->spec), trunks.size());
    if (is_new) trunks.emplace_back();
    trunks[place->second].push_back(run);
  }
  std::vector<Unit> units;
  for (Gang& trunk : trunks) {
    Unit unit = MakeUnit(std::move(trunk));
    if (unit.bytes() <= device_bytes) {
      units.push_back(std::move(unit));
      continue;
    }
    for (const PlannedRun* run : unit.runs) units.push_back(MakeUnit({run}));
  }
  std::stable_sort(units.begin(), units.end(), [](const Unit& a, const Unit& b) {
    return Longest(a) > Longest(b);
  });
  return units;
}

// Every part gets a share of long and short ones.
std::vector<std::vector<Unit>> SplitEvenly(std::vector<Unit> units, std::size_t parts) {
  std::vector<std::vector<Unit>> split(std::min(parts, units.size()));
  for (std::size_t i = 0; i < units.size(); ++i) {
    split[i % split.size()].push_back(std::move(units[i]));
  }
  return split;
}

// What alone does not fit is tried alone.
std::vector<Gang> SplitByMemory(const std::vector<Unit>& units, double device_bytes) {
  std::vector<Gang> split;
  double own = 0, shared = 0;
  for (const Unit& unit : units) {
    const double common = std::max(shared, unit.shared_bytes);
    if (split.empty() || own + unit.own_bytes + common > device_bytes) {
      split.emplace_back();
      own = shared = 0;
    }
    split.back().insert(split.back().end(), unit.runs.begin(), unit.runs.end());
    own += unit.own_bytes;
    shared = std::max(shared, unit.shared_bytes);
  }
  return split;
}

std::vector<RunSpec> ListSpecs(const Gang& gang) {
  std::vector<RunSpec> specs;
  for (const PlannedRun* run : gang) specs.push_back(run->spec);
  return specs;
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
    for (const std::vector<Unit>& part : SplitEvenly(MakeUnits(gang, device_bytes), parts)) {
      for (Gang& fitting : SplitByMemory(part, device_bytes)) gangs.push_back(std::move(fitting));
    }
  }
  return gangs;
}

// Few runs need the mean, and a job's file is short without it.
VectorMoments MomentsFor(const std::vector<RunSpec>& runs, const Measurement& measured) {
  VectorMoments moments{measured.mean_squared_norm, measured.mean_vector_share, {}};
  const bool at_mean = std::any_of(runs.begin(), runs.end(), [&](const RunSpec& run) {
    return StartsAtMean(run.sae, moments.mean_share);
  });
  if (at_mean) moments.mean = measured.mean_vector;
  return moments;
}

}  // namespace

Shared ShareCosts(std::vector<PlannedRun>* runs) {
  std::vector<PricedRun> priced;
  for (PlannedRun& run : *runs) priced.push_back({&run.spec, &run.predicted});
  return {ShareStreams(priced), ShareTrunks(priced)};
}

Job MakeTrainJob(std::vector<RunSpec> runs,
                 const Execution& execution,
                 const Measurement& measured,
                 const std::string& cache_folder) {
  Job job;
  job.kind = JobKind::kTrain;
  job.source = runs.front().source;
  job.activation_scale = measured.activation_scale;
  job.largest_norm = measured.largest_norm;
  job.tuning = MakeTuning(execution, measured);
  job.moments = MomentsFor(runs, measured);
  job.runs = std::move(runs);
  job.device = execution.device;
  job.threads = std::max(1, execution.threads);
  job.checkpoint_seconds = execution.checkpoint_seconds;
  job.checkpoint_tokens = execution.checkpoint_tokens;
  job.cache_folder = cache_folder;
  job.vector_cache_bytes = execution.vector_cache_bytes;
  job.id = ComputeId(job);
  return job;
}

std::vector<Job> FormJobs(const std::vector<PlannedRun>& runs,
                          const Execution& execution,
                          double device_bytes,
                          const Measurement& measured,
                          const std::string& cache_folder) {
  std::vector<Job> jobs;
  for (const Gang& gang : FormGangs(runs, execution, device_bytes)) {
    jobs.push_back(MakeTrainJob(ListSpecs(gang), execution, measured, cache_folder));
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
