// One function for each kind, as in fit_words.cc. What a fit warns of stands among the findings'
// warnings, and these among the advice's: each is worded by whom it belongs to.
#include "report/tables/study_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/document/numbers.h"
#include "report/tables/fit_words.h"
#include "report/tables/refusal_words.h"
#include "report/tables/transfer_words.h"

namespace saelaw {
namespace {

// ---- of the findings

std::string Text(const FitWarning& of_fit) { return WarningText(of_fit); }

std::string WhyOneSize(const warning::OneSizeLaw& w) {
  using Why = warning::OneSizeLaw::Why;
  switch (w.why) {
    case Why::kAskedKnowsNone:
      return fmt::format("study.loss_law.law is {}, which knows no size", w.asked);
    case Why::kFewSizes:
      return fmt::format("a law of size needs at least {} sizes", w.fewest);
    case Why::kRefused:
      return "there is no law of size and data: " + RefusalText(*w.refusal);
  }
  return "";
}

std::string Text(const warning::OneSizeLaw& w) {
  return fmt::format(
      "{}d_sae {} were trained, and {}; the law of loss is that of d_sae {} alone and says nothing "
      "of another size",
      w.best_rates ? "at the best rates, " : "",
      fmt::join(w.sizes, ", "),
      WhyOneSize(w),
      w.d_sae);
}

std::string Text(const warning::HoldOutOutside& w) {
  return fmt::format(
      "the hold-out run at {} tokens measured {:.4g}, outside its predicted interval {:.4g} to "
      "{:.4g}",
      FormatCount(w.tokens),
      w.measured,
      w.interval.lo,
      w.interval.hi);
}

std::string Text(const warning::HoldOutForecast& w) {
  return fmt::format(
      "the hold-out run at {} tokens was predicted to reach {:.4g} before it ran; today's laws say "
      "{:.4g}",
      FormatCount(w.tokens),
      w.predicted,
      w.today);
}

std::string Text(const warning::FewDocuments& w) {
  return fmt::format(
      "few documents carry the held-out set: {} of {} tokens count as {:.2g} of equal length, and "
      "every loss, and the error stated beside it, is theirs; give text of more documents, or hold "
      "out more tokens",
      w.documents == 1 ? std::string("1 document") : fmt::format("{} documents", w.documents),
      FormatCount(w.tokens),
      w.effective);
}

std::string Text(const warning::HeldOutGap& w) {
  return fmt::format(
      "in {} of {} runs the held-out loss lies {:.2g} % {} the training loss of data that is seen "
      "once (standard error {:.2g} %): the held-out documents are not like the training text, and "
      "the laws are those of the held-out ones",
      w.gaps,
      w.runs,
      100 * std::abs(w.share),
      w.share > 0 ? "above" : "below",
      100 * w.error);
}

std::string Text(const warning::RunsLeft& w) {
  const std::string left = fmt::format("the study is not finished: {} of the next round {} left",
                                       RunsText(static_cast<double>(w.runs)),
                                       w.runs == 1 ? "is" : "are");
  return w.cut > 0 ? left + fmt::format(", and the budget leaves out {} more", w.cut) : left;
}

std::string Text(const warning::EarlierRuns& w) { return w.text; }

// ---- of the advice

std::string Text(const StudyWarning& of_study) { return WarningText(of_study); }

std::string Text(const warning::NothingSurvived& w) { return NoneSurvivedText(w.failures); }

std::string Text(const withheld::ShortRuns& why) {
  return fmt::format(
      "every run that carries {} is short (fewer than 5/(1 - beta2) steps), so Adam's second "
      "moment had not settled",
      why.of_rate ? "the advised learning rate" : "the laws");
}

std::string Text(const withheld::TooFar& why) {
  return (why.of_rate ? "the advised learning rate: " : "") + ReachText(why.reach);
}

std::string Text(const warning::Withheld& w) {
  return fmt::format("{}: {}",
                     w.refused ? "no advice without --force" : "doubtful",
                     std::visit([](const auto& why) { return Text(why); }, w.why));
}

std::string Text(const warning::NotCarriedOver& w) {
  return fmt::format("{}: swept {}, target {}, and no law covers the difference ({})",
                     FieldText(w.transfer.of),
                     SweptText(w.transfer),
                     TargetText(w.transfer),
                     RuleText(w.transfer));
}

std::string Text(const warning::RateBeyond& w) {
  return "the law of the learning rate: " + ReachText(w.reach);
}

std::string Text(const warning::EdgeElsewhere& w) {
  return fmt::format(
      "the stability edge was measured at {}, not at d_sae {}: what it holds the rate below is "
      "copied from there",
      w.measured_at == 0 ? std::string("all swept sizes together")
                         : fmt::format("d_sae {}", w.measured_at),
      w.d_sae);
}

std::string Text(const warning::NoLaw& w) {
  return fmt::format("there is no law of {}: {}",
                     w.of_rate ? "the learning rate" : "loss against data",
                     RefusalText(*w.refusal));
}

std::string Text(const warning::HeldFarBelow&) {
  return "the advised learning rate is held below the stability edge, farther below the best rates "
         "than any run: no law says what loss to expect there, so none is predicted";
}

std::string Text(const warning::HeldBelow& w) {
  return fmt::format(
      "the stability edge holds the advised learning rate below the best one, {:.3g}: that costs "
      "{:.2g} % of the loss, which the predicted loss has in it",
      w.optimum,
      100 * w.cost);
}

std::string Text(const warning::NoHoldOut&) { return "no hold-out run has checked the laws"; }

std::string Text(const warning::LawsDisagree& w) {
  return fmt::format(
      "the joint surface puts the best learning rate at {:.3g}, outside the interval of the law: "
      "neither is sure",
      w.surface_lr);
}

// ---- of runs that are no points

std::string Text(const left_out::Failed& why) {
  const std::string outcome(Name(why.outcome));
  return why.reason.empty() ? outcome : outcome + ": " + why.reason;
}

std::string Text(const left_out::NoLaw& why) {
  return "there is no law: " + RefusalText(why.refusal);
}

std::string Text(const left_out::Unfit& why) { return why.reason; }

std::string Text(const left_out::OtherRate& why) {
  return fmt::format("lr {}, not the loss law's {}", FormatExact(why.lr), FormatExact(why.law_lr));
}

std::string Text(const left_out::HoldOut& why) {
  return fmt::format("{}, which the law is to predict",
                     why.extra ? "no less data than the hold-out" : "the hold-out");
}

std::string Text(const left_out::OtherSize& why) {
  return fmt::format("d_sae {}: the law is that of {} alone", why.d_sae, why.law_d_sae);
}

// ---- what would change the advice

std::string Text(const WouldChange& of_law) { return ChangeText(of_law); }

std::string Text(const change::Surface& change) {
  return fmt::format(
      "the joint surface puts the best learning rate at {:.3g}, the sizes one by one at {:.3g}",
      change.surface_lr,
      change.stepwise_lr);
}

std::string Text(const change::RateEnd& change) {
  return fmt::format("a learning rate at the end of its interval costs {:.2g} % of the loss",
                     100 * change.cost);
}

std::string Text(const change::EdgeFalls& change) {
  return fmt::format(
      "one run survives {:.3g} with 99 %; a collapse below that rate at any size would lower it",
      change.lr);
}

std::string Text(const change::HoldOutMissed&) {
  return "the hold-out missed: the law is not to be believed yet";
}

}  // namespace

std::string WarningText(const StudyWarning& warning) {
  return std::visit([](const auto& kind) { return Text(kind); }, warning);
}

std::string WarningText(const AdviceWarning& warning) {
  return std::visit([](const auto& kind) { return Text(kind); }, warning);
}

std::string NoneSurvivedText(const NoneSurvived& failures) {
  std::vector<std::string> ends, changes;
  for (const FailedAlike& alike : failures) {
    const std::string why = alike.reason.empty() ? "" : fmt::format(" ({})", alike.reason);
    ends.push_back(fmt::format("{} {}{}", alike.count, Name(alike.outcome), why));
    const bool said = std::find(changes.begin(), changes.end(), alike.advice) != changes.end();
    if (!alike.advice.empty() && !said) changes.push_back(alike.advice);
  }
  return fmt::format("no run survived: {}{}{}",
                     fmt::join(ends, "; "),
                     changes.empty() ? "" : ". Try ",
                     fmt::join(changes, "; or "));
}

std::string LeftOutText(const std::optional<LeftOut>& left_out) {
  if (!left_out) return "";
  const std::string why = std::visit([](const auto& kind) { return Text(kind); }, left_out->why);
  return left_out->of_best_law ? why + "; a point of the law at the best rates" : why;
}

std::vector<std::string> ChangeTexts(const std::vector<AdviceChange>& changes) {
  std::vector<std::string> texts;
  for (const AdviceChange& change : changes) {
    texts.push_back(std::visit([](const auto& kind) { return Text(kind); }, change));
  }
  return texts;
}

}  // namespace saelaw
