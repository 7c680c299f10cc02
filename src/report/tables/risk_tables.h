// The learning rate as a decision: what is to be expected at which rate.
#pragma once

#include <string>

#include "report/document/document.h"
#include "report/document/figure.h"
#include "study/advice/rate_risk.h"

namespace saelaw {

// "1.3 %, seen after 5 % of the run (assumed); it costs a restart, 0.4 % of the loss".
std::string RiskText(const RateRisk& risk);
// "advised, least loss": which of the named rates it is; empty for one between them.
std::string RolesText(const RatedRate& rate);
// All rates, or the named ones alone. `at`: where the JSON has the risk.
document::Table RatesTable(const RateRisk& risk, bool named_alone, const std::string& at);
// Loss against learning rate at the target: of a run that survives, and what is to be expected.
document::Figure RiskFigure(const RateRisk& risk);

}  // namespace saelaw
