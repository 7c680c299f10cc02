// Differences are worded as shares of the FVU, since that is what a reader compares; the sign
// always goes with the name of the better arm.
#include "report/tables/arms_tables.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "report/document/numbers.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// By which share the lower of two FVU is below the higher, of ln (higher / lower).
double ShareBelow(double log_ratio) { return -std::expm1(-std::abs(log_ratio)); }

std::string MakePlaceText(const ArmsComparison& comparison, double target_l0) {
  std::string tokens = CountText(comparison.tokens) + " tokens";
  if (target_l0 == 0) return tokens;
  return fmt::format("L0 {} and {}", NumberText(target_l0), tokens);
}

std::string BasinText(const Basin& basin) {
  if (!basin.known()) return "-";
  return fmt::format(
      "{}{:.3g}", basin.open_below || basin.open_above ? "at least " : "", basin.Factor());
}

std::string EdgeText(const ArmAtSize& size) {
  return std::isfinite(size.first_failure) ? fmt::format("{:.3g}", size.first_failure / size.lr)
                                           : "none failed";
}

std::string LostText(int failed, int runs) { return fmt::format("{} of {}", failed, runs); }

Cell Estimated(const Estimate& estimate, const std::string& at) {
  if (!estimate.known()) return "-";
  return Line{{NumberText(estimate.value), at},
              fmt::format(" ({})", IntervalText(estimate.interval))};
}

// A row of what an arm reached with one number of tokens; where every rate failed, of how many.
void AddSize(const std::string& label, const ArmAtSize& size, const std::string& at, Table& table) {
  const std::string tokens = CountText(size.tokens, 3);
  const std::string lost = LostText(size.failed, size.runs);
  if (std::isnan(size.lr)) {
    table.Add({label, tokens, "-", "-", "-", "-", BasinText(size.basin), "-", lost}, Mark::kBad);
    return;
  }
  table.Add({label,
             tokens,
             {NumberText(size.lr, 3), at + "/lr"},
             {NumberText(size.fvu), at + "/fvu"},
             {NumberText(size.l0, 3), at + "/l0"},
             PercentText(size.dead_fraction),
             BasinText(size.basin),
             EdgeText(size),
             lost});
}

}  // namespace

std::string DifferenceSentence(const ArmsComparison& comparison, const ArmDifference& difference) {
  const ArmSummary& a = comparison.arms[difference.a];
  const ArmSummary& b = comparison.arms[difference.b];
  const std::string place = MakePlaceText(comparison, a.target_l0);
  if (difference.sizes.empty()) {
    return fmt::format("{} and {} have no pair of runs yet.", a.label, b.label);
  }
  if (!difference.same_sparsity()) {
    return fmt::format("{} and {} differ in L0 by up to {}: neither is said to be better.",
                       a.label,
                       b.label,
                       PercentText(std::expm1(difference.l0_apart)));
  }
  const Estimate& ratio = difference.log_ratio;
  if (!ratio.known()) {
    return fmt::format(
        "{} and {} have too few pairs of runs to speak of the target: two sizes and four pairs.",
        a.label,
        b.label);
  }
  const ArmSummary& lower = ratio.value < 0 ? a : b;
  const ArmSummary& higher = ratio.value < 0 ? b : a;
  // Of the higher over the lower, so that the interval reads upwards.
  const double sign = ratio.value < 0 ? -1 : 1;
  const double lo = std::min(sign * ratio.interval.lo, sign * ratio.interval.hi);
  const double hi = std::max(sign * ratio.interval.lo, sign * ratio.interval.hi);
  if (!difference.decided()) {
    return fmt::format(
        "At {} nothing tells {} from {}: FVU {} lower for {}, 95 % interval {} lower to {} higher.",
        place,
        a.label,
        b.label,
        PercentText(ShareBelow(ratio.value)),
        lower.label,
        PercentText(ShareBelow(hi)),
        PercentText(std::expm1(-lo)));
  }
  return fmt::format("At {} {} has the lower FVU than {}, by {} (95 % interval {} to {}).",
                     place,
                     lower.label,
                     higher.label,
                     PercentText(ShareBelow(ratio.value)),
                     PercentText(ShareBelow(lo)),
                     PercentText(ShareBelow(hi)));
}

Table ArmsTable(const ArmsComparison& comparison) {
  Table table({{"recipe", Align::kLeft},
               {"advised lr"},
               {"FVU at the target", Align::kLeft},
               {"L0", Align::kLeft},
               {"runs lost"},
               {"µs/token"}});
  for (std::size_t i = 0; i < comparison.arms.size(); ++i) {
    const ArmSummary& arm = comparison.arms[i];
    const std::string at = fmt::format("/arms/{}", i);
    table.Add({arm.label,
               arm.lr > 0 ? Cell(NumberText(arm.lr), at + "/lr") : Cell("-"),
               Estimated(arm.fvu, at + "/fvu_predicted"),
               Estimated(arm.l0, at + "/l0_predicted"),
               LostText(arm.failed, arm.runs),
               NumberText(1e6 * arm.seconds_per_token, 3)});
  }
  return table;
}

Table ArmSizesTable(const ArmsComparison& comparison) {
  Table table({{"recipe", Align::kLeft},
               {"tokens"},
               {"best lr"},
               {"FVU"},
               {"L0"},
               {"dead"},
               {"basin"},
               {"first failure"},
               {"lost"}});
  for (std::size_t i = 0; i < comparison.arms.size(); ++i) {
    const ArmSummary& arm = comparison.arms[i];
    for (std::size_t s = 0; s < arm.sizes.size(); ++s) {
      AddSize(arm.label, arm.sizes[s], fmt::format("/arms/{}/sizes/{}", i, s), table);
    }
  }
  return table;
}

Table DifferencesTable(const ArmsComparison& comparison) {
  Table table({{"recipes", Align::kLeft},
               {"tokens"},
               {"FVU, first over second"},
               {"± standard error"},
               {"pairs"}});
  for (const ArmDifference& one : comparison.differences) {
    const std::string names =
        fmt::format("{}, {}", comparison.arms[one.a].label, comparison.arms[one.b].label);
    for (const SizeDifference& size : one.sizes) {
      table.Add({names,
                 CountText(size.tokens, 3),
                 DifferenceText(std::expm1(size.log_ratio)),
                 std::isnan(size.error) ? "-" : PercentText(size.error),
                 std::to_string(size.pairs)});
    }
  }
  return table;
}

}  // namespace saelaw
