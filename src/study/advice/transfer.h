// Where the target differs from what was swept, and what carries the laws over the difference.
#pragma once

#include <cstdint>
#include <vector>

#include "study/findings/findings.h"
#include "study/findings/rate_choice.h"
#include "sweep/sweep.h"

namespace saelaw {

// What differs, and in the eyes of which law: a size may be carried for the loss and not for the
// rate. The order is that in which they are shown.
enum class TransferOf : std::uint8_t { kTokens, kLossSize, kLossRate, kRateSize, kBatch };

// What carries a law over; from kOtherSizesLaw on nothing does, and the value is copied.
enum class CarriedBy : std::uint8_t {
  kLossLaw,          // of loss against data
  kLossLawOfSize,    // the law of loss holds at the target's size
  kCurvature,        // the best rates' law, and what a rate off the best one costs
  kRateLaw,          // the law of the best rate has the size in it
  kOtherSizesLaw,    // the law of loss is one of another size
  kOtherRatesLaw,    // the law of loss is one of another rate
  kRecipe,           // no law of the rate: the recipe's
  kOneSize,          // the rate was swept at one size alone
  kNoSizeInRateLaw,  // at several, and no law has them in it
  kNothing           // not swept
};

// What the law of the target's loss is of.
struct LossBasis {
  bool known = false;      // whether there is one
  double lr = 0;           // its rate; 0: each size's best
  std::int64_t d_sae = 0;  // its size; 0: a law of size and data
};

struct Transfer {
  TransferOf of = TransferOf::kTokens;
  CarriedBy by = CarriedBy::kNothing;
  bool supported = false;
  // What was swept, and the target: counts, or rates for kLossRate.
  std::vector<double> swept;
  double target = 0;
  LossBasis basis{};  // where it is a law of loss that is carried over, or is not
};

LossBasis BasisOfLoss(const LossLaws& laws);
std::vector<Transfer> FindTransfers(const Sweep& sweep,
                                    const Findings& findings,
                                    const RateChoice& rate);

// Which quantities a law covers at the target; the others have no interval.
struct Support {
  bool loss = false, rate = false, edge = false, surface = false;
};
Support FindSupport(const Sweep& sweep,
                    const RateLaws& rates,
                    const std::vector<Transfer>& transfers);

}  // namespace saelaw
