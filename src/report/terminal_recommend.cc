// `saelaw recommend` and `saelaw report` on the terminal: what is read in the morning.
#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/quantities.h"
#include "report/numbers.h"
#include "report/terminal_parts.h"

namespace saelaw {
namespace {

using namespace terminal;  // NOLINT: the pieces of this room's own pages

std::string TopLines(const Recommendation& r,
                     const std::vector<std::string>& warnings,
                     bool colour) {
  std::vector<std::string> lines;
  if (r.demonstration) lines.push_back(DemonstrationNote(r.tokens));
  lines.insert(lines.end(), warnings.begin(), warnings.end());
  return WarningLines(lines, colour);
}

std::string ExponentText(const Parameter& exponent) {
  if (exponent.name.empty()) return "no law";
  return fmt::format("{} ({}){}",
                     NumberText(exponent.value),
                     IntervalClause(exponent.interval),
                     exponent.on_bound ? ", on its bound" : "");
}

std::string LrText(const Recommendation& r) {
  if (r.refused) return "withheld: see the first warning";
  std::string rate = r.lr > 0 ? NumberText(r.lr) : "none";
  switch (r.lr_basis) {
    case LrBasis::kOptimum:
      return fmt::format("{} ({}; optimum)", rate, IntervalClause(r.lr_interval));
    case LrBasis::kStabilityEdge:
      return fmt::format("{} (held below the stability edge)", rate);
    case LrBasis::kNone:
      return fmt::format("{} (no law covers it: the recipe's rate, copied)", rate);
  }
  return rate;
}

std::string EdgeText(const Recommendation& r) {
  std::string text = EstimateText(r.lr_max);
  if (r.lr_bound > 0)
    text += fmt::format("; one run survives {} with 99 %", NumberText(r.lr_bound));
  if (!std::isnan(r.lr_margin)) {
    text += fmt::format("; {} times the advised rate", NumberText(std::exp(r.lr_margin), 3));
  }
  return text;
}

std::string Answer(const Recommendation& r, const std::string& config_path) {
  TextTable table({{"answer", Align::kLeft}, {"value", Align::kLeft}});
  table.Add({"exponent, loss against data", ExponentText(r.loss_exponent)});
  table.Add({"exponent, learning rate against data", ExponentText(r.lr_exponent)});
  table.Add({"learning rate", LrText(r)});
  if (!std::isnan(r.lr_regret)) {
    table.Add({"cost of a learning rate at its interval's end",
               NumberText(100 * r.lr_regret, 2) + " % of the loss"});
  }
  if (r.lr_basis == LrBasis::kStabilityEdge && r.lr_optimum.value > r.lr) {
    const bool known = !std::isnan(r.lr_cost.value);
    table.Add({"the best learning rate, were it stable", EstimateText(r.lr_optimum)});
    table.Add({"cost of being held below it, % of the loss",
               known ? EstimateText({100 * r.lr_cost.value,
                                     {100 * r.lr_cost.interval.lo, 100 * r.lr_cost.interval.hi}})
                     : "unknown: no run was so far below its best rate"});
  }
  table.Add({"learning rate by the joint surface", EstimateText(r.lr_surface)});
  table.Add({"largest stable learning rate", EdgeText(r)});
  table.Add({fmt::format("loss at {} tokens, d_sae {}", CountText(r.tokens), r.d_sae),
             EstimateText(r.loss)});
  table.Add({"predicted by", r.loss_basis});
  table.Add({"mse, in units of the mean squared norm", EstimateText(r.mse)});
  table.Add({"fvu (fraction of variance unexplained)", EstimateText(r.fvu)});
  table.Add({"l0 (active latents per token)", EstimateText(r.l0)});
  table.Add({fmt::format("time on {}", r.price.device.name),
             fmt::format("{} at peak (lower bound), {} at {} utilisation",
                         HoursText(r.price.hours_at_peak()),
                         HoursText(r.price.exact_hours()),
                         LevelText(r.price.utilisation))});
  table.Add({"extrapolation beyond the largest fitted run",
             NumberText(r.extrapolation_factor, 3) + " times"});
  if (!config_path.empty()) table.Add({"configuration", Plain(config_path)});
  return table.Text();
}

std::string HoldOutTable(std::span<const HoldOutCheck> checks, bool colour) {
  if (checks.empty())
    return Paint(
        "  No hold-out was measured: the law has predicted nothing yet.\n", Tone::kWarning, colour);
  TextTable table({{"run", Align::kLeft},
                   {"tokens"},
                   {"lr"},
                   {"predicted"},
                   {"95 % interval", Align::kLeft},
                   {"measured"},
                   {"error"},
                   {"inside", Align::kLeft},
                   {"predicted", Align::kLeft}});
  for (const HoldOutCheck& check : checks) {
    table.Add({check.run,
               CountText(static_cast<double>(check.tokens)),
               NumberText(check.lr),
               NumberText(check.predicted),
               IntervalText(check.interval),
               NumberText(check.measured),
               fmt::format("{:+.2f} %", 100 * (check.measured / check.predicted - 1)),
               InsideText(check.inside, check.interval),
               check.stored ? "before it ran" : "now, without it"});
  }
  return table.Text();
}

std::string TransferTable(std::span<const Transfer> transfers) {
  TextTable table({{"field", Align::kLeft},
                   {"swept", Align::kLeft},
                   {"target", Align::kLeft},
                   {"carried by", Align::kLeft},
                   {"supported", Align::kLeft}});
  for (const Transfer& transfer : transfers) {
    table.Add({transfer.field,
               Plain(transfer.swept),
               Plain(transfer.target),
               Plain(transfer.rule),
               transfer.supported ? "yes" : "NO"});
  }
  return table.Text();
}

std::string AlternativesTable(std::span<const Alternative> alternatives) {
  TextTable table({{"tokens"}, {"loss"}, {"95 % interval", Align::kLeft}, {"time"}});
  for (const Alternative& alternative : alternatives) {
    table.Add({CountText(alternative.tokens),
               NumberText(alternative.loss.value),
               IntervalText(alternative.loss.interval),
               HoursText(alternative.hours)});
  }
  return table.Text();
}

std::string Titled(std::string_view title, const Criticism& criticism, bool colour) {
  if (criticism.empty()) return "";
  return Heading(title, colour) + CriticismText(criticism, criticism.would_change, colour);
}

// What stands for and against the answer.
std::string Grounds(const Recommendation& r, bool colour) {
  return Heading("Hold-out: predicted before it was measured", colour) +
         HoldOutTable(r.hold_out, colour) +
         Heading("Where the target differs from what was swept", colour) +
         TransferTable(r.transfer) + Heading("Other budgets", colour) +
         AlternativesTable(r.alternatives) + CriticismText(r.criticism, r.would_change, colour) +
         Titled("Against the law of the best learning rate", r.lr_criticism, colour) +
         Titled("Against the stability edge", r.lr_max_criticism, colour);
}

std::string LawBlock(std::string_view title, const LawFit& fit, bool colour) {
  return Heading(title, colour) + LawSummary(fit, colour) + (fit.ok() ? ParameterTable(fit) : "");
}

std::string Laws(const Findings& findings, bool colour) {
  std::string text =
      LawBlock(fmt::format("Loss against data at lr {}", NumberText(findings.loss_law_lr)),
               findings.loss_law,
               colour);
  text += LawBlock("Loss against data at each size's best rate", findings.best_loss_law, colour);
  text += LawBlock("mse against data", findings.mse_law, colour);
  text += LawBlock("fvu against data", findings.fvu_law, colour);
  text += LawBlock("l0 against data", findings.l0_law, colour);
  text += LawBlock("Optimal learning rate", findings.lr_law.law, colour);
  if (!findings.lr_law.optima.empty()) text += OptimaTable(findings.lr_law.optima);
  text += LawBlock("Loss against data and learning rate at once", findings.lr_surface.law, colour);
  return text + LawBlock("Stability edge", findings.lr_edge.law, colour);
}

// What the losses were measured on, and how far those of other documents would lie: by the run with
// the median error. Empty where no result says.
std::string HeldOutLine(const Findings& findings) {
  std::vector<const StudyRun*> known;
  for (const StudyRun& run : findings.runs) {
    if (run.final.se.loss > 0 && run.final.loss > 0) known.push_back(&run);
  }
  if (known.empty()) return "";
  const auto share = [](const StudyRun* run) { return run->final.se.loss / run->final.loss; };
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end(), [&](const auto* a, const auto* b) {
    return share(a) < share(b);
  });
  const StudyRun& run = **middle;
  return Wrapped(
      fmt::format("Losses are of {} held-out tokens of {} documents: ± {} % (standard error by "
                  "document) for others of their kind, and most of that cancels between runs. "
                  "Points of a run's curve are of {} of these tokens, evenly spaced.",
                  CountText(static_cast<double>(run.held_out_tokens)),
                  run.held_out_documents,
                  NumberText(100 * share(&run), 2),
                  CountText(static_cast<double>(run.curve_tokens))),
      "  ");
}

std::string LeftOut(const Findings& findings) {
  TextTable table({{"run", Align::kLeft},
                   {"tokens"},
                   {"lr"},
                   {"seed"},
                   {"stage", Align::kLeft},
                   {"outcome", Align::kLeft},
                   {"loss"},
                   {"why it is no point of the loss law", Align::kLeft}});
  int elsewhere = 0;  // the lr law's and the hold-out's runs, which are at other rates or sizes
  for (const StudyRun& run : findings.runs) {
    if (run.reason_left_out.empty()) continue;
    const bool by_design = run.stage == Stage::kLrLaw || run.stage == Stage::kHoldOut;
    if (by_design && run.outcome == Outcome::kCompleted) {
      ++elsewhere;
      continue;
    }
    table.Add({run.id,
               CountText(static_cast<double>(run.tokens)),
               NumberText(run.lr),
               std::to_string(run.seed),
               std::string(Name(run.stage)),
               std::string(Name(run.outcome)),
               NumberText(run.final.loss),
               Plain(run.reason_left_out)});
  }
  const std::string text = table.empty() ? "  none that failed\n" : table.Text();
  return text + fmt::format("  and {} runs of the lr law and the hold-out\n", elsewhere);
}

}  // namespace

std::string RecommendText(const Recommendation& r, const std::string& config_path, bool colour) {
  return TopLines(r, TopWarnings(r), colour) +
         Paint("Recommended by sweep " + Plain(r.sweep), Tone::kHeading, colour) + "\n" +
         Answer(r, config_path) + Grounds(r, colour) + Heading("Evidence", colour) +
         Wrapped(fmt::format("{} runs: {}", r.evidence.size(), fmt::join(r.evidence, " ")), "  ");
}

std::string ReportText(const Report& report, bool colour) {
  const Recommendation& r = report.recommendation;
  std::string text = TopLines(r, TopWarnings(report), colour) +
                     Paint("Report on sweep " + Plain(r.sweep), Tone::kHeading, colour) + "\n";
  if (!report.question.empty()) text += Wrapped("Question: " + Plain(report.question), "  ");
  if (!report.prediction.empty()) text += Wrapped("Prediction: " + Plain(report.prediction), "  ");
  text += HeldOutLine(report.findings);
  return text + Answer(r, report.config_path) + Grounds(r, colour) + Laws(report.findings, colour) +
         Heading("Runs left out of the loss law", colour) + LeftOut(report.findings) +
         fmt::format("\n  {} runs in all; saelaw {}{}{}\n",
                     report.findings.runs.size(),
                     report.saelaw_version,
                     report.made_at.empty() ? "" : ", ",
                     report.made_at);
}

}  // namespace saelaw
