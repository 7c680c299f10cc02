// A comparison of two recipes with round numbers.
#pragma once

#include <cmath>

#include "study/arms/arms_comparison.h"

namespace saelaw {

// "held" has an FVU that is 10 % below that of "plain" (5 to 15 %).
inline ArmsComparison MadeUpArms() {
  ArmsComparison comparison;
  comparison.sweep = "made-up";
  comparison.tokens = 1e6;
  for (const char* recipe : {"plain", "held"}) {
    ArmSummary arm;
    arm.recipe = recipe;
    arm.label = arm.recipe + "@32";
    arm.target_l0 = 32;
    arm.lr = 2e-3;
    arm.fvu = {0.3, {0.28, 0.32}};
    arm.l0 = {32, {31, 33}};
    arm.runs = 10;
    arm.failed = 1;
    arm.seconds_per_token = 2e-5;
    ArmAtSize size;
    size.tokens = 65536;
    size.lr = 2e-3;
    size.fvu = 0.4;
    size.l0 = 32;
    size.dead_fraction = 0.01;
    size.log_fvu = {{0, std::log(0.39)}, {1, std::log(0.41)}};
    size.runs = 5;
    size.basin = {1e-3, 4e-3, true, false};
    arm.sizes = {size};
    comparison.arms.push_back(arm);
  }
  ArmDifference difference;
  difference.b = 1;
  difference.sizes = {{65536, 0.1, 0.01, 2}};
  difference.log_ratio = {-std::log(0.9), {-std::log(0.95), -std::log(0.85)}};
  comparison.differences = {difference};
  return comparison;
}

}  // namespace saelaw
