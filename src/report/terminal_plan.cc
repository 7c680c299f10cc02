// `saelaw plan` and `saelaw status` on the terminal.
#include <fmt/format.h>

#include "core/quantities.h"
#include "report/numbers.h"
#include "report/terminal_parts.h"

namespace saelaw {
namespace terminal {

std::string PriceLines(const TargetPrice& price) {
  TextTable table(
      {{fmt::format("{} tokens on {}", CountText(price.tokens), price.device.name), Align::kLeft},
       {"FLOP"},
       {"hours"},
       {"of which activations"},
       {"SAE"}});
  table.Add({"at peak (lower bound)",
             NumberText(price.half_forward_flops + price.sae_flops, 3),
             HoursText(price.hours_at_peak()),
             HoursText(price.half_forward_hours),
             HoursText(price.sae_hours)});
  table.Add({fmt::format("exact count at {} utilisation", LevelText(price.utilisation)),
             NumberText(price.exact_forward_flops + price.exact_sae_flops, 3),
             HoursText(price.exact_hours()),
             HoursText(price.exact_forward_hours),
             HoursText(price.exact_sae_hours)});
  return table.Text() + fmt::format(
                            "  device memory {}, SAE on disk {}, activations had they been "
                            "stored {}\n",
                            FormatBytes(price.device_bytes),
                            FormatBytes(price.weights_bytes),
                            FormatBytes(price.activations_bytes));
}

}  // namespace terminal

namespace {

using namespace terminal;  // NOLINT: the pieces of this room's own pages

std::string RunsTable(const std::vector<PlannedRun>& runs) {
  TextTable table({{"run", Align::kLeft},
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
               Plain(run.reason)});
  }
  return table.Text();
}

std::string TotalLine(const PlanReport& report) {
  double seconds = 0;
  double flops = 0;
  for (const PlannedRun& run : report.plan.runs) {
    seconds += run.predicted.seconds;
    flops += run.predicted.flops();
  }
  std::string line = fmt::format("  {} runs to do, {} known; {} FLOP, {} of run time",
                                 report.plan.runs.size(),
                                 report.known_runs,
                                 NumberText(flops, 3),
                                 FormatSeconds(seconds));
  if (report.wall_seconds)
    line += fmt::format(", {} on this machine", FormatSeconds(*report.wall_seconds));
  return line + "\n";
}

std::string_view PlanHeading(const Plan& plan) {
  if (plan.complete) return "Complete: nothing is left to run";
  return plan.runs.empty() ? "Unfinished: the budget leaves nothing to run" : "Next runs";
}

std::string ExpectedLines(const PlanReport& report) {
  if (!report.expected_interval) return "";
  const ExpectedInterval& expected = *report.expected_interval;
  if (!expected.ok()) {
    return Wrapped("no interval of the target's loss is to be expected: " + expected.refusal, "  ");
  }
  return Wrapped(fmt::format("expected 95 % interval of the target's loss, once these runs are "
                             "known: {} wide, {} % of it ({})",
                             NumberText(expected.width(), 3),
                             NumberText(100 * expected.width() / expected.loss, 2),
                             expected.basis),
                 "  ");
}

std::string DerivationLine(const TokenDerivation& d, double tokens) {
  return fmt::format(
      "  {} tokens = {} · log2({})/log2({}) · size ratio {} (assumes uniform token entropy)\n",
      CountText(tokens, 3),
      CountText(d.reference_tokens, 3),
      NumberText(d.reference_vocabulary, 7),
      NumberText(d.vocabulary, 7),
      NumberText(d.size_ratio));
}

std::string ResultCells(const StatusRow& run) {
  if (!run.result) return Plain(run.message);
  return fmt::format("{}, loss {}, l0 {}",
                     Name(run.result->outcome),
                     NumberText(run.result->final.loss),
                     NumberText(run.result->final.l0, 3));
}

std::string EtaText(double seconds) { return seconds >= 0 ? FormatSeconds(seconds) : "-"; }

}  // namespace

std::string PlanText(const PlanReport& report, bool colour) {
  std::string text = Paint("Plan of " + Plain(report.sweep), Tone::kHeading, colour) + "\n";
  if (report.demonstration && report.target)
    text += WarningLines({DemonstrationNote(report.target->tokens)}, colour);
  text += WarningLines(report.plan.notes, colour);
  text += Heading(PlanHeading(report.plan), colour);
  if (!report.plan.runs.empty()) text += RunsTable(report.plan.runs);
  text += TotalLine(report);
  text += ExpectedLines(report);
  if (report.target) {
    text += Heading(fmt::format("What the target costs (d_sae {})", report.target_d_sae), colour) +
            PriceLines(*report.target);
    if (report.derivation) text += DerivationLine(*report.derivation, report.target->tokens);
  }
  return text;
}

std::string StatusText(const Status& status, bool colour) {
  TextTable table({{"run", Align::kLeft},
                   {"stage", Align::kLeft},
                   {"tokens"},
                   {"lr"},
                   {"seed"},
                   {"state", Align::kLeft},
                   {"tries"},
                   {"done"},
                   {"left"},
                   {"result", Align::kLeft}});
  for (const StatusRow& run : status.runs) {
    table.Add({run.id,
               std::string(Name(run.stage)),
               CountText(static_cast<double>(run.tokens)),
               NumberText(run.lr),
               std::to_string(run.seed),
               run.state,
               std::to_string(run.attempts),
               fmt::format("{:.0f} %", 100 * run.progress),
               EtaText(run.eta_seconds),
               ResultCells(run)});
  }
  std::string counts;
  for (const auto& [state, count] : status.Counts())
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, state);
  return Paint("Status of " + Plain(status.sweep), Tone::kHeading, colour) + "\n" + table.Text() +
         fmt::format("  {}; time left: {}\n",
                     counts.empty() ? "no runs yet" : counts,
                     EtaText(status.eta_seconds));
}

}  // namespace saelaw
