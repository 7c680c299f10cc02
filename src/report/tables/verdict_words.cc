#include "report/tables/verdict_words.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "report/document/numbers.h"
#include "report/tables/transfer_words.h"

namespace saelaw {
namespace {

std::string Signed(double share) { return fmt::format("{:+.1f} %", 100 * share); }

std::string Times(double factor) { return NumberText(factor, 3) + " times"; }

std::string PlusMinus(double share) { return fmt::format("±{}", PercentText(share)); }

std::string Range(const Interval& interval) {
  return interval.known() ? fmt::format(" ({})", IntervalText(interval, 3)) : "";
}

std::string Reasons(const Verdict& verdict) {
  std::vector<std::string> texts;
  for (const Reason& reason : verdict.reasons) texts.push_back(ReasonText(reason));
  return fmt::format("{}", fmt::join(texts, "; "));
}

// What is said of a run that survives; what nothing coherent can be said of is left out.
std::string Expectation(const Recommendation& r) {
  if (!r.loss.known()) return "No loss is predicted.";
  std::string text =
      fmt::format("Expect loss {}{}", NumberText(r.loss.value, 4), Range(r.loss.interval));
  if (r.parts.fvu.known()) text += fmt::format(", FVU {}", NumberText(r.parts.fvu.value, 3));
  if (r.parts.l0.known()) text += fmt::format(", L0 {}", NumberText(r.parts.l0.value, 3));
  return text + fmt::format("; {} on {}.", HoursText(r.price.exact_hours()), r.price.device.name);
}

std::string Order(const Recommendation& r) {
  return fmt::format("Train {} tokens at lr {}{}. {}",
                     CountText(r.tokens, 3),
                     NumberText(r.lr, 3),
                     Range(r.lr_interval),
                     Expectation(r));
}

}  // namespace

std::string ReasonText(const Reason& reason) {
  const double value = reason.value;
  switch (reason.kind) {
    case ReasonKind::kNothingSurvived:
      return "no run of the sweep survived";
    case ReasonKind::kNoLossLaw:
      return "the runs carry no law of the loss";
    case ReasonKind::kTooFarBeyond:
    case ReasonKind::kFarBeyond:
      return fmt::format("the target is {} the largest run of the law", Times(value));
    case ReasonKind::kShortRuns:
      return "every run is too short for Adam's second moment to settle";
    case ReasonKind::kHoldOutMissed:
      return fmt::format("the hold-out missed its forecast by {}", Signed(value));
    case ReasonKind::kNotSwept:
      return fmt::format("no law carries {} over to the target", FieldText(reason.of));
    case ReasonKind::kNoLossInterval:
      return "no interval of the loss is known";
    case ReasonKind::kLossVeryWide:
    case ReasonKind::kLossWide:
      return fmt::format("the loss is known to {} only", PlusMinus(value));
    case ReasonKind::kNoRate:
      return "no run says which learning rate is good";
    case ReasonKind::kUnfinished:
      return fmt::format("the study is not finished: {} left", RunsText(value));
    case ReasonKind::kNoHoldOut:
      return "no hold-out has tested the law";
    case ReasonKind::kRateFromEdge:
      return "no law says which learning rate is best, only which survives";
    case ReasonKind::kRateWide:
      return fmt::format("the best learning rate is so uncertain that it may cost {} of the loss",
                         PercentText(value));
    case ReasonKind::kMayFail:
      return fmt::format("the run fails at this learning rate with {}", PercentText(value));
    case ReasonKind::kLargestMissed:
      return fmt::format("the law of the smaller sizes missed the largest by {}", Signed(value));
    case ReasonKind::kHoldOutInside:
      return fmt::format("the hold-out came within {} of its forecast",
                         PercentText(std::abs(value)));
    case ReasonKind::kNear:
      return fmt::format("the target is {} the largest run of the law", Times(value));
    case ReasonKind::kLossNarrow:
      return fmt::format("the loss is known to {}", PlusMinus(value));
  }
  return "";
}

std::string NextText(const NextStep& step) {
  switch (step.kind) {
    case NextKind::kTrain:
      return "train it (saelaw train)";
    case NextKind::kFinish:
      return fmt::format("finish the study ({} left: saelaw run)", RunsText(step.runs));
    case NextKind::kChangeRecipe:
      return "change the recipe as the first warning says, and run the sweep again";
    case NextKind::kAddSizes:
      return "add numbers of tokens to study.loss_law.tokens, three at least";
    case NextKind::kLongerRuns:
      return "sweep larger numbers of tokens, or lower training.adam.beta2";
    case NextKind::kLargerRuns:
      return fmt::format("sweep numbers of tokens up to {}", CountText(step.at.tokens, 3));
    case NextKind::kAddHoldOut:
      return "add study.hold_out, which tests the law before it is trusted";
    case NextKind::kSweepWhatDiffers:
      return fmt::format("sweep {} as the target has it", FieldName(step.of));
    case NextKind::kAddRates:
      return "add study.lr_law with three numbers of tokens or more";
    case NextKind::kRun: {
      std::string text = fmt::format("one run at {} tokens", CountText(step.at.tokens, 3));
      if (step.narrows > 0) {
        text += fmt::format(", which narrows the loss's interval by {:.0f} %", 100 * step.narrows);
      }
      return text;
    }
  }
  return "";
}

std::string VerdictSentence(const Recommendation& r) {
  const Verdict& verdict = r.verdict;
  if (!verdict.answers) {
    return fmt::format("This sweep cannot answer yet: {}. To make it able to: {}.",
                       Reasons(verdict),
                       NextText(verdict.next));
  }
  if (verdict.confidence == Confidence::kLow) {
    return fmt::format("Confidence: low, because {}. {} Next: {}.",
                       Reasons(verdict),
                       Order(r),
                       NextText(verdict.next));
  }
  return fmt::format("{} Confidence: {}, because {}. Next: {}.",
                     Order(r),
                     Name(verdict.confidence),
                     Reasons(verdict),
                     NextText(verdict.next));
}

}  // namespace saelaw
