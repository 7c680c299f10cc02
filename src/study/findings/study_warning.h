// What the findings of a study warn of, as data. The words are in report/tables/study_words.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fit/fit.h"

namespace saelaw {

// Each `kCode` names its kind to programs. Stored: do not change.
namespace warning {

// Several sizes were trained and made no law of size: the law of loss is that of one of them.
struct OneSizeLaw {
  static constexpr std::string_view kCode = "one-size-law";
  enum class Why : std::uint8_t {
    kAskedKnowsNone,  // the law that study.loss_law.law names knows no size
    kFewSizes,
    kRefused  // the law of size and data is not carried
  };
  std::vector<std::int64_t> sizes;  // ascending
  std::int64_t d_sae = 0;           // the one that it holds at
  Why why = Why::kFewSizes;
  std::string asked;                  // of kAskedKnowsNone: the law's name
  std::optional<FitRefusal> refusal;  // of kRefused
  std::size_t fewest = 0;             // of kFewSizes: how many it takes
  bool best_rates = false;  // of the law at the best rates, where it differs from the other

  // The same reason at the same size; a refusal counts by its kind.
  bool SameAs(const OneSizeLaw& other) const {
    const bool alike = !refusal || !other.refusal || Code(*refusal) == Code(*other.refusal);
    return sizes == other.sizes && d_sae == other.d_sae && why == other.why &&
           asked == other.asked && alike;
  }
};
struct HoldOutOutside {
  static constexpr std::string_view kCode = "hold-out-outside";
  double tokens = 0;
  double measured = 0;
  Interval interval;
};
// Today's laws say otherwise than what was predicted before the hold-out ran.
struct HoldOutForecast {
  static constexpr std::string_view kCode = "hold-out-forecast";
  double tokens = 0;
  double predicted = 0;
  double today = 0;
};
// Few documents carry the held-out set; `effective` of equal length would tell as much.
struct FewDocuments {
  static constexpr std::string_view kCode = "few-documents";
  std::int64_t documents = 0;
  double tokens = 0;
  double effective = 0;
};
// In so many of the runs the held-out loss lies off the training loss by more than the errors
// explain; `share` is the median one.
struct HeldOutGap {
  static constexpr std::string_view kCode = "held-out-gap";
  std::size_t gaps = 0;
  std::size_t runs = 0;
  double share = 0;
  double error = 0;  // standard error of it
};
// The study is not finished: runs of the next round, and those that the budget leaves out.
struct RunsLeft {
  static constexpr std::string_view kCode = "runs-left";
  std::size_t runs = 0;
  int cut = 0;
};
// Finished runs that belong to earlier data or another version, in the words of whoever looked
// them up in the database (orchestrate/knowledge/earlier_runs.h).
struct EarlierRuns {
  static constexpr std::string_view kCode = "earlier-runs";
  std::string text;
};

}  // namespace warning

using StudyWarning = std::variant<FitWarning,
                                  warning::OneSizeLaw,
                                  warning::HoldOutOutside,
                                  warning::HoldOutForecast,
                                  warning::FewDocuments,
                                  warning::HeldOutGap,
                                  warning::RunsLeft,
                                  warning::EarlierRuns>;
using StudyWarnings = std::vector<StudyWarning>;

}  // namespace saelaw
