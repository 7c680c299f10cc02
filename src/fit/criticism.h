// What speaks against a loss law: what it would have predicted of sizes it had not seen, what it
// owes to its floor and to single points, and how far beyond the data it is asked.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fit/law_fit.h"

namespace saelaw {

// The points of one number of tokens (of the largest params among them), predicted by the law of
// all other numbers of tokens.
struct HeldOutScale {
  double tokens = 0;
  int points = 0;
  double measured = 0;    // geometric mean of the losses
  Prediction prediction;  // of one run; value NaN when the others carry no law
  double error = 0;       // measured over predicted - 1
  bool inside = false;    // the mean lies in the prediction interval
  bool largest = false;   // the only row that extrapolates upwards
};

// Without one point. `shift` is in units of the parameter itself.
struct Influence {
  std::int64_t row = 0;
  double tokens = 0;
  double exponent = 0;
  double shift = 0;  // exponent without the point, less the exponent with it
};

// d ln loss / d ln tokens between neighbouring sizes (negative sign left out): a pure power law
// has one value throughout, a floor makes it fall.
struct LocalExponent {
  double from_tokens = 0;
  double to_tokens = 0;
  double exponent = 0;
};

struct Criticism {
  std::vector<HeldOutScale> held_out;  // ascending tokens
  LawFit with_floor;                   // the same points, floor free
  LawFit without_floor;                // and floor 0
  double floor_worth = 0;  // rms residual without a floor over that with one; NaN if one refused
  std::vector<Influence> influence;  // the largest shifts first; at most 5; one-term laws only
  std::vector<LocalExponent> local_exponents;
  std::vector<std::string> warnings;
};

// For the laws of FitLaw. Fits as often as there are sizes and points (at most 200 of them),
// without intervals for all but the held-out predictions. Never throws for data.
Criticism Criticise(std::string_view law, std::span<const Point> points, const FitOptions& options);

// How far a prediction goes beyond the data.
struct Extrapolation {
  double factor = 0;         // target over the largest fitted number of tokens
  bool doubtful = false;     // beyond 30: a warning
  bool needs_force = false;  // beyond 1,000: refused unless forced
  std::string message;       // empty when neither
};
inline constexpr double kDoubtfulFactor = 30;
inline constexpr double kRefusedFactor = 1000;
Extrapolation JudgeExtrapolation(double largest_tokens, double target_tokens);

}  // namespace saelaw
