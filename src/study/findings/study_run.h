// A finished run as the report shows it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "fit/fit.h"
#include "study/design/left_out.h"
#include "study/design/stage.h"
#include "study/findings/loss_laws.h"
#include "study/findings/study_points.h"

namespace saelaw {

// A measured run with the part it plays; the union of what the sweep asked for.
struct StudyRun : RunMeasures {
  RunId id;
  Stage stage = Stage::kLossLaw;
  std::int64_t tokens = 0, d_sae = 0;
  double lr = 0;
  std::uint64_t seed = 0;
  std::string origin;  // its trunk (core/trunk.h); runs of one are correlated. Empty: none
  Outcome outcome = Outcome::kCompleted;
  bool short_run = false;  // fewer than 5/(1 - beta2) steps
  // What `final` was measured on (core/held_out.h); 0: not known.
  std::int64_t held_out_documents = 0, held_out_tokens = 0;
  std::optional<LeftOut> left_out;  // of the loss law; empty when it is one of its points
};

// Every run that plays a part, and why it is no point of the loss law where it is none.
std::vector<StudyRun> DescribeRuns(const StudyPoints& points, const LossLaws& laws);

}  // namespace saelaw
