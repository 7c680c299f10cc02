// Each round is planned from the database alone, never from what an earlier round left in memory,
// so that a study that was killed goes on by the same command as if nothing had happened.
#include "orchestrate/loop/study_loop.h"

#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/files.h"
#include "orchestrate/knowledge/earlier_runs.h"
#include "orchestrate/loop/carry_out.h"
#include "orchestrate/loop/measure_source.h"
#include "orchestrate/loop/next_jobs.h"
#include "orchestrate/loop/wall_budget.h"
#include "study/price/measuring.h"

namespace saelaw {
namespace {

void TellData(Workplace& work, const Sweep& sweep) {
  const std::optional<Measurement> known = work.store.MeasurementOf(SourceKey(sweep.source));
  if (!known) return;
  work.watcher.OnData(DataLines(sweep.source, sweep.training.batch_tokens, *known));
}

// A study that is complete has failed all the same where no run of it is of any use.
ExitCode CodeOfCompleteStudy(Workplace& work, const std::string& none_survived) {
  if (none_survived.empty()) return ExitCode::kComplete;
  work.watcher.Complain(none_survived);
  return ExitCode::kFailure;
}

// What was spent, and what more would buy: the runs of this round that have no result yet.
void TellWallIsSpent(Workplace& work, const Sweep& sweep, const WallBudget& budget) {
  const RoundLeft left = PriceRoundLeft(work.store, sweep);
  work.watcher.OnWallSpent({budget.Text(), left.runs.size(), left.seconds});
}

// What an earlier text, other data or another version asked for and never got is no longer asked
// for, so the hash is of all that a round is planned from.
void SaveSweep(Workplace& work, const Sweep& sweep, const std::string& text) {
  const std::string hash =
      HashBytes(fmt::format("{};{};{}", kNumericVersion, SourceKey(sweep.source), text));
  work.store.SaveSweep(sweep.name, text, hash);
  if (const std::string earlier = EarlierRuns(work.store, sweep); !earlier.empty()) {
    work.watcher.Warn(earlier);
  }
}

ExitCode RunRounds(Workplace& work, const Sweep& sweep) {
  WallBudget budget(work.store, sweep.name, sweep.budget.seconds);
  ExitCode code = EnsureMeasured(work, sweep.source, sweep.execution, ShapesOf(sweep), &budget);
  if (code == ExitCode::kComplete) TellData(work, sweep);
  while (code == ExitCode::kComplete) {
    const NextJobs next = PrepareNextJobs(work, sweep);
    if (next.complete) return CodeOfCompleteStudy(work, next.none_survived);
    if (next.jobs.empty()) {
      work.watcher.Complain(
          "the study is unfinished, and its budget is spent, as said above; with a larger one, the "
          "same command continues");
      return ExitCode::kIncomplete;
    }
    code = CarryOut(work, sweep.execution, next.jobs, &budget);
  }
  // Other reasons to be incomplete were told by who found them.
  if (code == ExitCode::kIncomplete && budget.IsSpent()) TellWallIsSpent(work, sweep, budget);
  return code;
}

}  // namespace

ExitCode RunStudy(Workplace& work, const Sweep& sweep, const std::string& text) {
  SaveSweep(work, sweep, text);
  CloseLeftOver(work);
  const ExitCode code = RunRounds(work, sweep);
  // A study of which nothing was missing has written nothing, so nothing has looked yet.
  work.store.CheckInPlace();
  return code;
}

}  // namespace saelaw
