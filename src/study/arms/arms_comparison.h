// Which of the recipes of a study is better at its target, at each sparsity.
//
// Two arms train on the same streams, so that what a stream makes of a loss is taken out by looking
// at pairs: δ = ln FVU(a) - ln FVU(b) for each number of tokens and each seed that both have, each
// arm at its own best rate there. Where a recipe was trained at several sparsities, what missed its
// target L0 by up to a fourth is first brought to it along the line to the next sparsity of that
// recipe, in the logarithms of FVU and L0. δ is a straight line in ln tokens by least squares; what
// it says of the target has the interval of that line, by Student's t of the pairs.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "study/advice/recommendation.h"
#include "study/arms/arm_at_size.h"
#include "study/findings/estimate.h"
#include "study/findings/findings.h"
#include "sweep/sweep.h"

namespace saelaw {

// What the study found of one arm. Keeps nothing.
struct ArmAnswer {
  const Arm& arm;
  const Findings& findings;
  const Recommendation& advice;
};

struct ArmSummary {
  std::string label, recipe;
  double target_l0 = 0;          // 0: as the recipe has it
  std::vector<ArmAtSize> sizes;  // at the target's width
  double lr = 0;                 // advised at the target; 0: none
  Estimate fvu, l0;              // at the target
  int runs = 0, failed = 0;      // of the study, all widths
  double seconds_per_token = std::numeric_limits<double>::quiet_NaN();  // of its runs together
};

struct SizeDifference {
  double tokens = 0;
  double log_ratio = 0;                                     // a mean over the pairs
  double error = std::numeric_limits<double>::quiet_NaN();  // standard error, with 2 pairs or more
  int pairs = 0;
};

// More than this share apart, two numbers of active latents are not the same sparsity.
inline constexpr double kSameL0 = 0.05;

struct ArmDifference {
  std::size_t a = 0, b = 0;  // places among the arms
  std::vector<SizeDifference> sizes;
  double l0_apart = 0;  // the largest |ln (L0 of a / L0 of b)| of these sizes, once aligned
  // ln (FVU of a / FVU of b) at the target's tokens; unknown with pairs at fewer than 2 sizes, or
  // fewer than 4 pairs.
  Estimate log_ratio;

  bool same_sparsity() const { return l0_apart <= kSameL0; }
  // Whether the interval at the target says which one has the lower FVU.
  bool decided() const {
    return same_sparsity() && log_ratio.interval.known() &&
           log_ratio.interval.lo * log_ratio.interval.hi > 0;
  }
};

struct ArmsComparison {
  std::string sweep;
  bool demonstration = false;
  double tokens = 0;  // of the target
  std::vector<ArmSummary> arms;
  std::vector<ArmDifference> differences;  // of recipes at one sparsity
};

// Pure. `answers`: of all arms of the sweep of that name, in their order.
ArmsComparison CompareArms(const std::string& sweep, std::span<const ArmAnswer> answers);

}  // namespace saelaw
