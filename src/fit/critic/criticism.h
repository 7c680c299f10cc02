// What speaks against a loss law: what it would have predicted of sizes it had not seen, and what
// it owes to its floor and to single points.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fit/critic/next_run.h"
#include "fit/intervals/law_fit.h"
#include "fit/points/csv.h"

namespace saelaw {

// The points of one scale of tokens (one number of tokens; where there are many, a stretch of
// them), predicted by the law of all other scales. Where params vary within it, each point is
// predicted at its own.
struct HeldOutScale {
  double tokens = 0;  // geometric mean
  int points = 0;
  double measured = 0;    // geometric mean of the losses
  Prediction prediction;  // geometric means over the points; `at` its middle one; NaN without a law
  double error = 0;       // measured over predicted - 1, geometric mean over the points
  bool inside = false;    // at least half of the points lie in their prediction intervals
  bool largest = false;   // the only row that extrapolates upwards
  bool missed() const { return prediction.prediction.known() && !inside; }
};

// Without one point, or without all of its scale.
struct Influence {
  std::int64_t row = 0;  // of a scale: its first
  bool whole_scale = false;
  double tokens = 0;
  double exponent = 0;   // of data
  double shift = 0;      // exponent without the point, less the exponent with it
  double at_target = 0;  // ln of the law's value at the target without the point over that with it
  std::string run{};     // its name, where whoever asked knows one (study/findings/name_runs.h)
};

// d ln loss / d ln tokens between neighbouring sizes (negative sign left out): a pure power law
// has one value throughout, a floor makes it fall.
struct LocalExponent {
  double from_tokens = 0;
  double to_tokens = 0;
  double exponent = 0;
  // 95 % (or what the options say), from the noise between replicates and the error of the held-out
  // documents, whichever are known.
  Interval interval{};
};

// What the prediction at the target hangs on.
namespace change {
// The law's value there without a floor and with one.
struct Floor {
  double without = 0;
  double with = 0;
};
// The run that moves it most, or all runs of its scale.
struct WithoutRun {
  std::int64_t row = 0;
  std::string run{};  // its name, where it is known
  bool whole_scale = false;
  double tokens = 0;  // its scale; of a law of compute that
  bool of_compute = false;
  double moves = 0;  // the prediction, as a share of it
};
}  // namespace change
using WouldChange = std::variant<change::Floor, change::WithoutRun>;

struct Criticism {
  std::vector<HeldOutScale> held_out;  // ascending tokens
  LawFit with_floor;                   // the same points, floor free
  LawFit without_floor;                // and floor 0
  double floor_worth = 0;  // rms residual without a floor over that with one; NaN if one refused
  std::vector<Influence> influence;            // the largest shifts first; at most 5
  std::vector<LocalExponent> local_exponents;  // of laws of tokens alone
  double seed_noise = 0;                       // sd of ln loss between replicates; NaN without any
  std::vector<NextRun> next_runs;              // the most useful first, at most 3; needs a target
  std::vector<WouldChange> would_change;       // what would change the prediction at the target
  FitWarnings warnings;

  // Whether there is anything to show.
  bool empty() const { return held_out.empty(); }
};

// Adds to `would_change` the one of `influence` that moves the prediction at the target most.
void AddWhatMovesMost(Criticism& criticism);

// For the laws of FitLaw. Fits as often as there are scales and points (at most 300 of them), as
// far as that costs no more than the fit itself (fit/critic/refit_budget.h), without intervals for
// all but the held-out predictions, and for these none where `options` wants none. `target` may be
// null. `labels`: columns that no key reads, with a word for each of `points`. Never throws for
// data.
Criticism Criticise(const LawInfo& law,
                    std::span<const Point> points,
                    const FitOptions& options,
                    const Point* target = nullptr,
                    std::span<const UnreadColumn> labels = {});
// The same of a law of the table (fit/laws/loss_laws.h), by its name.
Criticism Criticise(std::string_view law,
                    std::span<const Point> points,
                    const FitOptions& options,
                    const Point* target = nullptr,
                    std::span<const UnreadColumn> labels = {});

}  // namespace saelaw
