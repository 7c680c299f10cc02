// Jobs are written down before they start, and a round that was begun is finished before another is
// planned: only so do checkpoints and predictions of a killed planner keep their meaning.
#include "orchestrate/loop/next_jobs.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/machine.h"
#include "core/quantities.h"
#include "jobs/checkpoints.h"
#include "orchestrate/knowledge/stored_knowledge.h"
#include "orchestrate/machine/places.h"
#include "report/json.h"
#include "report/tables/plan_words.h"
#include "study/findings/hold_out_rate.h"
#include "study/findings/rate_loss.h"
#include "study/price/gangs.h"
#include "study/price/measuring.h"
#include "study/rounds/decision.h"

namespace saelaw {
namespace {

// Gangs that were begun go on as they were written down, so that their checkpoints serve them; so
// do failed ones that left a checkpoint. Other failed gangs are formed anew.
std::vector<Job> BegunJobs(const Workplace& work, const Arms& arms) {
  std::vector<Job> begun;
  // A gang may have runs of several arms.
  std::set<std::string> listed;
  const auto add = [&](Job& job) {
    if (listed.insert(job.id).second) begun.push_back(std::move(job));
  };
  for (const Arm& arm : arms.list) {
    for (Job& job : work.store.UnfinishedJobs(arm.sweep.name)) add(job);
    for (Job& job : work.store.FailedJobs(arm.sweep.name)) {
      if (!CheckpointsOfJob(work.jobs_folder / job.id).empty()) add(job);
    }
  }
  return begun;
}

// New gangs of runs that were begun in others (another sweep's, or one that was edited meanwhile)
// begin where those are.
void NameEarlier(const Store& store, std::vector<Job>& jobs) {
  for (Job& job : jobs) {
    std::vector<RunId> runs;
    for (const RunSpec& run : job.runs) runs.push_back(ComputeId(run));
    job.continues = store.JobsWith(runs);
    std::erase(job.continues, job.id);
  }
}

// What the law says of the hold-out runs is written down before they are trained, or the check
// would prove nothing.
void SavePredictions(Workplace& work, const Sweep& sweep, const Decision& decision) {
  const LossLaws& laws = decision.findings.loss_before;
  for (const PlannedRun& run : decision.plan.runs) {
    if (run.stage != Stage::kHoldOut) continue;
    const std::int64_t d_sae = run.spec.sae.d_sae;
    if (!laws.CoversSize(d_sae)) return;
    Point at;
    at.tokens = static_cast<double>(run.spec.tokens);
    at.params = static_cast<double>(d_sae);
    const RateChoice rate = HoldOutRate(sweep, decision.findings.rates, laws);
    const Prediction predicted = PredictLoss(laws, rate, at, d_sae, MeasuredOn::kSameDocuments);
    const StoredPrediction stored{run.id,
                                  predicted.value,
                                  predicted.prediction.lo,
                                  predicted.prediction.hi,
                                  FitJson(laws.Predicting(d_sae).fit, {&predicted, 1}),
                                  ""};
    work.store.SavePrediction(sweep.name, stored);
    work.watcher.OnPredicted(stored);
  }
}

// A run that may not fit is tried all the same, because what it takes is a prediction. One run is
// enough to warn of.
void WarnOfMemory(Watcher& watcher, const std::vector<PlannedRun>& runs, double bytes) {
  for (const PlannedRun& run : runs) {
    if (run.predicted.device_bytes <= bytes) continue;
    watcher.Warn(fmt::format("run {} needs about {}, a trainer has {}: it may not fit",
                             run.id,
                             FormatBytes(run.predicted.device_bytes),
                             FormatBytes(bytes)));
    return;
  }
}

void AddPlannedRuns(Store& store, const Sweep& sweep, const std::vector<PlannedRun>& runs) {
  std::vector<AskedRun> asked;
  for (const PlannedRun& run : runs) {
    asked.push_back({run.spec, std::string(Name(run.stage)), WhyAskedText(run)});
  }
  store.AddRuns(sweep.name, asked);
}

void TellStages(Workplace& work, const Arms& arms) {
  std::map<RunId, std::string> stages;
  for (const Arm& arm : arms.list) {
    const std::string label = arms.compares() ? MakeLabel(arm) + " " : "";
    for (const RunRecord& run : work.store.FindRuns(arm.sweep.name)) {
      stages[run.id] = label + run.asked.stage;
    }
  }
  work.watcher.OnStages(stages);
}

// The arms have one source, so what was measured of the first one's holds for all.
Measurement FindMeasured(const Store& store, const Arms& arms) {
  return store.FindMeasurement(SourceKey(arms.first().source)).value_or(Measurement{});
}

// An arm, and what follows from what is known of it.
struct ArmRound {
  const Arm* arm = nullptr;
  Decision decision;
};

std::vector<ArmRound> DecideRounds(const Store& store,
                                   const Arms& arms,
                                   const Measurement& measured) {
  const std::string machine = NameMachine(arms.first().execution.device);
  const std::vector<Knowledge> known = KnowledgeOfArms(store, arms);
  std::vector<ArmRound> rounds;
  for (std::size_t i = 0; i < arms.list.size(); ++i) {
    const Arm& arm = arms.list[i];
    rounds.push_back({&arm, Decide(PricedAsMeasured(arm.sweep, measured, machine), known[i])});
  }
  return rounds;
}

void WriteDown(Store& store, const ArmRound& round) {
  const Plan& plan = round.decision.plan;
  // What was trained by itself is the sweep's from now on, since it has asked for it.
  AddPlannedRuns(store, round.arm->sweep, plan.there);
  AddPlannedRuns(store, round.arm->sweep, plan.runs);
}

// The runs of all arms, each once: two recipes may ask for the same one.
std::vector<PlannedRun> RunsOfAll(const std::vector<ArmRound>& rounds) {
  std::vector<PlannedRun> runs;
  std::set<RunId> listed;
  for (const ArmRound& round : rounds) {
    for (const PlannedRun& run : round.decision.plan.runs) {
      if (listed.insert(run.id).second) runs.push_back(run);
    }
  }
  return runs;
}

// What each job takes by itself: its runs share what they compute together.
std::map<std::string, double> PriceJobs(const std::vector<Job>& jobs,
                                        const std::vector<PlannedRun>& runs,
                                        const Execution& execution,
                                        double gang_bytes) {
  std::map<RunId, const PlannedRun*> planned;
  for (const PlannedRun& run : runs) planned[run.id] = &run;
  std::map<std::string, double> seconds;
  for (const Job& job : jobs) {
    std::vector<PlannedRun> gang;
    for (const RunSpec& run : job.runs) gang.push_back(*planned.at(ComputeId(run)));
    ShareCosts(&gang);
    seconds[job.id] = WallSeconds(gang, execution, gang_bytes);
  }
  return seconds;
}

bool AnyIsKnown(const std::vector<ArmRound>& rounds) {
  return std::any_of(rounds.begin(), rounds.end(), [](const ArmRound& round) {
    return !round.decision.findings.runs.empty();
  });
}

void TellNotes(Watcher& watcher, const std::vector<ArmRound>& rounds) {
  for (const ArmRound& round : rounds) {
    std::vector<PlanNote> notes = round.decision.plan.notes;
    if (rounds.size() > 1) {
      for (PlanNote& note : notes) note.arm = MakeLabel(*round.arm);
    }
    watcher.OnPlanNotes(NoteTexts(notes));
  }
}

// Why all of it was in vain; empty where an arm has a run that survived.
std::optional<NoneSurvived> FindNoneSurvived(const std::vector<ArmRound>& rounds) {
  std::optional<NoneSurvived> first;
  for (const ArmRound& round : rounds) {
    const std::optional<NoneSurvived>& why = round.decision.findings.none_survived;
    if (!why) return {};
    if (!first) first = why;
  }
  return first;
}

bool AllComplete(const std::vector<ArmRound>& rounds) {
  return std::all_of(rounds.begin(), rounds.end(), [](const ArmRound& round) {
    return round.decision.plan.complete;
  });
}

}  // namespace

NextJobs PrepareNextJobs(Workplace& work, const Arms& arms) {
  if (std::vector<Job> begun = BegunJobs(work, arms); !begun.empty()) {
    TellStages(work, arms);
    return {std::move(begun), {}, false, {}};
  }
  const Sweep& first = arms.first();
  const Measurement measured = FindMeasured(work.store, arms);
  const std::vector<ArmRound> rounds = DecideRounds(work.store, arms, measured);
  for (const ArmRound& round : rounds) WriteDown(work.store, round);
  const std::vector<PlannedRun> runs = RunsOfAll(rounds);
  TellNotes(work.watcher, rounds);
  for (const ArmRound& round : rounds) SavePredictions(work, round.arm->sweep, round.decision);
  const double gang_bytes =
      GangBytes(first.execution, measured, first.model_shape, work.store.JobsOutOfMemory());
  WarnOfMemory(work.watcher, runs, gang_bytes);
  std::vector<Job> jobs =
      FormJobs(runs, first.execution, gang_bytes, measured, work.cache.FolderFor(first.source));
  NameEarlier(work.store, jobs);
  work.store.AddJobs(jobs);
  if (!jobs.empty()) {
    TellStages(work, arms);
    work.watcher.OnRound({runs.size(), jobs.size(), WhyAskedText(runs.front())});
  }
  std::map<std::string, double> seconds;
  if (AnyIsKnown(rounds)) seconds = PriceJobs(jobs, runs, first.execution, gang_bytes);
  return {std::move(jobs), std::move(seconds), AllComplete(rounds), FindNoneSurvived(rounds)};
}

RoundLeft PriceRoundLeft(const Store& store, const Arms& arms) {
  const Sweep& first = arms.first();
  const Measurement measured = FindMeasured(store, arms);
  RoundLeft left{RunsOfAll(DecideRounds(store, arms, measured))};
  ShareCosts(&left.runs);
  const double bytes =
      GangBytes(first.execution, measured, first.model_shape, store.JobsOutOfMemory());
  left.seconds = WallSeconds(left.runs, first.execution, bytes);
  return left;
}

}  // namespace saelaw
