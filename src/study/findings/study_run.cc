// The report shows every run that plays a part, the failed ones too, each with the reason why it is
// no point of the loss law.
#include "study/findings/study_run.h"

#include "core/trunk.h"

namespace saelaw {
namespace {

// Nothing: it is a point.
std::optional<LeftOut> FindLeftOut(const PlayedRun& played, const LossLaws& laws) {
  const KnownRun& run = *played.run;
  if (run.outcome != Outcome::kCompleted) {
    return LeftOut{left_out::Failed{run.outcome, run.reason}};
  }
  const LossLaw& law = laws.at_one_rate;
  if (const auto found = law.points.find(run.result.id); found != law.points.end()) {
    return found->second ? std::optional(LeftOut{*found->second}) : std::nullopt;
  }
  LeftOut out{played.why_no_point.value_or(left_out::OtherSize{run.spec.sae.d_sae, law.d_sae})};
  const auto best = laws.at_best_rates.points.find(run.result.id);
  out.of_best_law = best != laws.at_best_rates.points.end() && !best->second;
  return out;
}

StudyRun Describe(const PlayedRun& played, const LossLaws& laws) {
  const KnownRun& run = *played.run;
  const RunResult& result = run.result;
  StudyRun described;
  static_cast<RunMeasures&>(described) = result;
  described.id = result.id;
  described.stage = played.stage;
  described.tokens = run.spec.tokens;
  described.d_sae = run.spec.sae.d_sae;
  described.lr = run.spec.training.lr;
  described.seed = run.spec.seed;
  described.origin = TrunkKey(run.spec);
  described.outcome = run.outcome;
  described.short_run = IsShort(run.spec);
  described.held_out_documents = result.held_out.documents;
  described.held_out_tokens = result.held_out.tokens;
  described.left_out = FindLeftOut(played, laws);
  return described;
}

}  // namespace

std::vector<StudyRun> DescribeRuns(const StudyPoints& points, const LossLaws& laws) {
  std::vector<StudyRun> runs;
  for (const PlayedRun& played : points.played) runs.push_back(Describe(played, laws));
  return runs;
}

}  // namespace saelaw
