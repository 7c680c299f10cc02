// One row for each run. Columns of measurements come from the table of metrics, so that a new
// metric appears here by itself; the rest says what a run was and why it was left out.
#include "report/tables/run_tables.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "core/metrics.h"
#include "report/document/numbers.h"
#include "report/tables/shown_metrics.h"
#include "report/tables/study_words.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

using Metrics = std::vector<const Metric*>;

// Shows a value and its standard error, such as "0.382 ± 0.00214".
Cell Measured(const Metric& metric, const StudyRun& run, const std::string& at) {
  const std::string pointer = fmt::format("{}/{}", at, metric.name);
  Line line{{NumberText(MetricValue(metric, run), metric.digits), pointer}};
  if (const double se = MetricError(metric, run); std::isfinite(se)) {
    line.emplace_back(" ± ");
    line.emplace_back(NumberText(se, 3), pointer + "_se");
  }
  return line;
}

void AddHeadings(const Metrics& metrics, std::vector<Column>* columns) {
  for (const Metric* metric : metrics) columns->push_back({std::string(metric->heading)});
}

void AddCells(const Metrics& metrics,
              const StudyRun& run,
              const std::string& at,
              std::vector<Cell>* cells) {
  for (const Metric* metric : metrics) cells->push_back(Measured(*metric, run, at));
}

// One sign for each bin: how many latents fire how often, the fullest bin highest.
std::string Bars(const std::vector<std::int64_t>& counts) {
  constexpr std::array kSigns = {
      "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
  // It begins at 1, so that nothing is divided by zero when all bins are empty.
  std::int64_t most = 1;
  for (const std::int64_t count : counts) most = std::max(most, count);
  std::string bars;
  for (const std::int64_t count : counts) {
    const std::int64_t height = count * (std::ssize(kSigns) - 1) / most;
    // An empty bin is a dot, so that it differs from one with few latents.
    bars += count > 0 ? kSigns[static_cast<std::size_t>(height)] : "\u00b7";
  }
  return bars;
}

// Runs of the lr law and of the hold-out are at other rates or sizes: nothing is wrong with them.
bool ElsewhereByDesign(const StudyRun& run) {
  const bool by_design = run.stage == Stage::kLrLaw || run.stage == Stage::kHoldOut;
  return by_design && run.outcome == Outcome::kCompleted;
}

// These metrics stand before the picture of how often latents fire, and the next ones behind it.
Metrics FirstMetrics(const Findings& findings) {
  return MetricsWithHeading(findings.runs, {MetricGroup::kHeldOut, MetricGroup::kLatents});
}
Metrics LastMetrics(const Findings& findings) {
  return MetricsWithHeading(findings.runs,
                            {MetricGroup::kTraining, MetricGroup::kSplice, MetricGroup::kWeights});
}

std::vector<Column> RunColumns(const Findings& findings) {
  std::vector<Column> columns = {
      {"stage", Align::kLeft}, {"tokens"}, {"d_sae"}, {"lr"}, {"seed"}, {"outcome", Align::kLeft}};
  AddHeadings(FirstMetrics(findings), &columns);
  columns.push_back({"firing: never, 1e-6 to 1", Align::kLeft});
  AddHeadings(LastMetrics(findings), &columns);
  columns.push_back({"left out of the loss law", Align::kLeft});
  columns.push_back({"run", Align::kLeft});
  return columns;
}

}  // namespace

Blocks HeldOutParagraph(const Findings& findings) {
  std::vector<const StudyRun*> known;
  for (const StudyRun& run : findings.runs) {
    if (run.final.se.loss > 0 && run.final.loss > 0) known.push_back(&run);
  }
  if (known.empty()) return {};
  const auto share = [](const StudyRun* run) { return run->final.se.loss / run->final.loss; };
  // The run in the middle by its relative error speaks for all, because single runs may be far off.
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
    if (!run.left_out) continue;
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
               LeftOutText(run.left_out)});
  }
  Blocks blocks;
  if (table.empty())
    blocks.emplace_back(Unbroken({"none that failed"}));
  else
    blocks.emplace_back(std::move(table));
  blocks.emplace_back(
      Unbroken({fmt::format("and {} of the lr law and the hold-out", RunsText(elsewhere))}));
  return blocks;
}

Table RunTable(const Findings& findings) {
  Table table(RunColumns(findings));
  const Metrics first = FirstMetrics(findings), last = LastMetrics(findings);
  for (std::size_t i = 0; i < findings.runs.size(); ++i) {
    const StudyRun& run = findings.runs[i];
    const std::string at = fmt::format("/runs/{}", i);
    std::vector<Cell> cells = {
        std::string(Name(run.stage)),
        {CountText(static_cast<double>(run.tokens)), at + "/tokens"},
        {std::to_string(run.d_sae), at + "/d_sae"},
        {NumberText(run.lr), at + "/lr"},
        {std::to_string(run.seed), at + "/seed"},
        fmt::format("{}{}", Name(run.outcome), run.short_run ? ", short" : "")};
    AddCells(first, run, at, &cells);
    cells.emplace_back(Bars(run.firing_histogram));
    AddCells(last, run, at, &cells);
    cells.emplace_back(LeftOutText(run.left_out));
    cells.emplace_back(run.id);
    table.Add(std::move(cells), run.outcome != Outcome::kCompleted ? Mark::kBad : Mark::kNone);
  }
  return table;
}

}  // namespace saelaw
