// The answer: what to set for the big run, how sure that is, and what it rests on.
#pragma once

#include <string>
#include <vector>

#include "study/advice/advice_warning.h"
#include "study/advice/rate_risk.h"
#include "study/advice/transfer.h"
#include "study/advice/verdict.h"
#include "study/findings/findings.h"
#include "study/findings/rate_choice.h"
#include "study/price/cost.h"

namespace saelaw {

struct Alternative {
  double tokens = 0;
  // At the rate that would be advised for so many, and no larger than that of a smaller budget
  // (study/advice/forecast.h).
  Estimate loss;
  double hours = 0;
};

struct Recommendation {
  Verdict verdict;
  std::string sweep;
  bool demonstration = false;
  double lr = 0;
  Interval lr_interval;
  LrBasis lr_basis = LrBasis::kNone;
  Estimate lr_max;  // the stability edge at the target
  // Its lower bound (99 %, one-sided), which lr stays below; 0: no edge, or one of another d_sae or
  // batch than the target's.
  double lr_bound = 0;
  // ln(lr_max/lr), and the share of the loss that a rate at the farther end of lr_interval costs;
  // NaN where unknown.
  double lr_margin = std::numeric_limits<double>::quiet_NaN();
  double lr_regret = std::numeric_limits<double>::quiet_NaN();
  // That a run at lr survives; NaN without an edge.
  double lr_survival = std::numeric_limits<double>::quiet_NaN();
  Estimate lr_optimum;  // by the law of the best rate, wherever lr is held
  // The share of the loss that lr costs against lr_optimum where it is held below the edge; NaN
  // where nothing was trained so far below its best rate.
  Estimate lr_cost;
  Estimate lr_surface;                   // the best rate by the joint surface, beside lr
  Estimate loss;                         // predicted at the target, at lr, of a run that survives
  PredictedParts parts;                  // of the same run; mse + penalty is the loss
  LossBasis loss_basis;                  // the law that predicts them
  Parameter loss_exponent, lr_exponent;  // name empty when there is no such law
  double tokens = 0;
  std::int64_t d_sae = 0;
  double threshold_lr = 0;
  RunSpec run;          // the target run, complete: what the emitted configuration says
  Execution execution;  // the sweep's: where `saelaw train` carries the run out
  TargetPrice price;
  std::vector<Alternative> alternatives;  // 0.25, 0.5, 1, 2 times the target
  RateRisk risk;
  std::vector<HoldOutCheck> hold_out;
  std::vector<Transfer> transfer;
  double extrapolation_factor = 0;  // target tokens over the largest among the loss law's points
  bool refused = false;  // extrapolates beyond 1,000 times, or from short runs alone, without force
  Criticism criticism;   // of the law that predicts the loss
  Criticism lr_criticism, lr_max_criticism;  // of the best rate's law and of the edge
  std::vector<AdviceChange> would_change;    // this advice, in numbers
  std::vector<std::string> evidence;         // run ids
  AdviceWarnings warnings;                   // the most serious first
};

// Pure. `force` allows what `refused` says.
Recommendation Recommend(const Sweep& sweep, const Findings& findings, bool force);

}  // namespace saelaw
