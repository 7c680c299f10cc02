// One function for each kind, chosen by its type, so that a new kind does not compile before it has
// words.
#include "report/tables/plan_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/document/numbers.h"

namespace saelaw {
namespace {

std::string OfArm(const std::string& arm, const std::string& text) {
  return arm.empty() || text.empty() ? text : fmt::format("{}: {}", arm, text);
}

// ---- why a run is wanted

std::string Text(const asked::LossLaw& why) {
  return fmt::format("loss against data at lr {}", FormatExact(why.lr));
}

std::string Text(const asked::Extra& why) {
  return why.note.empty() ? "asked for by the sweep" : why.note;
}

std::string Text(const asked::FirstGrid&) { return "first grid of learning rates"; }

std::string Text(const asked::Widened& why) {
  return fmt::format("widened {}: the best rate lies on the grid's edge",
                     why.upwards ? "upwards" : "downwards");
}

std::string Text(const asked::Cliff&) { return "between the last survivor and the first collapse"; }

std::string Text(const asked::Refined&) { return "refines the best rate"; }

std::string Text(const asked::EdgeSeeds&) {
  return "more seeds beside the cliff: near it, survival is luck";
}

std::string Text(const asked::HoldOut& why) {
  if (why.lr == 0) return "hold-out; its rate follows from the lr law";
  return fmt::format("hold-out at lr {} ({})", FormatExact(why.lr), why.basis);
}

// ---- notes

std::string Text(const note::BudgetCut& note) {
  std::vector<std::string> budgets;
  if (note.runs) {
    budgets.push_back(fmt::format("budget.runs of {} ({} are there)", *note.runs, note.known));
  }
  if (note.flops) {
    budgets.push_back(
        fmt::format("budget.flops of {:.3g} ({:.3g} are used)", *note.flops, note.flops_used));
  }
  return fmt::format("{} leaves out {} of {} runs {}: the study stays unfinished",
                     fmt::join(budgets, ", or "),
                     note.cut,
                     note.of,
                     note.foreseen ? "that can be foreseen" : "of this round");
}

std::string Text(const note::OverWall& note) {
  return fmt::format(
      "budget.wall is {}, and these runs take about {}: the study would stay "
      "unfinished",
      FormatSeconds(note.budget_seconds),
      FormatSeconds(note.seconds));
}

std::string Text(const note::SharedStreams&) {
  return "runs of one stream train together and compute it once: time and FLOP of a run are its "
         "share";
}

std::string Text(const note::SharedTrunks&) {
  return "runs that differ in tokens alone train one trunk and branch off for their cooldowns: "
         "time and FLOP of a run are its share";
}

std::string Text(const note::NoWidth&) {
  return "the width of the vectors is not known: nothing can be priced";
}

std::string Text(const note::NotHashed&) {
  return "plan reads no weights, and `saelaw run` has not hashed these yet: runs that are known "
         "already are listed as to do";
}

std::string Text(const note::TrainedAlone& note) {
  const bool one = note.runs == 1;
  return fmt::format("{} of the study {} trained by `saelaw train` already: {} used",
                     RunsText(static_cast<double>(note.runs)),
                     one ? "was" : "were",
                     one ? "its result is" : "their results are");
}

std::string Text(const note::EarlierRuns& note) { return note.text; }

// ---- what an interval is foreseen from, and why none is

std::string Text(const ForeseenFrom& from) {
  if (from.runs > 0) return fmt::format("the law of the {} runs that carry it so far", from.runs);
  return fmt::format(
      "assumed: loss {} at the smallest size, a floor of {:.0f} % of it, exponent {}{}, noise of "
      "0.5 % (as first measured on a small language model)",
      from.loss,
      100 * from.floor_share,
      from.exponent,
      from.of_size ? ", a tenth of it by the SAE's size (a guess)" : "");
}

std::string Text(const unforeseen::OtherLaw& why) {
  return fmt::format("its width is foreseen for the laws {} and {} alone, not for {}",
                     DataLaw().name,
                     SizeDataLaw().name,
                     why.asked);
}

std::string Text(const unforeseen::FewSizes&) {
  return "a law with an interval needs at least 3 numbers of tokens";
}

std::string Text(const unforeseen::NoLawAtSize& why) {
  return fmt::format("no law will hold at d_sae {}: it needs 3 swept sizes, or that one alone",
                     why.d_sae);
}

std::string Text(const unforeseen::BatchNotSwept&) { return "the target's batch is not swept"; }

std::string Text(const unforeseen::NoFreedom&) {
  return "the planned runs leave no degree of freedom for the noise";
}

}  // namespace

std::string WhyAskedText(const WhyAsked& why) {
  return std::visit([](const auto& kind) { return Text(kind); }, why);
}

std::string WhyAskedText(const PlannedRun& run) { return OfArm(run.arm, WhyAskedText(run.why)); }

std::string NoteText(const PlanNote& note) {
  return OfArm(note.arm, std::visit([](const auto& kind) { return Text(kind); }, note.what));
}

std::vector<std::string> NoteTexts(const std::vector<PlanNote>& notes) {
  std::vector<std::string> texts;
  for (const PlanNote& note : notes) texts.push_back(NoteText(note));
  return texts;
}

std::string ForeseenFromText(const ExpectedInterval& expected) {
  return expected.from ? OfArm(expected.arm, Text(*expected.from)) : "";
}

std::string UnforeseenText(const ExpectedInterval& expected) {
  if (expected.ok()) return "";
  return std::visit([](const auto& kind) { return Text(kind); }, *expected.refusal);
}

}  // namespace saelaw
