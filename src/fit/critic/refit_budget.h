// How often a criticism may fit the law again. It is counted in searches from one start, never in
// seconds, so that a fast machine and a slow one say the same.
#pragma once

#include <cstddef>

#include "fit/intervals/law_fit.h"

namespace saelaw {

class RefitBudget {
 public:
  // As many as the fit itself took: its searches, three for each resample, and kProfile for each
  // parameter where there are profiles. Where a search is a matter of microseconds (kCheap points
  // times parameters in all) more are allowed.
  RefitBudget(const LawFit& fit, const FitOptions& options);

  // Takes as many as `fits` fits from so many starts need, with `more` on top, or none and says
  // false.
  bool Take(std::size_t fits, std::size_t starts, std::size_t more = 0);
  std::size_t left() const { return left_; }

  static constexpr std::size_t kProfile = 16;  // both sides of one quantity
  static constexpr double kCheap = 1e6;

 private:
  std::size_t left_;
  std::size_t beyond_starts_;  // searches of one fit that do not depend on its starts
};

}  // namespace saelaw
