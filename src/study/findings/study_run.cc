// The report shows every run that plays a part, the failed ones too, each with the reason why it is
// no point of the loss law.
#include "study/findings/study_run.h"

#include <fmt/format.h>

#include "core/trunk.h"

namespace saelaw {
namespace {

// Empty: it is a point.
std::string WhyLeftOut(const PlayedRun& played, const LossLaws& laws) {
  const KnownRun& run = *played.run;
  if (run.outcome != Outcome::kCompleted) {
    const std::string outcome(Name(run.outcome));
    return run.reason.empty() ? outcome : outcome + ": " + run.reason;
  }
  const LossLaw& law = laws.at_one_rate;
  if (const auto found = law.points.find(run.result.id); found != law.points.end()) {
    return found->second;
  }
  std::string why = played.why_no_point;
  if (why.empty()) {
    why = fmt::format("d_sae {}: the law is that of {} alone", run.spec.sae.d_sae, law.d_sae);
  }
  const auto best = laws.at_best_rates.points.find(run.result.id);
  const bool of_best = best != laws.at_best_rates.points.end() && best->second.empty();
  return of_best ? why + "; a point of the law at the best rates" : why;
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
  described.reason_left_out = WhyLeftOut(played, laws);
  return described;
}

}  // namespace

std::vector<StudyRun> DescribeRuns(const StudyPoints& points, const LossLaws& laws) {
  std::vector<StudyRun> runs;
  for (const PlayedRun& played : points.played) runs.push_back(Describe(played, laws));
  return runs;
}

}  // namespace saelaw
