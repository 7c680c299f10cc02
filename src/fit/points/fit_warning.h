// All that a fit warns of, as data: one type for each kind, with the numbers that it is about. The
// words are in report/tables/fit_words.h, so that nothing which decides can read them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fit/points/censoring.h"
#include "fit/points/table_warning.h"
#include "fit/points/variable.h"

namespace saelaw {

// What a search has to answer for.
enum class SearchFault : std::uint8_t { kDidNotMove, kNotConverged, kSingular };

// Each `kCode` names its kind to programs. Stored: do not change.
namespace warning {

// ---- of a fit and its intervals

// A law of one term through two sizes, exactly.
struct TwoSizes {
  static constexpr std::string_view kCode = "two-sizes";
  bool fixed_floor = false;  // above a floor that the user fixed
};
struct SearchFaulty {
  static constexpr std::string_view kCode = "search";
  SearchFault fault = SearchFault::kDidNotMove;
};
// The law misses by more than replicates differ; both in ln loss.
struct LackOfFit {
  static constexpr std::string_view kCode = "lack-of-fit";
  double law_rms = 0;
  double replicates_sd = 0;
};
// Noise that differs between points, as sds of ln loss.
struct UnevenNoise {
  static constexpr std::string_view kCode = "uneven-noise";
  std::optional<Variable> along;  // empty: along the product of all sizes
  double at_smallest = 0;
  double at_largest = 0;
};
// Sandwich intervals stand in for those that were asked for.
struct SandwichInstead {
  static constexpr std::string_view kCode = "sandwich-instead";
  enum class Why : std::uint8_t { kManyPoints, kManyStreams, kNotSquares, kNoBootstrap };
  Why why = Why::kManyPoints;
  int most = 0;  // points or streams from which on they do
};
// As many parameters as settings, and no replicates: no interval.
struct NoNoise {
  static constexpr std::string_view kCode = "no-noise";
};
struct OnBound {
  static constexpr std::string_view kCode = "on-bound";
  std::string parameter;
  double value = 0;
};
struct OpenInterval {
  static constexpr std::string_view kCode = "open-interval";
  std::string parameter;
  bool upper = false;
};
// Another law of the table holds up clearly better (fit/compare/rival.h).
struct BetterLaw {
  static constexpr std::string_view kCode = "better-law";
  std::string law;
  std::string asked;
  double aicc_lower = 0;
  double error = std::numeric_limits<double>::quiet_NaN();  // one scale ahead; NaN: not known
  double asked_error = std::numeric_limits<double>::quiet_NaN();
};

// ---- of valleys and edges

// A variable moves with tokens, and one exponent stands for both.
struct MovesWithTokens {
  static constexpr std::string_view kCode = "moves-with-tokens";
  Variable variable = Variable::kParams;
};
struct CensoredOptimum {
  static constexpr std::string_view kCode = "censored-optimum";
  double tokens = 0;
  Censoring censoring = Censoring::kGridLow;
  double best_lr = 0;
  double first_failure = 0;  // the lowest rate above the best that failed
};
// So many sizes' cliffs hold the law up.
struct BindingCliffs {
  static constexpr std::string_view kCode = "binding-cliffs";
  int sizes = 0;
};
// The optima lie farther off their line than their sds say.
struct OptimaScatter {
  static constexpr std::string_view kCode = "optima-scatter";
  double times = 0;
  // Of sds that came with the optima; NaN for those that the valleys gave.
  double chi_square = std::numeric_limits<double>::quiet_NaN();
  double df = std::numeric_limits<double>::quiet_NaN();
};
// The valleys miss the mean losses by more than replicates differ; both in ln loss.
struct ValleysMiss {
  static constexpr std::string_view kCode = "valleys-miss";
  double misses_by = 0;
  double replicates_sd = 0;
};
// The stability edge is a law of tokens alone, and this varies among its sizes.
struct EdgeTakenAsOne {
  static constexpr std::string_view kCode = "edge-taken-as-one";
  Variable varies = Variable::kParams;
};
// Bracketed at one size only: the exponent is 0 ± sd, the prior's.
struct EdgeFromPrior {
  static constexpr std::string_view kCode = "edge-from-prior";
  double sd = 0;
};
// No rate was run with a second seed.
struct NoSecondSeed {
  static constexpr std::string_view kCode = "no-second-seed";
};

// ---- of predictions

// The target lies so many times beyond the runs' end of a variable.
struct FarBeyond {
  static constexpr std::string_view kCode = "far-beyond";
  Variable variable = Variable::kTokens;
  double times = 0;
  bool above = false;    // the largest; else below the smallest
  bool refused = false;  // else doubtful
  double limit = 0;      // from which on it is that
};
// No run is near the place, though all of its values lie within the runs' own.
struct EmptyCorner {
  static constexpr std::string_view kCode = "empty-corner";
  std::vector<std::pair<Variable, double>> at;
  double ratio = 0;  // its distance over that of the furthest run
  double limit = 0;
};
// No prediction is made there unless it is forced.
struct NoPrediction {
  static constexpr std::string_view kCode = "no-prediction";
  Point at;
  FarBeyond reach;
};
// None can be made, as the place lacks what the law needs.
struct PlaceLacks {
  static constexpr std::string_view kCode = "place-lacks";
  std::string law;
  std::vector<Variable> lacking;
};

// ---- of a criticism

// The law of the smaller scales missed the largest: measured over predicted, less 1.
struct LargestMissed {
  static constexpr std::string_view kCode = "largest-missed";
  double tokens = 0;  // 0: a law of a sweep, whose scales may be others
  double error = 0;
};
struct ExponentDrifts {
  static constexpr std::string_view kCode = "exponent-drifts";
  double from = 0;
  double to = 0;
};
// So many evenly spaced points stand for all.
struct Thinned {
  static constexpr std::string_view kCode = "thinned";
  std::size_t kept = 0;
  std::size_t points = 0;
};
// No row was left out by itself to see what hangs on it.
struct NoneLeftOut {
  static constexpr std::string_view kCode = "none-left-out";
  std::size_t most = 0;  // there are more than so many; 0: it would cost more than the fit
  bool points = false;   // they are points of a law of loss; else rows of a sweep
};
// Points that the law of all others contradicts.
struct Outliers {
  static constexpr std::string_view kCode = "outliers";
  struct One {
    TableRow row;
    double loss = 0;
    double expected = 0;
  };
  std::vector<One> rows;
  bool followed = false;  // by least squares
};
struct TwoPopulations {
  static constexpr std::string_view kCode = "two-populations";
  std::vector<TableRow> above;
  std::size_t runs = 0;
  double distance = 0;  // of the means, as a share of the loss
};
struct LabelledPopulations {
  static constexpr std::string_view kCode = "labelled-populations";
  std::string column;
  std::string high;
  std::string low;
  double distance = 0;  // of their means, as a share of the loss
};
// Neighbours along tokens err together.
struct Checkpoints {
  static constexpr std::string_view kCode = "checkpoints";
  double correlation = 0;
  int runs = 0;
};

}  // namespace warning

using FitWarning = std::variant<warning::UnreadStatus,
                                warning::TroubleWithoutLoss,
                                warning::RowsInComments,
                                warning::WithoutLoss,
                                warning::OtherVersions,
                                warning::PathColumn,
                                warning::BestKept,
                                warning::BestAtEnd,
                                warning::SomeSds,
                                warning::UnreadOption,
                                warning::ComputeUnfixed,
                                warning::ComputeInUnit,
                                warning::ComputeOddRow,
                                warning::TwoSizes,
                                warning::SearchFaulty,
                                warning::LackOfFit,
                                warning::UnevenNoise,
                                warning::SandwichInstead,
                                warning::NoNoise,
                                warning::OnBound,
                                warning::OpenInterval,
                                warning::BetterLaw,
                                warning::MovesWithTokens,
                                warning::CensoredOptimum,
                                warning::BindingCliffs,
                                warning::OptimaScatter,
                                warning::ValleysMiss,
                                warning::EdgeTakenAsOne,
                                warning::EdgeFromPrior,
                                warning::NoSecondSeed,
                                warning::FarBeyond,
                                warning::EmptyCorner,
                                warning::NoPrediction,
                                warning::PlaceLacks,
                                warning::LargestMissed,
                                warning::ExponentDrifts,
                                warning::Thinned,
                                warning::NoneLeftOut,
                                warning::Outliers,
                                warning::TwoPopulations,
                                warning::LabelledPopulations,
                                warning::Checkpoints>;
using FitWarnings = std::vector<FitWarning>;

// "lack-of-fit".
inline std::string_view Code(const FitWarning& warning) {
  return std::visit([](const auto& kind) { return kind.kCode; }, warning);
}

// The first of its kind; null where there is none.
template <typename Kind, typename Warning>
const Kind* FindWarning(const std::vector<Warning>& warnings) {
  for (const Warning& warning : warnings) {
    if (const Kind* found = std::get_if<Kind>(&warning)) return found;
  }
  return nullptr;
}

}  // namespace saelaw
