// Each round is planned from the database alone, never from what an earlier round left in memory,
// so that a study that was killed goes on by the same command as if nothing had happened.
#include "orchestrate/loop/study_loop.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/files.h"
#include "orchestrate/knowledge/earlier_runs.h"
#include "orchestrate/loop/carry_out.h"
#include "orchestrate/loop/measure_source.h"
#include "orchestrate/loop/next_jobs.h"
#include "orchestrate/loop/wall_budget.h"
#include "report/tables/data_words.h"
#include "report/tables/study_words.h"
#include "study/price/measuring.h"

namespace saelaw {
namespace {

void TellData(Workplace& work, const Sweep& sweep) {
  const std::optional<Measurement> known = work.store.FindMeasurement(SourceKey(sweep.source));
  if (!known) return;
  work.watcher.OnData(FactTexts(FindDataFacts(sweep.source, sweep.training.batch_tokens, *known)));
}

// A study that is complete has failed all the same where no run of it is of any use.
ExitCode CodeOfCompleteStudy(Workplace& work, const std::optional<NoneSurvived>& none_survived) {
  if (!none_survived) return ExitCode::kComplete;
  work.watcher.Complain(NoneSurvivedText(*none_survived));
  return ExitCode::kFailure;
}

// What was spent, and what more would buy: the runs of this round that have no result yet.
void TellWallIsSpent(Workplace& work, const Arms& arms, const WallBudget& budget) {
  const RoundLeft left = PriceRoundLeft(work.store, arms);
  work.watcher.OnWallSpent({budget.Text(), budget.CallEndsFirst(), left.runs.size(), left.seconds});
}

// What an earlier text, other data or another version asked for and never got is no longer asked
// for, so the hash is of all that a round is planned from.
void SaveSweep(Workplace& work,
               const std::string& name,
               const SourceSpec& source,
               const std::string& text) {
  work.store.SaveSweep(
      name, text, HashBytes(fmt::format("{};{};{}", kNumericVersion, SourceKey(source), text)));
}

void SaveArms(Workplace& work, const Arms& arms, const std::string& text) {
  for (const Arm& arm : arms.list) {
    SaveSweep(work, arm.sweep.name, arm.sweep.source, text);
    if (const std::string earlier = EarlierRuns(work.store, arm.sweep); !earlier.empty()) {
      work.watcher.Warn(earlier);
    }
  }
  // The time on the clock is the whole sweep's, and so is the name under which people ask for it.
  if (arms.compares()) SaveSweep(work, arms.name, arms.first().source, text);
}

// Every shape that a run of an arm can have.
std::vector<StepShape> ListStepShapes(const Arms& arms) {
  std::vector<StepShape> shapes;
  for (const Arm& arm : arms.list) {
    for (const StepShape& shape : ListStepShapes(arm.sweep)) {
      if (std::find(shapes.begin(), shapes.end(), shape) == shapes.end()) shapes.push_back(shape);
    }
  }
  return shapes;
}

ExitCode RunRounds(Workplace& work, const Arms& arms, const std::optional<CallEnd>& end) {
  const Sweep& first = arms.first();
  WallBudget budget(work.store, arms.name, first.budget.seconds, end);
  ExitCode code =
      EnsureMeasured(work, first.source, first.execution, ListStepShapes(arms), &budget);
  if (code == ExitCode::kComplete) TellData(work, first);
  while (code == ExitCode::kComplete) {
    const NextJobs next = PrepareNextJobs(work, arms);
    if (next.complete) return CodeOfCompleteStudy(work, next.none_survived);
    if (next.jobs.empty()) {
      work.watcher.Complain(
          "the study is unfinished, and its budget is spent, as said above; with a larger one, the "
          "same command continues");
      return ExitCode::kIncomplete;
    }
    code = CarryOut(work, first.execution, next.jobs, &budget, next.seconds);
  }
  // Other reasons to be incomplete were told by who found them.
  if (code == ExitCode::kIncomplete && budget.IsSpent()) TellWallIsSpent(work, arms, budget);
  return code;
}

}  // namespace

ExitCode RunStudy(Workplace& work,
                  const Arms& arms,
                  const std::string& text,
                  const std::optional<CallEnd>& end) {
  SaveArms(work, arms, text);
  CloseLeftOver(work);
  const ExitCode code = RunRounds(work, arms, end);
  // A study of which nothing was missing has written nothing, so nothing has looked yet.
  work.store.CheckInPlace();
  return code;
}

}  // namespace saelaw
