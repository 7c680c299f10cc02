// Probabilities of failure are the dear part (each is a sum over a posterior's grid), so rates
// stand on a lattice in ln lr on which a restart's rate is a place too, and each is asked for once.
#include "study/findings/rate_decision.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace saelaw {
namespace {

constexpr std::size_t kPlacesOfHalf = 12;    // on the lattice, between a rate and its half
constexpr std::size_t kPlacesOfRestart = 6;  // and a rate and that of its restart
constexpr double kNoRisk = 1e-4;             // below it a failure is not reckoned with
// Where failures are as likely as that so far down, no rate is a good one; the lowest is taken.
constexpr std::size_t kMostPlaces = 12 * kPlacesOfHalf;

// The places of the lattice from a rate downwards, until failures no longer count.
class Ladder {
 public:
  Ladder(const RateQuestion& question, double top) : question_(question), top_(top) {
    std::size_t calm = 0;  // places in a row without risk
    for (std::size_t i = 0; i < kMostPlaces && calm <= kPlacesOfHalf; ++i) {
      const double lr = Rate(i);
      // A failure is never likelier at a lower rate.
      const double before = risks_.empty() ? 1 : risks_.back();
      const double risk = before < kNoRisk ? 0 : std::min(before, question.FailureAt(lr));
      calm = risk < kNoRisk ? calm + 1 : 0;
      risks_.push_back(risk);
      excesses_.push_back(question.Excess(lr));
    }
  }

  // The first place that is no likelier to fail than to survive; the last one, where none is.
  std::size_t FirstLikely() const {
    constexpr double kEvenOdds = 0.5;
    const auto likely =
        std::find_if(risks_.begin(), risks_.end(), [](double risk) { return risk <= kEvenOdds; });
    return likely == risks_.end() ? size() - 1 : static_cast<std::size_t>(likely - risks_.begin());
  }
  double Rate(std::size_t place) const {
    return top_ * std::exp2(-static_cast<double>(place) / kPlacesOfHalf);
  }
  std::size_t size() const { return risks_.size(); }

  RateOption At(std::size_t place) const {
    RateOption option{Rate(place), risks_[place], excesses_[place], 0};
    double before = 1;
    const double failure = question_.CostOfFailure();
    for (std::size_t i = place; before > 0; i += kPlacesOfRestart) {
      // Below the last place a run is taken to survive, at that place's loss.
      const std::size_t at = std::min(i, size() - 1);
      const double risk = i < size() ? risks_[i] : 0;
      option.expected += (before - risk) * excesses_[at] + failure * risk;
      before = risk;
    }
    return option;
  }

 private:
  const RateQuestion& question_;
  double top_;
  std::vector<double> risks_, excesses_;
};

// Where a parabola through three neighbouring places is lowest, in places from the middle one.
double LowestBetween(double left, double middle, double right) {
  const double bend = left - 2 * middle + right;
  return bend > 0 ? std::clamp((left - right) / (2 * bend), -0.5, 0.5) : 0;
}

}  // namespace

double RateQuestion::Excess(double lr) const {
  const double z = std::log(lr / optimum);
  return std::min(std::expm1(curvature * z * z), kMostExcess);
}

double RateQuestion::CostOfFailure() const {
  return std::expm1(loss_exponent * std::log1p(failure_share));
}

RateOption JudgeRate(const RateQuestion& question, double lr) { return Ladder(question, lr).At(0); }

double LeastLossRate(const RateQuestion& question) {
  if (question.FailureAt(question.optimum) < kNoRisk) return question.optimum;
  const Ladder ladder(question, question.optimum);
  std::vector<double> expected;
  for (std::size_t i = 0; i < ladder.size(); ++i) expected.push_back(ladder.At(i).expected);
  const std::size_t first = ladder.FirstLikely();
  const auto begin = expected.begin() + static_cast<std::ptrdiff_t>(first);
  const auto least =
      static_cast<std::size_t>(std::min_element(begin, expected.end()) - expected.begin());
  // So near to the best rate the losses do not differ, and the best one it is.
  if (least == 0) return question.optimum;
  if (least == first || least + 1 == ladder.size()) return ladder.Rate(least);
  const double shift = LowestBetween(expected[least - 1], expected[least], expected[least + 1]);
  return ladder.Rate(least) * std::exp2(-shift / kPlacesOfHalf);
}

}  // namespace saelaw
