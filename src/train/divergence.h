// When a run is given up before its end: its error lies far above where it began, and stays there.
// Judged against the run's own start, since that differs by orders of magnitude between widths and
// sources.
#pragma once

#include <cstdint>
#include <string>

namespace saelaw {

// What is kept of the errors of the steps so far; part of a checkpoint.
struct ErrorTrend {
  double start = -1;       // mse of step 0; -1 before it
  std::int64_t steps = 0;  // of the present stretch above the limit
  double first_half = 0;   // sums of mse over the halves of that stretch
  double second_half = 0;
};

struct StepError {
  std::int64_t step = 0;   // from 0
  std::int64_t steps = 0;  // of the run
  double mse = 0;          // finite
  double variance = 0;     // mse of predicting the mean
};

// Takes in the next step. Returns why the run has diverged; empty while it has not. It has when mse
// stayed above 100 times the larger of step 0's and `variance` for a fiftieth of the run (but 20 to
// 500 steps, and no more than a quarter of the run) and was not at least halved over that stretch:
// a run that is on its way back goes on. A function of the steps alone, taken in turn.
std::string WhyDiverged(ErrorTrend& trend, const StepError& error);

}  // namespace saelaw
