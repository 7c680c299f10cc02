// How wide the interval of the target's loss will be once the planned runs are known: what a night
// buys, told before it is spent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

// What the interval is foreseen from: the law that so many known runs carry, or an assumed one.
struct ForeseenFrom {
  int runs = 0;            // 0: none carry it yet, and the rest is assumed
  double loss = 0;         // at the smallest size
  double floor_share = 0;  // of it
  double exponent = 0;     // of data
  bool of_size = false;    // a tenth of it falls with the SAE's size, which is a guess
};

// Why no interval is foreseen.
namespace unforeseen {
// The law that the sweep asks for is another than those two whose width is foreseen.
struct OtherLaw {
  std::string asked;
};
struct FewSizes {};  // of data
// No law will hold at the target's size.
struct NoLawAtSize {
  std::int64_t d_sae = 0;
};
struct BatchNotSwept {};
struct NoFreedom {};  // the planned runs leave no degree of freedom for the noise
}  // namespace unforeseen
using Unforeseen = std::variant<unforeseen::OtherLaw,
                                unforeseen::FewSizes,
                                unforeseen::NoLawAtSize,
                                unforeseen::BatchNotSwept,
                                unforeseen::NoFreedom>;

struct ExpectedInterval {
  double loss = 0;                    // of the target by the law that is assumed
  Interval interval;                  // 95 %, of one new run
  std::optional<ForeseenFrom> from;   // empty where there is none
  std::string arm{};                  // of a study that compares recipes: whose law it is
  std::optional<Unforeseen> refusal;  // why there will be none
  bool ok() const { return !refusal; }
  double width() const { return interval.hi - interval.lo; }
};

// The law is the one that known runs carry, where they do, else a stated assumption; the interval
// is that of least squares on ln loss in the runs that will be the law's points (one at each size's
// best rate for each seed, or those at the one rate), linearised. Pure.
ExpectedInterval ExpectInterval(const Sweep& sweep, const Findings& findings);

}  // namespace saelaw
