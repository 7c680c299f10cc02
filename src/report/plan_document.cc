// The documents of `saelaw plan` and `saelaw status`: a table of runs that reads from left to
// right, the sums, and for a plan the price of the target.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/quantities.h"
#include "report/document/numbers.h"
#include "report/documents.h"
#include "report/tables/advice_tables.h"
#include "report/tables/plan_words.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

Table RunsTable(const std::vector<PlannedRun>& runs) {
  Table table({{"run", Align::kLeft},
               {"stage", Align::kLeft},
               {"tokens"},
               {"d_sae"},
               {"lr"},
               {"seed"},
               {"time"},
               {"memory"},
               {"FLOP"},
               {"why", Align::kLeft}});
  for (const PlannedRun& run : runs) {
    table.Add({run.id,
               std::string(Name(run.stage)),
               CountText(static_cast<double>(run.spec.tokens)),
               std::to_string(run.spec.sae.d_sae),
               NumberText(run.spec.training.lr),
               std::to_string(run.spec.seed),
               FormatSeconds(run.predicted.seconds),
               FormatBytes(run.predicted.device_bytes),
               NumberText(run.predicted.flops(), 3),
               WhyAskedText(run)});
  }
  return table;
}

std::string TotalText(const PlanReport& report) {
  const RunsTotal total = AddUp(report.plan.runs);
  std::string text = fmt::format("{} to do, {} known; {} FLOP, {} of run time",
                                 RunsText(static_cast<double>(report.plan.runs.size())),
                                 report.known_runs,
                                 NumberText(total.flops, 3),
                                 FormatSeconds(total.seconds));
  if (report.wall_seconds)
    text += fmt::format(", {} on this machine", FormatSeconds(*report.wall_seconds));
  return text;
}

const char* RunsTitle(const Plan& plan) {
  // That nothing is left to run has two causes, which the user must not confuse: the study is
  // complete, or its budget is spent.
  if (plan.complete) return "Complete: nothing is left to run";
  return plan.runs.empty() ? "Unfinished: the budget leaves nothing to run" : "Next runs";
}

std::string ExpectedText(const ExpectedInterval& expected) {
  if (!expected.ok())
    return "no interval of the target's loss is to be expected: " + UnforeseenText(expected);
  return fmt::format(
      "expected 95 % interval of the target's loss, once these runs are known: {} wide, {} of it "
      "({})",
      NumberText(expected.width(), 3),
      PercentText(expected.width() / expected.loss),
      ForeseenFromText(expected));
}

// The formula is shown with its numbers, so that the reader can check the assumption.
std::string DerivationText(const TokenDerivation& d, double tokens) {
  return fmt::format(
      "{} tokens = {} · log2({})/log2({}) · size ratio {} (assumes uniform token entropy)",
      CountText(tokens, 3),
      CountText(d.reference_tokens, 3),
      NumberText(d.reference_vocabulary, 7),
      NumberText(d.vocabulary, 7),
      NumberText(d.size_ratio));
}

Section RunsSection(const PlanReport& report) {
  Section section{RunsTitle(report.plan)};
  if (!report.plan.runs.empty()) section.blocks.emplace_back(RunsTable(report.plan.runs));
  section.blocks.emplace_back(Unbroken({TotalText(report)}));
  if (report.expected_interval)
    section.blocks.emplace_back(Paragraph{{ExpectedText(*report.expected_interval)}});
  return section;
}

Section TargetSection(const PlanReport& report) {
  const TargetPrice& target = *report.target;
  Section section{fmt::format("What the target costs (d_sae {})", report.target_d_sae),
                  PriceBlocks(target, "/target")};
  if (report.derivation)
    section.blocks.emplace_back(Unbroken({DerivationText(*report.derivation, target.tokens)}));
  return section;
}

std::string ResultText(const StatusRow& run) {
  // A run without a result shows why it failed, if it did.
  if (!run.result) return run.message;
  return fmt::format("{}, loss {}, l0 {}",
                     Name(run.result->outcome),
                     NumberText(run.result->final.loss),
                     NumberText(run.result->final.l0, 3));
}

// A time that is not known is negative or NaN, and fails this comparison either way.
std::string EtaText(double seconds) { return seconds >= 0 ? FormatSeconds(seconds) : "-"; }

std::string CountsText(const Status& status) {
  std::string counts;
  for (const auto& [state, count] : status.Counts())
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, state);
  return counts.empty() ? "no runs yet" : counts;
}

}  // namespace

Document PlanDocument(const PlanReport& report) {
  Document document{"Plan of " + report.sweep, report.sweep};
  if (report.demonstration && report.target)
    document.blocks.emplace_back(Warning(DemonstrationNote(report.target->tokens)));
  for (const PlanNote& note : report.plan.notes) {
    document.blocks.emplace_back(Warning(NoteText(note)));
  }
  document.blocks.emplace_back(RunsSection(report));
  if (report.target) document.blocks.emplace_back(TargetSection(report));
  return document;
}

Document StatusDocument(const Status& status) {
  Table table({{"run", Align::kLeft},
               {"stage", Align::kLeft},
               {"tokens"},
               {"d_sae"},
               {"lr"},
               {"seed"},
               {"state", Align::kLeft},
               {"tries"},
               {"done"},
               {"left"},
               {"result", Align::kLeft}});
  for (const StatusRow& run : status.runs) {
    table.Add({run.id,
               run.arm.empty() ? std::string(Name(run.stage))
                               : fmt::format("{} {}", run.arm, Name(run.stage)),
               CountText(static_cast<double>(run.tokens)),
               std::to_string(run.d_sae),
               NumberText(run.lr),
               std::to_string(run.seed),
               run.state,
               std::to_string(run.attempts),
               fmt::format("{:.0f} %", 100 * run.progress),
               EtaText(run.eta_seconds),
               ResultText(run)});
  }
  Document document{"Status of " + status.sweep, status.sweep};
  document.blocks = {std::move(table),
                     Unbroken({fmt::format(
                         "{}; time left: {}", CountsText(status), EtaText(status.eta_seconds))})};
  return document;
}

}  // namespace saelaw
