// What a person reads on the terminal: the answer first, then what stands against it. Plain
// aligned text; escape sequences only when `colour` is asked for. None has errors.
#pragma once

#include <span>
#include <string>

#include "fit/law_fit.h"
#include "fit/lr_edge.h"
#include "fit/lr_law.h"
#include "plan/recommendation.h"
#include "report/plan_report.h"
#include "report/report.h"
#include "report/status.h"

namespace saelaw {

std::string PlanText(const PlanReport& report, bool colour);
std::string StatusText(const Status& status, bool colour);

std::string FitText(const LawFit& fit, std::span<const Prediction> predictions, bool colour);
std::string LrLawText(const LrLawFit& fit, std::span<const Prediction> predictions, bool colour);
std::string LrEdgeText(const LrEdgeFit& fit, std::span<const Prediction> predictions, bool colour);

// Warnings, exponents with intervals, learning rate, predicted loss, hours; then the hold-out, the
// transfer table and the alternatives.
std::string RecommendText(const Recommendation& recommendation,
                          const std::string& config_path,
                          bool colour);
// The same, with the laws themselves and every run that was left out, and why.
std::string ReportText(const Report& report, bool colour);

}  // namespace saelaw
