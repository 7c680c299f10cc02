// The rates that are shown lie between the one that is all but sure to survive and the best one,
// where every choice that could be made lies.
#include "study/advice/rate_risk.h"

#include <algorithm>
#include <cmath>

namespace saelaw {
namespace {

constexpr double kSame = 5e-3;  // rates that agree to it are shown as one

bool Same(double a, double b) { return std::abs(std::log(a / b)) < kSame; }

// The named rates, and three between the safe one and that of least loss, without repetitions.
std::vector<double> RatesShown(double safe, double least, double advised, double best) {
  std::vector<double> rates = {advised, safe, least, best};
  constexpr int kBetween = 3;
  for (int i = 1; i <= kBetween; ++i) {
    rates.push_back(safe * std::pow(least / safe, i / (kBetween + 1.0)));
  }
  std::vector<double> shown;
  for (const double lr : rates) {
    const bool there =
        std::any_of(shown.begin(), shown.end(), [lr](double other) { return Same(lr, other); });
    if (!there) shown.push_back(lr);
  }
  std::sort(shown.begin(), shown.end());
  return shown;
}

}  // namespace

RateRisk FindRateRisk(const Sweep& sweep,
                      const RateLaws& rates,
                      const RateChoice& choice,
                      const Point& at,
                      const Estimate& loss) {
  RateRisk risk;
  risk.taken = sweep.target.risk;
  risk.failure = rates.failure;
  risk.failure_probability = 1 - choice.survival;
  if (!rates.best.ok()) return risk;
  const RateQuestion question = AskOfRates(rates, at);
  risk.cost = question.CostOfFailure();
  if (!rates.edge.ok()) return risk;
  const double safe = std::min(choice.bound, question.optimum);
  const double least = LeastLossRate(question);
  // The loss of the best rate, from that of the chosen one.
  const double best_loss = loss.value / (1 + choice.cost);
  for (const double lr : RatesShown(safe, least, choice.lr, question.optimum)) {
    const RateOption option = JudgeRate(question, lr);
    RatedRate rated{lr, option.failure_probability};
    rated.loss = best_loss * (1 + option.excess);
    rated.expected_loss = best_loss * (1 + option.expected);
    rated.advised = Same(lr, choice.lr);
    rated.least_loss = Same(lr, least);
    rated.safe = Same(lr, safe);
    rated.best = Same(lr, question.optimum);
    risk.rates.push_back(rated);
  }
  return risk;
}

}  // namespace saelaw
