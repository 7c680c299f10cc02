// One model of all valleys of a sweep: a shape that they share, optima along a line in the sizes'
// logarithms, and a level of its own for each size and data order. The law of the best rate and
// that of the best split of compute are both read off it.
#pragma once

#include <string>
#include <vector>

#include "fit/intervals/law_fit.h"
#include "fit/points/interval.h"
#include "fit/rates/valley_candidates.h"

namespace saelaw {

// Runs within this of the optimum take part, a factor of 7.4 in the rate: |ln lr - ln optimum|.
// Where fewer than three rates of a size are, its three nearest do.
inline constexpr double kValleyReach = 2;

// Of a linear quantity of the line, in ln.
struct ValleyEstimate {
  double value = 0;
  Interval interval;  // an end may be infinite, where the valleys hardly open
};

// What one group says by itself, given the shared shape.
struct ValleyOptimum {
  bool informative = false;  // whether two rates of one level stand within reach
  double log_rate = 0;
  double sd = 0;         // of log_rate
  double curvature = 0;  // ln loss per (ln rate)², of a parabola through its own runs within reach
  double bottom = 0;     // ln loss at log_rate, a mean over its levels
  int runs = 0;          // within reach
};

struct ValleyLaw {
  std::optional<FitRefusal> refusal;
  std::vector<ValleyOptimum> optima;        // as the groups were given
  ValleyData data;                          // the informative groups, with the runs within reach
  Vector centre;                            // of their places
  std::vector<ValleyCandidate> candidates;  // the heaviest first
  double free_df = 0;  // to which the noise about free optima is known; 0: not at all
  // What replicates of one rate differ by, once levels are taken out; df 0: there are none.
  double replicate_square = 0;
  double replicate_df = 0;
  // Whether the shapes miss the rates' means by more than replicates differ (F test at 1 %), and by
  // how much: sd of ln loss.
  bool misfit = false;
  double misses_by = 0;
  bool scatters = false;     // about the line, beyond what the runs explain (F test at 1 %)
  double scatter = 0;        // the sd of that, ln
  double scatter_ratio = 1;  // how many times their own sd the optima are off

  bool ok() const { return !refusal; }
  const ValleyCandidate& best() const { return candidates.front(); }
  double ReplicateSd() const;  // NaN without replicates
  // The sd of ln loss about the best shape along the line.
  double ResidualSd() const;
  // The rise of ln loss at a distance from the optimum, a mean over the shapes by weight.
  double Rise(double z) const;
  // ln optimum at a place, and the slope along one of its entries. Model-averaged profile intervals
  // (Fletcher & Turek 2012, J. Agric. Biol. Environ. Stat. 17): of all shapes by their weights the
  // tails are to add up to half of what is left of `level`.
  ValleyEstimate OptimumAt(const Vector& place, double level) const;
  ValleyEstimate Slope(std::size_t entry, double level) const;
};

// The optimum at a place as a law predicts it for `at`; `scatter_sd`: by how much one more group's
// optimum is off the law, in ln.
Prediction PredictOptimum(
    const ValleyLaw& law, const Vector& place, double level, double scatter_sd, const Point& at);

// `all`: all runs that survive, with the rate of the least loss as each group's centre. Refused
// without valleys that open upwards. The places of the groups must determine the line.
ValleyLaw FitValleyLaw(const ValleyData& all);

// The same without a line: the optima and the shape alone. For sizes too few for a law.
ValleyLaw FitValleysAlone(const ValleyData& all);

}  // namespace saelaw
