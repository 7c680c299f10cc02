// Why there is no law, as data: one type for each reason, with the numbers that it is about. The
// words are in report/tables/refusal_words.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "fit/points/variable.h"

namespace saelaw {

// Each `kCode` names its kind to programs. Stored: do not change.
namespace refusal {

// ---- of a law of loss

struct FewPoints {
  static constexpr std::string_view kCode = "few-points";
  std::size_t usable = 0;
  std::size_t dropped = 0;
};
// No row has a variable that the law reads.
struct NoColumn {
  static constexpr std::string_view kCode = "no-column";
  std::string law;
  Variable variable = Variable::kTokens;
};
// Of a variable the law needs more distinct values.
struct FewValues {
  static constexpr std::string_view kCode = "few-values";
  std::string law;
  Variable variable = Variable::kTokens;
  int needed = 0;
  int got = 0;
};
struct EqualLosses {
  static constexpr std::string_view kCode = "equal-losses";
  double loss = 0;
};
// A fixed floor is below 0, or not below the lowest loss.
struct FloorOutside {
  static constexpr std::string_view kCode = "floor-outside";
  double lowest = 0;
  double floor = 0;
};
struct FewSettings {
  static constexpr std::string_view kCode = "few-settings";
  std::string law;
  int parameters = 0;
  int settings = 0;
};
// The loss changes by this share as the variable doubles, and the law is one of losses that fall.
struct DoesNotFall {
  static constexpr std::string_view kCode = "does-not-fall";
  std::string law;
  Variable variable = Variable::kTokens;
  double per_doubling = 0;
};
// No start led to an optimum: the losses (`best`: of the best rates) do not fall as the law wants.
struct NoOptimum {
  static constexpr std::string_view kCode = "no-optimum";
  std::string law;
  bool best = false;
};

// ---- of the best rate and the best size

struct FewOptima {
  static constexpr std::string_view kCode = "few-optima";
  int needed = 0;
  int got = 0;
  std::size_t sizes = 0;
};
struct OneNumberOfTokens {
  static constexpr std::string_view kCode = "one-number-of-tokens";
};
struct NoSurvivor {
  static constexpr std::string_view kCode = "no-survivor";
};
struct NoValley {
  static constexpr std::string_view kCode = "no-valley";
};
// The search found no shape of the valleys, or no line of their bottoms.
struct NoShape {
  static constexpr std::string_view kCode = "no-shape";
};
struct NoLine {
  static constexpr std::string_view kCode = "no-line";
};
// Values of a variable that the surface does not know, or knows too few of.
struct Mixed {
  static constexpr std::string_view kCode = "mixed";
  Variable variable = Variable::kBatch;
  int values = 0;
};
struct FewSurvivingSizes {
  static constexpr std::string_view kCode = "few-surviving-sizes";
  int needed = 0;
  std::size_t got = 0;
};
struct NoMinimum {
  static constexpr std::string_view kCode = "no-minimum";
};
struct FewForSurface {
  static constexpr std::string_view kCode = "few-for-surface";
  std::size_t parameters = 0;
  std::size_t points = 0;
};
struct NoRunAtBudgets {
  static constexpr std::string_view kCode = "no-run-at-budgets";
};
struct FewBudgets {
  static constexpr std::string_view kCode = "few-budgets";
  std::size_t inside = 0;
  std::size_t budgets = 0;
};
// One row for each compute: they are optima, not runs.
struct OptimaNotRuns {
  static constexpr std::string_view kCode = "optima-not-runs";
};
struct ComputeUnfixed {
  static constexpr std::string_view kCode = "compute-unfixed";
};

// ---- of the stability edge

struct NothingFailed {
  static constexpr std::string_view kCode = "nothing-failed";
};
struct NotBracketed {
  static constexpr std::string_view kCode = "not-bracketed";
};

// ---- nobody has fitted it

struct NotCompared {
  static constexpr std::string_view kCode = "not-compared";
};
struct NotOfLoss {
  static constexpr std::string_view kCode = "not-of-loss";
};
struct NotAskedFor {
  static constexpr std::string_view kCode = "not-asked-for";
};
// No rate that the advice would take was measured at three sizes.
struct NoAdvisedRate {
  static constexpr std::string_view kCode = "no-advised-rate";
};

}  // namespace refusal

using FitRefusal = std::variant<refusal::FewPoints,
                                refusal::NoColumn,
                                refusal::FewValues,
                                refusal::EqualLosses,
                                refusal::FloorOutside,
                                refusal::FewSettings,
                                refusal::DoesNotFall,
                                refusal::NoOptimum,
                                refusal::FewOptima,
                                refusal::OneNumberOfTokens,
                                refusal::NoSurvivor,
                                refusal::NoValley,
                                refusal::NoShape,
                                refusal::NoLine,
                                refusal::Mixed,
                                refusal::FewSurvivingSizes,
                                refusal::NoMinimum,
                                refusal::FewForSurface,
                                refusal::NoRunAtBudgets,
                                refusal::FewBudgets,
                                refusal::OptimaNotRuns,
                                refusal::ComputeUnfixed,
                                refusal::NothingFailed,
                                refusal::NotBracketed,
                                refusal::NotCompared,
                                refusal::NotOfLoss,
                                refusal::NotAskedFor,
                                refusal::NoAdvisedRate>;

// "few-points".
inline std::string_view Code(const FitRefusal& refusal) {
  return std::visit([](const auto& kind) { return kind.kCode; }, refusal);
}

}  // namespace saelaw
