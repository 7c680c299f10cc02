// The answer in a word: how far it may be trusted, why, and what to do next. Data only; the words
// are in report/tables/verdict_words.h.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "fit/fit.h"
#include "study/advice/transfer.h"

namespace saelaw {

enum class Confidence : std::uint8_t { kHigh, kMedium, kLow };
std::string_view Name(Confidence confidence);  // high, medium, low. Stored: do not change

// Why. What `value` is stands beside each; the order is that of seriousness, within a confidence.
enum class ReasonKind : std::uint8_t {
  // Low: the answer may be wrong altogether.
  kNothingSurvived,
  kNoLossLaw,
  kTooFarBeyond,   // the target over the largest run of the law: refused, or close to it
  kShortRuns,      // no run was long enough for Adam's second moment to settle
  kHoldOutMissed,  // measured over predicted, less 1
  kNotSwept,       // `of`: the target differs in what no law carries over
  kNoLossInterval,
  kLossVeryWide,  // half of its interval over the loss
  kNoRate,        // nothing says which rate is good
  // Medium: the answer is likely, and something that would make it sure is not there.
  kUnfinished,  // runs that are left
  kNoHoldOut,
  kFarBeyond,  // as kTooFarBeyond
  kLossWide,
  kRateFromEdge,   // the stability edge alone says which rate is good
  kRateWide,       // share of the loss that the farther end of the rate's interval costs
  kMayFail,        // the probability
  kLargestMissed,  // the law of the smaller sizes missed the largest: measured over predicted, less
                   // 1
  // High: what speaks for it.
  kHoldOutInside,  // measured over predicted, less 1
  kNear,           // the target over the largest run of the law
  kLossNarrow      // half of its interval over the loss
};
// "hold-out-missed". Stored: do not change.
std::string_view Name(ReasonKind kind);
Confidence JudgeConfidence(ReasonKind kind);

struct Reason {
  ReasonKind kind = ReasonKind::kNoLossLaw;
  double value = std::numeric_limits<double>::quiet_NaN();
  TransferOf of = TransferOf::kTokens;  // of kNotSwept
};

// What to do next.
enum class NextKind : std::uint8_t {
  kTrain,         // the recommended configuration
  kFinish,        // run the sweep again: so many runs are left
  kChangeRecipe,  // all runs failed
  kAddSizes,      // more numbers of tokens in the loss law
  kLongerRuns,    // of more steps
  kLargerRuns,    // at least `at.tokens`, so that the target is within reach
  kAddHoldOut,
  kSweepWhatDiffers,  // `of`
  kAddRates,          // a law of the learning rate
  kRun                // one run at `at`, which narrows the loss's interval by the share `narrows`
};
std::string_view Name(NextKind kind);  // "add-hold-out". Stored: do not change

struct NextStep {
  NextKind kind = NextKind::kTrain;
  int runs = 0;
  TransferOf of = TransferOf::kTokens;
  Point at;
  double narrows = 0;
};

struct Verdict {
  // Whether a rate and a loss are advised at all; otherwise `next` says what would make the sweep
  // able to.
  bool answers = false;
  Confidence confidence = Confidence::kLow;
  std::vector<Reason> reasons;  // the most serious first, at most 3
  NextStep next;
};

}  // namespace saelaw
