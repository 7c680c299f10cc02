// The figures of a report.
#pragma once

#include "report/document/figure.h"
#include "study/advice/recommendation.h"
#include "study/findings/findings.h"

namespace saelaw {

// Loss against training tokens: the runs, the law that predicts, the hold-out and the target.
document::Figure LossFigure(const Findings& findings, const Recommendation& recommendation);
// Learning rate against training tokens: each size's optimum, its law, the stability edge,
// failures.
document::Figure RateFigure(const Findings& findings, const Recommendation& recommendation);
// Loss against learning rate, each data size on its own.
document::Figure SweepFigure(const Findings& findings);

}  // namespace saelaw
