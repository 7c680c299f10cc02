// What a reader of the advice must know, as data. The words are in report/tables/advice_words.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "study/advice/transfer.h"
#include "study/findings/study_warning.h"
#include "study/findings/survivors.h"

namespace saelaw {

// Why no advice is given without being forced.
namespace withheld {
// Every run that carries the laws (of the rate: the advised learning rate) is short.
struct ShortRuns {
  bool of_rate = false;
};
// The target lies too far beyond the runs of the law of loss, or of what advises the rate.
struct TooFar {
  bool of_rate = false;
  warning::FarBeyond reach;
};
}  // namespace withheld
using WhyWithheld = std::variant<withheld::ShortRuns, withheld::TooFar>;

// Each `kCode` names its kind to programs. Stored: do not change.
namespace warning {

struct NothingSurvived {
  static constexpr std::string_view kCode = "nothing-survived";
  NoneSurvived failures;
};
// No advice unless it is forced; or it was, and is doubtful.
struct Withheld {
  static constexpr std::string_view kCode = "withheld";
  bool refused = false;
  WhyWithheld why;
};
// The target differs in a field, and no law carries the advice over.
struct NotCarriedOver {
  static constexpr std::string_view kCode = "not-carried-over";
  Transfer transfer;
};
// The law of the rate reaches less far than the law of loss.
struct RateBeyond {
  static constexpr std::string_view kCode = "rate-beyond";
  FarBeyond reach;
};
// The stability edge was measured at another size than the target's.
struct EdgeElsewhere {
  static constexpr std::string_view kCode = "edge-elsewhere";
  std::int64_t measured_at = 0;  // 0: all swept sizes together
  std::int64_t d_sae = 0;
};
// There is no law of loss, or of the rate.
struct NoLaw {
  static constexpr std::string_view kCode = "no-law";
  bool of_rate = false;
  std::optional<FitRefusal> refusal;
};
// The edge holds the advised rate below the best ones: farther than any run was, or at a known
// cost, as a share of the loss.
struct HeldFarBelow {
  static constexpr std::string_view kCode = "held-far-below";
};
struct HeldBelow {
  static constexpr std::string_view kCode = "held-below";
  double optimum = 0;
  double cost = 0;
};
struct NoHoldOut {
  static constexpr std::string_view kCode = "no-hold-out";
};
// The joint surface puts the best rate outside the interval of the law.
struct LawsDisagree {
  static constexpr std::string_view kCode = "laws-disagree";
  double surface_lr = 0;
};

}  // namespace warning

using AdviceWarning = std::variant<StudyWarning,
                                   warning::NothingSurvived,
                                   warning::Withheld,
                                   warning::NotCarriedOver,
                                   warning::RateBeyond,
                                   warning::EdgeElsewhere,
                                   warning::NoLaw,
                                   warning::HeldFarBelow,
                                   warning::HeldBelow,
                                   warning::NoHoldOut,
                                   warning::LawsDisagree>;
using AdviceWarnings = std::vector<AdviceWarning>;

// What would change the advice, in numbers.
namespace change {
// The best rate by the joint surface, and by the sizes one by one.
struct Surface {
  double surface_lr = 0;
  double stepwise_lr = 0;
};
// What a rate at the end of its interval costs, as a share of the loss.
struct RateEnd {
  double cost = 0;
};
// One run survives this rate with 99 %; a collapse below it would lower it.
struct EdgeFalls {
  double lr = 0;
};
struct HoldOutMissed {};
}  // namespace change
using AdviceChange = std::variant<WouldChange,
                                  change::Surface,
                                  change::RateEnd,
                                  change::EdgeFalls,
                                  change::HoldOutMissed>;

}  // namespace saelaw
