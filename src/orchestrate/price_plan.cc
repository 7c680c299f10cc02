// The plan comes from the same Decide that `run` asks, and is priced without a measurement where
// there is none. Costs are shared before the time is added up, because runs of one gang compute
// their stream once.
#include "orchestrate/price_plan.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/machine.h"
#include "orchestrate/knowledge/earlier_runs.h"
#include "orchestrate/knowledge/stored_knowledge.h"
#include "orchestrate/machine/places.h"
#include "study/design/family.h"
#include "study/price/gangs.h"
#include "study/price/measuring.h"
#include "study/rounds/budget.h"
#include "study/rounds/decision.h"
#include "study/rounds/expected_interval.h"
#include "study/rounds/foreseen.h"

namespace saelaw {
namespace {

// A round plans only what can be decided now; the runs of later rounds that can be told already are
// added, so that the price is that of the whole study as far as it is known and is affordable.
void AddForeseen(const Sweep& sweep, const Knowledge& knowledge, const Family& family, Plan* plan) {
  if (plan->complete) return;
  std::set<RunId> listed;
  for (const PlannedRun& run : plan->runs) listed.insert(run.id);
  for (const KnownRun& run : knowledge.runs) listed.insert(run.result.id);
  for (const PlannedRun& run : plan->there) listed.insert(run.id);
  std::vector<PlannedRun> later;
  for (PlannedRun& run : ForeseenRuns(sweep)) {
    if (!listed.insert(run.id).second) continue;
    auto& runs = knowledge.IsAlone(run.id) ? plan->there : later;
    runs.push_back(std::move(run));
  }
  AddWithinBudget(sweep, family, std::move(later), plan);
}

// Results of `saelaw train` belong to a study only where it asks for them, so that their use is
// said.
void AddNoteOnThere(Plan* plan) {
  const std::size_t there = plan->there.size();
  if (there == 0) return;
  plan->notes.push_back({note::TrainedAlone{there}});
}

// Runs that are there may be listed as to do; this says why.
void AddNotesOnIdentity(const Sweep& sweep, const Store* store, Plan* plan) {
  if (store == nullptr) return;
  const std::string earlier = EarlierRuns(*store, sweep);
  if (!earlier.empty()) {
    plan->notes.push_back({note::EarlierRuns{earlier}});
  } else if (sweep.source.identity.empty()) {
    plan->notes.push_back({note::NotHashed{}});
  }
}

// This is only a note and not an error, because the time is a prediction: `run` may be done in
// less.
void AddNoteOnWall(const Sweep& sweep, PlanReport* report) {
  if (!sweep.budget.seconds || !report->wall_seconds) return;
  if (*report->wall_seconds <= *sweep.budget.seconds) return;
  report->plan.notes.push_back({note::OverWall{*sweep.budget.seconds, *report->wall_seconds}});
}

double WallSecondsHere(const Sweep& sweep,
                       const Knowledge& knowledge,
                       const Store* store,
                       const std::vector<PlannedRun>& runs) {
  const Measurement measured = knowledge.measurement.value_or(Measurement{});
  const std::vector<Job> refused = store == nullptr ? std::vector<Job>{} : store->JobsOutOfMemory();
  return WallSeconds(
      runs, sweep.execution, GangBytes(sweep.execution, measured, sweep.model_shape, refused));
}

// As `run` prices it, so that both say the same of memory.
Arm Priced(Arm arm, const Knowledge& knowledge) {
  if (!knowledge.measurement) return arm;
  const std::string machine = NameMachine(arm.sweep.execution.device);
  arm.sweep = PricedAsMeasured(arm.sweep, *knowledge.measurement, machine);
  return arm;
}

// What is to do for one arm, said so where there are others.
struct ArmPlan {
  Plan plan;
  int known_runs = 0;
  ExpectedInterval expected;
};
ArmPlan PlanArm(const Arm& arm, const Knowledge& knowledge, const Store* store) {
  ArmPlan planned;
  Decision decision = Decide(arm.sweep, knowledge);
  planned.plan = std::move(decision.plan);
  const Family family(arm.sweep, knowledge);
  AddForeseen(arm.sweep, knowledge, family, &planned.plan);
  AddNoteOnThere(&planned.plan);
  planned.known_runs =
      static_cast<int>(family.members().size()) + static_cast<int>(planned.plan.there.size());
  AddNotesOnIdentity(arm.sweep, store, &planned.plan);
  planned.expected = ExpectInterval(arm.sweep, decision.findings);
  const std::string label = MakeLabel(arm);
  if (label.empty()) return planned;
  for (PlannedRun& run : planned.plan.runs) run.arm = label;
  for (PlanNote& note : planned.plan.notes) note.arm = label;
  planned.expected.arm = label;
  return planned;
}

// The arms' runs in one plan, each once. The interval is the first arm's: before anything is
// measured, the assumption behind it is the same for all.
void Join(ArmPlan arm, bool first, PlanReport* report) {
  std::set<RunId> listed;
  for (const PlannedRun& run : report->plan.runs) listed.insert(run.id);
  for (PlannedRun& run : arm.plan.runs) {
    if (listed.insert(run.id).second) report->plan.runs.push_back(std::move(run));
  }
  for (PlanNote& note : arm.plan.notes) report->plan.notes.push_back(std::move(note));
  report->plan.cut.merge(arm.plan.cut);
  report->plan.complete = (first || report->plan.complete) && arm.plan.complete;
  report->known_runs += arm.known_runs;
  if (first) report->expected_interval = std::move(arm.expected);
}

}  // namespace

PlanReport PricePlan(const Arms& arms, const Store* store) {
  PlanReport report;
  report.sweep = arms.name;
  report.demonstration = arms.first().demonstration;
  const std::vector<Knowledge> known =
      store != nullptr ? KnowledgeOfArms(*store, arms) : std::vector<Knowledge>(arms.list.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    Join(PlanArm(Priced(arms.list[i], known[i]), known[i], store), i == 0, &report);
  }
  const Sweep& sweep = arms.first();
  const Shared shared = ShareCosts(&report.plan.runs);
  if (shared.streams) report.plan.notes.push_back({note::SharedStreams{}});
  if (sweep.source.d_in == 0) report.plan.notes.push_back({note::NoWidth{}});
  report.wall_seconds = WallSecondsHere(sweep, known.front(), store, report.plan.runs);
  AddNoteOnWall(sweep, &report);
  if (shared.trunks) report.plan.notes.push_back({note::SharedTrunks{}});
  report.target =
      PriceTarget(sweep, static_cast<double>(sweep.target.tokens), TargetDevice(sweep.target));
  report.target_d_sae = sweep.target.d_sae;
  report.derivation = sweep.target.derivation;
  return report;
}

}  // namespace saelaw
