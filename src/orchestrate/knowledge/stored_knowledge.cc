// All results of the database are given to the planner, those of other sweeps too: a run is known
// by its specification, so that whoever trained it does not matter.
#include "orchestrate/knowledge/stored_knowledge.h"

#include <set>
#include <string>
#include <utility>

#include "fit/fit.h"

namespace saelaw {
namespace {

// Runs of which no sweep has asked.
std::set<RunId> TrainedAlone(const Store& store) {
  std::set<RunId> alone, asked;
  for (const std::string& name : store.Sweeps()) {
    std::set<RunId>& runs = name.starts_with(kTrainedAlone) ? alone : asked;
    for (const RunRecord& run : store.FindRuns(name)) runs.insert(run.id);
  }
  std::erase_if(alone, [&](const RunId& run) { return asked.count(run) != 0; });
  return alone;
}

// Runs that somebody trained by itself and has put into the sweep.
std::set<RunId> PutInto(const Store& store, const std::string& sweep) {
  std::set<RunId> runs;
  for (const RunRecord& run : store.FindRuns(sweep)) {
    if (run.asked.reason.starts_with(kTrainReason)) runs.insert(run.id);
  }
  return runs;
}

// Every accepted result, which is the same for all sweeps. Outcomes are never stored: a better
// judgement holds for old runs, too.
Knowledge AllResults(const Store& store) {
  Knowledge knowledge;
  const std::set<RunId> alone = TrainedAlone(store);
  for (StoredResult& stored : store.AcceptedResults()) {
    Judgement judgement = Judge(stored.result);
    auto& runs = alone.count(stored.result.id) != 0 ? knowledge.alone : knowledge.runs;
    runs.push_back({std::move(stored.spec),
                    std::move(stored.result),
                    judgement.outcome,
                    std::move(judgement.reason),
                    std::move(judgement.advice)});
  }
  return knowledge;
}

// What is of the one sweep besides.
Knowledge KnownTo(const Sweep& sweep, const Store& store, Knowledge knowledge) {
  const std::set<RunId> put = PutInto(store, sweep.name);
  for (auto* runs : {&knowledge.runs, &knowledge.alone}) {
    for (KnownRun& run : *runs) run.put_in = put.count(run.result.id) != 0;
  }
  for (const StoredPrediction& stored : store.FindPredictions(sweep.name)) {
    knowledge.predictions.push_back({stored.run, stored.predicted, {stored.lo, stored.hi}});
  }
  knowledge.measurement = store.FindMeasurement(SourceKey(sweep.source));
  return knowledge;
}

}  // namespace

Knowledge KnowledgeIn(const Store& store, const Sweep& sweep) {
  return KnownTo(sweep, store, AllResults(store));
}

std::vector<Knowledge> KnowledgeOfArms(const Store& store, const Arms& arms) {
  const Knowledge all = AllResults(store);
  std::vector<Knowledge> known;
  for (const Arm& arm : arms.list) known.push_back(KnownTo(arm.sweep, store, all));
  return known;
}

}  // namespace saelaw
