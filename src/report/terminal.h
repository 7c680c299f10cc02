// What a person reads on the terminal: the answer first, then what stands against it. Plain
// aligned text; escape sequences only when `colour` is asked for. None has errors.
#pragma once

#include <span>
#include <string>

#include "fit/fit.h"
#include "report/plan_report.h"
#include "report/report.h"
#include "report/status.h"
#include "study/advice/recommendation.h"

namespace saelaw {

std::string PlanText(const PlanReport& report, bool colour);
std::string StatusText(const Status& status, bool colour);

// A law with its intervals and predictions, by its kind what it rests on, and what speaks against
// it.
std::string AnswerText(const LawAnswer& answer, bool colour);

// Warnings, exponents with intervals, learning rate, predicted loss, hours; then the hold-out, the
// transfer table and the alternatives.
std::string RecommendText(const Recommendation& recommendation,
                          const std::string& config_path,
                          bool colour);
// The same, with the laws themselves and every run that was left out, and why.
std::string ReportText(const Report& report, bool colour);

}  // namespace saelaw
