// What the finished runs of a sweep say: the stages of a study, each made once from those before
// it, put together.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "study/design/knowledge.h"
#include "study/findings/depth.h"
#include "study/findings/hold_out.h"
#include "study/findings/loss_laws.h"
#include "study/findings/loss_parts.h"
#include "study/findings/rate_laws.h"
#include "study/findings/study_run.h"
#include "study/findings/study_warning.h"
#include "study/findings/survivors.h"
#include "sweep/sweep.h"

namespace saelaw {

struct Findings {
  std::vector<StudyRun> runs;  // that play a part: the union of what the sweep asked for
  RateLaws rates;
  LossLaws loss;  // of all runs, the hold-outs among them once they are measured
  // Without the hold-outs: what predicts them, and what says at which rate they train.
  LossLaws loss_before;
  LossParts parts;
  std::vector<HoldOutCheck> hold_out;
  int runs_left = 0;  // of the next round, where whoever has planned it says so
  std::optional<NoneSurvived> none_survived;  // how all runs failed; empty: one did not
  StudyWarnings warnings;
};

// Pure: the same sweep and knowledge give the same findings.
Findings Study(const Sweep& sweep,
               const Knowledge& knowledge,
               StudyDepth depth = StudyDepth::kLawsAndCriticism);

// What a law of the findings is of. The order is that in which they are shown.
enum class LawRole : std::uint8_t {
  kLossAtOneRate,
  kLossAtBestRates,
  kMse,
  kFvu,
  kL0,
  kBestRate,
  kRateSurface,
  kStabilityEdge
};

// One law of the findings.
struct FoundLaw {
  LawRole role = LawRole::kLossAtOneRate;
  const LawFit* fit = nullptr;                           // of the findings
  double lr = 0;                                         // of kLossAtOneRate: its rate
  const std::vector<LrOptimum>* optima = nullptr;        // of kBestRate: what it rests on
  const std::vector<LrEdgeBracket>* brackets = nullptr;  // of kStabilityEdge, likewise
};

// All laws of the findings, those that were refused too: what text, JSON, HTML and CSV walk. Points
// into `findings`.
std::vector<FoundLaw> ListLaws(const Findings& findings);

}  // namespace saelaw
