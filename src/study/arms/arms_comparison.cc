#include "study/arms/arms_comparison.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace saelaw {
namespace {

constexpr double kLevel = 0.95;

ArmSummary Summarise(const ArmAnswer& answer) {
  ArmSummary summary;
  summary.label = MakeLabel(answer.arm);
  summary.recipe = answer.arm.recipe;
  summary.target_l0 = answer.arm.target_l0;
  summary.sizes = DescribeSizes(answer.findings.runs, answer.arm.sweep.target.d_sae);
  summary.lr = answer.advice.lr;
  summary.fvu = answer.advice.parts.fvu;
  summary.l0 = answer.advice.parts.l0;
  double seconds = 0;
  double tokens = 0;
  for (const StudyRun& run : answer.findings.runs) {
    ++summary.runs;
    if (run.outcome != Outcome::kCompleted) {
      ++summary.failed;
      continue;
    }
    seconds += run.wall_seconds;
    tokens += static_cast<double>(run.tokens);
  }
  if (tokens > 0) summary.seconds_per_token = seconds / tokens;
  return summary;
}

const ArmAtSize* FindSize(const ArmSummary& arm, double tokens) {
  for (const ArmAtSize& size : arm.sizes) {
    if (size.tokens == tokens && size.l0 > 0 && size.fvu > 0) return &size;
  }
  return nullptr;
}

// The slope of ln FVU in ln L0 from this size to that of the nearest other sparsity of the recipe;
// 0 where there is none that is far enough off to tell.
double FrontierSlope(const std::vector<ArmSummary>& arms,
                     const ArmSummary& arm,
                     const ArmAtSize& size) {
  constexpr double kFarEnough = 0.2;  // of ln L0
  double nearest = std::numeric_limits<double>::infinity();
  double slope = 0;
  for (const ArmSummary& other : arms) {
    const ArmAtSize* there = other.recipe == arm.recipe ? FindSize(other, size.tokens) : nullptr;
    if (there == nullptr) continue;
    const double apart = std::log(there->l0 / size.l0);
    if (std::abs(apart) < kFarEnough || std::abs(apart) >= nearest) continue;
    nearest = std::abs(apart);
    slope = std::log(there->fvu / size.fvu) / apart;
  }
  return slope;
}

// Brings what was measured near the target L0 to it along the recipe's own frontier.
void AlignToTargets(std::vector<ArmSummary>& arms) {
  constexpr double kFarthest = 0.25;  // of ln L0
  for (ArmSummary& arm : arms) {
    if (arm.target_l0 == 0) continue;
    for (ArmAtSize& size : arm.sizes) {
      if (!(size.l0 > 0) || !(size.fvu > 0)) continue;
      const double miss = std::log(arm.target_l0 / size.l0);
      const double slope = FrontierSlope(arms, arm, size);
      if (slope == 0 || std::abs(miss) > kFarthest) continue;
      size.to_target = slope * miss;
      size.aligned_l0 = arm.target_l0;
    }
  }
}

// ln FVU(a) - ln FVU(b) of the seeds that both have at their best rates.
std::vector<double> PairsAt(const ArmAtSize& a, const ArmAtSize& b) {
  std::vector<double> pairs;
  for (const auto& [seed, log_fvu] : a.log_fvu) {
    const auto other = b.log_fvu.find(seed);
    if (other == b.log_fvu.end()) continue;
    pairs.push_back(log_fvu + a.to_target - other->second - b.to_target);
  }
  return pairs;
}

SizeDifference ComputeMean(double tokens, const std::vector<double>& pairs) {
  SizeDifference mean;
  mean.tokens = tokens;
  mean.pairs = static_cast<int>(pairs.size());
  const auto count = static_cast<double>(pairs.size());
  for (const double pair : pairs) mean.log_ratio += pair / count;
  if (pairs.size() < 2) return mean;
  double square = 0;
  for (const double pair : pairs) square += std::pow(pair - mean.log_ratio, 2);
  mean.error = std::sqrt(square / (count - 1) / count);
  return mean;
}

// What the pairs say of the target; nothing where they are too few, or all of one size.
Estimate AtTarget(const std::vector<Pair>& pairs, std::size_t sizes, double log_tokens) {
  constexpr std::size_t kFewest = 4;
  if (pairs.size() < kFewest || sizes < 2) return {};
  const PairedDifference found = FollowPairs(pairs, log_tokens, kLevel);
  return {found.value, found.interval};
}

ArmDifference Compare(const std::vector<ArmSummary>& arms,
                      std::size_t a,
                      std::size_t b,
                      double log_tokens) {
  ArmDifference difference;
  difference.a = a;
  difference.b = b;
  std::vector<Pair> all;
  for (const ArmAtSize& one : arms[a].sizes) {
    for (const ArmAtSize& other : arms[b].sizes) {
      if (one.tokens != other.tokens) continue;
      const std::vector<double> pairs = PairsAt(one, other);
      if (pairs.empty()) continue;
      difference.sizes.push_back(ComputeMean(one.tokens, pairs));
      difference.l0_apart =
          std::max(difference.l0_apart, std::abs(std::log(one.aligned_l0 / other.aligned_l0)));
      for (const double pair : pairs) all.push_back({std::log(one.tokens), pair});
    }
  }
  difference.log_ratio = AtTarget(all, difference.sizes.size(), log_tokens);
  return difference;
}

}  // namespace

ArmsComparison CompareArms(const std::string& sweep, std::span<const ArmAnswer> answers) {
  ArmsComparison comparison;
  comparison.sweep = sweep;
  comparison.demonstration = answers.front().arm.sweep.demonstration;
  comparison.tokens = static_cast<double>(answers.front().arm.sweep.target.tokens);
  for (const ArmAnswer& answer : answers) comparison.arms.push_back(Summarise(answer));
  AlignToTargets(comparison.arms);
  const std::vector<ArmSummary>& arms = comparison.arms;
  for (std::size_t a = 0; a < arms.size(); ++a) {
    for (std::size_t b = a + 1; b < arms.size(); ++b) {
      if (arms[a].target_l0 != arms[b].target_l0) continue;
      comparison.differences.push_back(Compare(arms, a, b, std::log(comparison.tokens)));
    }
  }
  return comparison;
}

}  // namespace saelaw
