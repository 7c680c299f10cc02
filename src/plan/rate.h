// Which learning rate the laws advise at a number of tokens, and on what ground.
#pragma once

#include "plan/recommendation.h"
#include "plan/study.h"

namespace saelaw {

struct RateChoice {
  double lr = 0;  // rounded to three significant digits
  Interval interval;
  LrBasis basis = LrBasis::kNone;
};

// The lr law's optimum where there is a law, held below the lower bound of the stability edge;
// else the best measured rate held below it; else the rate of the loss law.
RateChoice ChooseRate(const Sweep& sweep, const Findings& findings, double tokens);

}  // namespace saelaw
