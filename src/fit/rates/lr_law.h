// The law of the optimal learning rate, LR*(D) = coef · D^exponent, from sweeps of the rate at
// several data sizes; with several SAE sizes or batch sizes, LR*(D, N, B) likewise.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/intervals/law_fit.h"
#include "fit/points/censoring.h"

namespace saelaw {

struct ValleyLaw;  // fit/rates/valley_law.h

// One data size of the sweep (of one SAE size and batch, where several were swept).
struct LrOptimum {
  double tokens = 0;
  double params = std::numeric_limits<double>::quiet_NaN();  // NaN: not in the data
  double batch = std::numeric_limits<double>::quiet_NaN();
  double lr = 0;  // the minimum of its valley, given the shape that all sizes share; the best rate
                  // when censored
  double sd_ln = 0;  // of ln lr; 0 when censored
  // Of ln lr, what other held-out documents would do to it (fit/intervals/held_out_error.h); NaN:
  // not known.
  double held_out_sd_ln = std::numeric_limits<double>::quiet_NaN();
  Interval interval;   // of lr, by both; unknown when censored
  double loss = 0;     // at the minimum
  double best_lr = 0;  // the rate with the lowest mean loss among the survivors
  double lowest = 0;   // the lowest rate that survived
  Censoring censoring = Censoring::kNone;
  double last_survivor = 0;  // the highest rate below the first failure; 0: none
  double first_failure = 0;  // the lowest rate above the best that failed; 0: none did
  int points_used = 0;
  // With a cliff: the optimum is not below this, half way (in ln) between the last survivor and the
  // next lower rate, which is worse. 0 otherwise.
  double lower_bound = 0;
  // ln loss = ln(loss at lr) + curvature · (ln lr' - ln lr)² nearby, of a skewed valley the mean of
  // both sides; 0 when censored.
  double curvature = 0;
};

struct LrLawFit {
  std::vector<LrOptimum> optima;  // ascending tokens, censored ones too
  // Of law name "lr", params coef and exponent, and exponent_n and exponent_batch where params and
  // batch vary; predictions are rates. Refused with fewer than 3 uncensored sizes, and one more for
  // each further exponent. A censored size has its say all the same: by one shared shape an arm of
  // a valley tells where its bottom lies, and a cliff is a bound besides.
  LawFit law;
  std::vector<DroppedPoint> dropped;  // failed runs, with the reason
  FitWarnings warnings;
  bool ok() const { return law.ok(); }
  // The optima's mean curvature, weighted by 1/sd²; NaN when there is none. What a rate e^delta off
  // the best costs is expm1(curvature·delta²) of the loss.
  double Curvature() const;
  // How far below its optimum a size was trained, in ln, at the farthest: beyond that the curvature
  // says nothing.
  double ReachBelow() const;
  // The same cost by the valleys' own shape, which may be steeper on one side: of a rate e^delta_ln
  // times the best. NaN without valleys.
  double Regret(double delta_ln) const;

  std::shared_ptr<const ValleyLaw>
      valleys;  // what the law and the optima are read off; may be null
};

// `points`: rows of tokens, lr, loss of runs that completed; `failed`: of those that diverged or
// collapsed (their loss is not read). Rows with a NaN or outlying loss (3 times the size's best)
// are taken as failed and listed in `dropped`. Never throws for data.
LrLawFit FitLrLaw(std::span<const Point> points,
                  std::span<const Point> failed,
                  const FitOptions& options);

// The loss that being wrong by a factor e^(delta_ln) costs at a size, as a fraction of the loss
// (local quadratic); NaN when the size has none.
double Regret(const LrOptimum& optimum, double delta_ln);

// What the law says of itself, for the table of laws.
const LawInfo& LrLaw();

}  // namespace saelaw
