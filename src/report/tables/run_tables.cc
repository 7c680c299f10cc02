#include "report/tables/run_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "report/document/numbers.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// "0.382 ± 0.00214" of the key and its standard error.
Cell Measured(double value, double se, const std::string& pointer, int digits = 4) {
  Line line{{NumberText(value, digits), pointer}};
  if (std::isfinite(se)) {
    line.emplace_back(" ± ");
    line.emplace_back(NumberText(se, 3), pointer + "_se");
  }
  return line;
}

// One sign for each bin: how many latents fire how often, the fullest bin highest.
std::string Bars(const std::vector<std::int64_t>& counts) {
  constexpr std::array kSigns = {
      "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
  std::int64_t most = 1;
  for (const std::int64_t count : counts) most = std::max(most, count);
  std::string bars;
  for (const std::int64_t count : counts) {
    const std::int64_t height = count * (std::ssize(kSigns) - 1) / most;
    bars += count > 0 ? kSigns[static_cast<std::size_t>(height)] : "\u00b7";
  }
  return bars;
}

// Runs of the lr law and of the hold-out are at other rates or sizes: nothing is wrong with them.
bool ElsewhereByDesign(const StudyRun& run) {
  const bool by_design = run.stage == Stage::kLrLaw || run.stage == Stage::kHoldOut;
  return by_design && run.outcome == Outcome::kCompleted;
}

std::vector<Cell> RunCells(const StudyRun& run, const std::string& at) {
  const Evaluation& final = run.final;
  return {
      std::string(Name(run.stage)),
      {CountText(static_cast<double>(run.tokens)), at + "/tokens"},
      {std::to_string(run.d_sae), at + "/d_sae"},
      {NumberText(run.lr), at + "/lr"},
      {std::to_string(run.seed), at + "/seed"},
      fmt::format("{}{}", Name(run.outcome), run.short_run ? ", short" : ""),
      Measured(final.loss, final.se.loss, at + "/loss"),
      Measured(final.mse, final.se.mse, at + "/mse"),
      Measured(final.fvu, final.se.fvu, at + "/fvu"),
      Measured(final.l0, final.se.l0, at + "/l0"),
      Measured(final.dead_fraction, final.se.dead_fraction, at + "/dead_fraction", 3),
      Measured(run.dense_fraction, run.dense_fraction_se, at + "/dense_fraction", 3),
      Bars(run.firing_histogram),
      Measured(run.splice.ce_delta, run.splice.ce_delta_se, at + "/ce_delta", 3),
      Measured(run.splice.loss_recovered, run.splice.loss_recovered_se, at + "/loss_recovered", 3),
      run.reason_left_out,
      run.id};
}

}  // namespace

Blocks HeldOutParagraph(const Findings& findings) {
  std::vector<const StudyRun*> known;
  for (const StudyRun& run : findings.runs) {
    if (run.final.se.loss > 0 && run.final.loss > 0) known.push_back(&run);
  }
  if (known.empty()) return {};
  const auto share = [](const StudyRun* run) { return run->final.se.loss / run->final.loss; };
  const auto middle = known.begin() + static_cast<std::ptrdiff_t>(known.size() / 2);
  std::nth_element(known.begin(), middle, known.end(), [&](const auto* a, const auto* b) {
    return share(a) < share(b);
  });
  const StudyRun& run = **middle;
  return {Paragraph{{fmt::format(
      "Losses are of {} held-out tokens of {} documents: ± {} (standard error by document) for "
      "others of their kind, and most of that cancels between runs. Points of a run's curve are of "
      "{} of these tokens, evenly spaced.",
      CountText(static_cast<double>(run.held_out_tokens)),
      run.held_out_documents,
      PercentText(share(&run)),
      CountText(static_cast<double>(run.curve_tokens)))}}};
}

Blocks LeftOutBlocks(const Findings& findings) {
  Table table({{"run", Align::kLeft},
               {"tokens"},
               {"lr"},
               {"seed"},
               {"stage", Align::kLeft},
               {"outcome", Align::kLeft},
               {"loss"},
               {"why it is no point of the loss law", Align::kLeft}});
  int elsewhere = 0;
  for (std::size_t i = 0; i < findings.runs.size(); ++i) {
    const StudyRun& run = findings.runs[i];
    if (run.reason_left_out.empty()) continue;
    if (ElsewhereByDesign(run)) {
      ++elsewhere;
      continue;
    }
    const std::string at = fmt::format("/runs/{}", i);
    table.Add({run.id,
               {CountText(static_cast<double>(run.tokens)), at + "/tokens"},
               {NumberText(run.lr), at + "/lr"},
               {std::to_string(run.seed), at + "/seed"},
               std::string(Name(run.stage)),
               std::string(Name(run.outcome)),
               {NumberText(run.final.loss), at + "/loss"},
               run.reason_left_out});
  }
  Blocks blocks;
  if (table.empty())
    blocks.emplace_back(Unbroken({"none that failed"}));
  else
    blocks.emplace_back(std::move(table));
  blocks.emplace_back(
      Unbroken({fmt::format("and {} runs of the lr law and the hold-out", elsewhere)}));
  return blocks;
}

Table RunTable(const Findings& findings) {
  Table table({{"stage", Align::kLeft},
               {"tokens"},
               {"d_sae"},
               {"lr"},
               {"seed"},
               {"outcome", Align::kLeft},
               {"loss"},
               {"mse"},
               {"fvu"},
               {"l0"},
               {"dead"},
               {"dense"},
               {"firing: never, 1e-6 to 1", Align::kLeft},
               {"CE delta"},
               {"loss recovered"},
               {"left out of the loss law", Align::kLeft},
               {"run", Align::kLeft}});
  for (std::size_t i = 0; i < findings.runs.size(); ++i) {
    const StudyRun& run = findings.runs[i];
    table.Add(RunCells(run, fmt::format("/runs/{}", i)),
              run.outcome != Outcome::kCompleted ? Mark::kBad : Mark::kNone);
  }
  return table;
}

}  // namespace saelaw
