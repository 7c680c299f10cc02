// All results of the database are given to the planner, those of other sweeps too: a run is known
// by its specification, so that whoever trained it does not matter.
#include "orchestrate/knowledge/stored_knowledge.h"

#include "fit/fit.h"

namespace saelaw {

Knowledge KnowledgeIn(const Store& store, const Sweep& sweep) {
  Knowledge knowledge;
  // Outcomes are never stored: a better judgement holds for old runs, too.
  for (const StoredResult& stored : store.AcceptedResults()) {
    const Judgement judgement = Judge(stored.result);
    knowledge.runs.push_back(
        {stored.spec, stored.result, judgement.outcome, judgement.reason, judgement.advice});
  }
  for (const StoredPrediction& stored : store.PredictionsOf(sweep.name)) {
    knowledge.predictions.push_back({stored.run, stored.predicted, {stored.lo, stored.hi}});
  }
  knowledge.measurement = store.MeasurementOf(SourceKey(sweep.source));
  return knowledge;
}

}  // namespace saelaw
