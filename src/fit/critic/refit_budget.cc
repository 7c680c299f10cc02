// The costs are those of intervals.cc: a bootstrap refits from the optimum and from two fresh
// starts, a profile walks outwards in a few steps on either side.
#include "fit/critic/refit_budget.h"

#include <algorithm>

namespace saelaw {
namespace {

std::size_t CostOfIntervals(const FitOptions& options, std::size_t parameters) {
  constexpr std::size_t kOfResample = 3;
  switch (options.interval_method) {
    case IntervalMethod::kBootstrapCase:
    case IntervalMethod::kBootstrapParametric:
    case IntervalMethod::kBootstrapResidual:
      return kOfResample * static_cast<std::size_t>(options.bootstrap_resamples);
    case IntervalMethod::kProfileF:
      return RefitBudget::kProfile * parameters;
    case IntervalMethod::kNone:
    case IntervalMethod::kSandwich:
      break;
  }
  return 0;
}

}  // namespace

RefitBudget::RefitBudget(const LawFit& fit, const FitOptions& options)
    : left_(0), beyond_starts_(static_cast<std::size_t>(fit.searches - fit.starts_tried)) {
  const std::size_t parameters = std::max<std::size_t>(fit.params.size(), 1);
  const std::size_t own =
      static_cast<std::size_t>(fit.searches) + CostOfIntervals(options, parameters);
  const double work = static_cast<double>(fit.n_points) * static_cast<double>(parameters);
  left_ = std::max(own, static_cast<std::size_t>(kCheap / std::max(work, 1.0)));
}

bool RefitBudget::Take(std::size_t fits, std::size_t starts, std::size_t more) {
  const std::size_t searches = fits * (starts + beyond_starts_) + more;
  if (searches > left_) return false;
  left_ -= searches;
  return true;
}

}  // namespace saelaw
