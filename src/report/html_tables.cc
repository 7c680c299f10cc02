// The tables of the HTML report. Every number names the place in the embedded JSON that it shows.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/html_parts.h"
#include "report/numbers.h"

namespace saelaw::html {
namespace {

std::string Section(std::string_view title, std::string_view note, const std::string& body) {
  return fmt::format("<section>\n<h2>{}</h2>\n{}{}</section>\n",
                     title,
                     note.empty() ? "" : fmt::format("<p class=\"note\">{}</p>\n", note),
                     body);
}

std::string ParameterInterval(const Parameter& parameter) {
  return parameter.on_bound ? IntervalText(parameter.interval) + " (on its bound)"
                            : IntervalText(parameter.interval);
}

void AddLaw(const std::string& title, const std::string& key, const LawFit& fit, Table& table) {
  if (!fit.ok()) {
    table.Add({title, std::string("no law: ") + fit.refusal}, "faint");
    return;
  }
  const std::string at = "/laws/" + key;
  bool first = true;
  for (const Parameter& parameter : fit.params) {
    table.Add({first ? title : std::string(),
               parameter.name,
               {NumberText(parameter.value, 5), at + "/params/" + parameter.name},
               {ParameterInterval(parameter), at + "/intervals/" + parameter.name},
               {first ? std::to_string(fit.n_points) : std::string(),
                first ? at + "/n_points" : std::string()},
               first ? NumberText(100 * fit.rms_residual, 2) + " %" : std::string(),
               first ? fit.interval_method : std::string()},
              first ? "first" : "");
    first = false;
  }
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

std::string RateText(double lr) { return lr > 0 ? NumberText(lr) : "-"; }

}  // namespace

std::string HoldOutSection(const Report& report) {
  constexpr std::string_view kNote =
      "A law is believed for what it predicted, not for what it fitted. These runs were predicted "
      "before they were measured.";
  const auto& checks = report.findings.hold_out;
  if (checks.empty()) {
    return Section("Hold-out",
                   "",
                   "<p class=\"banner warning\">No hold-out was measured: the law has predicted "
                   "nothing yet.</p>\n");
  }
  Table table({{"tokens"},
               {"lr"},
               {"predicted"},
               {"95 % interval", Align::kLeft},
               {"measured"},
               {"error"},
               {"inside", Align::kLeft},
               {"run", Align::kLeft}});
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const HoldOutCheck& check = checks[i];
    const std::string at = fmt::format("/holdout/{}", i);
    table.Add({{CountText(static_cast<double>(check.tokens)), at + "/tokens"},
               {NumberText(check.lr), at + "/lr"},
               {NumberText(check.predicted), at + "/predicted"},
               {IntervalText(check.interval), at + "/interval"},
               {NumberText(check.measured), at + "/measured"},
               fmt::format("{:+.2f} %", 100 * (check.measured / check.predicted - 1)),
               InsideText(check.inside, check.interval),
               check.run},
              check.missed() ? "bad" : "");
  }
  return Section("Hold-out", kNote, table.Html());
}

std::string TransferSection(const Report& report) {
  Table table({{"field", Align::kLeft},
               {"swept", Align::kLeft},
               {"target", Align::kLeft},
               {"carried by", Align::kLeft},
               {"supported", Align::kLeft}});
  for (const Transfer& transfer : report.recommendation.transfer) {
    table.Add({transfer.field,
               transfer.swept,
               transfer.target,
               transfer.rule,
               std::string(transfer.supported ? "yes" : "NO")},
              transfer.supported ? "" : "bad");
  }
  return Section("Where the target differs from what was swept",
                 "What is not listed here is the same in the target as in the law&#39;s runs.",
                 table.empty() ? "<p>Nowhere.</p>\n" : table.Html());
}

std::string BudgetSection(const Report& report) {
  Table table({{"tokens"}, {"predicted loss"}, {"95 % interval", Align::kLeft}, {"time"}});
  const auto& alternatives = report.recommendation.alternatives;
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const Alternative& alternative = alternatives[i];
    const std::string at = fmt::format("/recommendation/alternatives/{}", i);
    table.Add({{CountText(alternative.tokens), at + "/tokens"},
               {NumberText(alternative.loss.value), at + "/loss"},
               {IntervalText(alternative.loss.interval), at + "/interval"},
               {HoursText(alternative.hours), at + "/hours"}});
  }
  const TargetPrice& price = report.recommendation.price;
  const std::string at = "/recommendation/price";
  Table cost({{"price of the target on " + price.device.name, Align::kLeft},
              {"FLOP, activations"},
              {"FLOP, SAE"},
              {"time, activations"},
              {"time, SAE"},
              {"time"}});
  cost.Add({std::string("at peak (lower bound)"),
            {NumberText(price.half_forward_flops, 3), at + "/at_peak/half_forward_flops"},
            {NumberText(price.sae_flops, 3), at + "/at_peak/sae_flops"},
            {HoursText(price.half_forward_hours), at + "/at_peak/half_forward_hours"},
            {HoursText(price.sae_hours), at + "/at_peak/sae_hours"},
            {HoursText(price.hours_at_peak()), at + "/at_peak/hours"}});
  cost.Add({fmt::format("exact count at {} utilisation", LevelText(price.utilisation)),
            {NumberText(price.exact_forward_flops, 3), at + "/exact/forward_flops"},
            {NumberText(price.exact_sae_flops, 3), at + "/exact/sae_flops"},
            {HoursText(price.exact_forward_hours), at + "/exact/forward_hours"},
            {HoursText(price.exact_sae_hours), at + "/exact/sae_hours"},
            {HoursText(price.exact_hours()), at + "/exact/hours"}});
  return Section("What it costs, and other budgets", "", cost.Html() + table.Html());
}

std::string LawsSection(const Report& report) {
  const Findings& findings = report.findings;
  Table table({{"law", Align::kLeft},
               {"parameter", Align::kLeft},
               {"value"},
               {"95 % interval", Align::kLeft},
               {"points"},
               {"rms residual"},
               {"intervals by", Align::kLeft}});
  AddLaw(fmt::format("loss at lr {}", NumberText(findings.loss_law_lr)),
         "loss",
         findings.loss_law,
         table);
  AddLaw("loss at each size's best rate", "best_loss", findings.best_loss_law, table);
  AddLaw("mse", "mse", findings.mse_law, table);
  AddLaw("fvu", "fvu", findings.fvu_law, table);
  AddLaw("l0", "l0", findings.l0_law, table);
  AddLaw("optimal learning rate", "lr", findings.lr_law.law, table);
  AddLaw("loss against data and lr at once", "lr_surface", findings.lr_surface.law, table);
  AddLaw("stability edge", "lr_max", findings.lr_edge.law, table);
  return Section("The laws",
                 "Loss laws: floor + coef &middot; tokens<sup>&minus;exponent</sup>. Rate laws: "
                 "coef &middot; tokens<sup>exponent</sup>.",
                 table.Html());
}

std::string LearningRateSection(const Report& report) {
  const auto& optima = report.findings.lr_law.optima;
  if (optima.empty()) return "";
  Table table({{"tokens"},
               {"best lr tried"},
               {"optimum"},
               {"sd of ln lr"},
               {"loss there"},
               {"last survivor"},
               {"first failure"},
               {"rests on", Align::kLeft}});
  for (std::size_t i = 0; i < optima.size(); ++i) {
    const LrOptimum& optimum = optima[i];
    const std::string at = fmt::format("/laws/lr/optima/{}", i);
    const bool censored = optimum.censoring != Censoring::kNone;
    table.Add(
        {{CountText(optimum.tokens), at + "/tokens"},
         {RateText(optimum.best_lr), at + "/best_lr"},
         censored ? Cell(std::string("-")) : Cell(RateText(optimum.lr), at + "/lr"),
         censored ? Cell(std::string("-")) : Cell(NumberText(optimum.sd_ln, 3), at + "/sd_ln"),
         {NumberText(optimum.loss), at + "/loss"},
         {RateText(optimum.last_survivor), at + "/last_survivor"},
         {RateText(optimum.first_failure), at + "/first_failure"},
         censored ? fmt::format("not fitted: {}", Name(optimum.censoring))
                  : fmt::format("{} points", optimum.points_used)},
        censored ? "faint" : "");
  }
  return Section("Best learning rate of each data size",
                 "A size whose best rate lies on the edge of its grid or beside a cliff bounds the "
                 "law but is not fitted.",
                 table.Html());
}

std::string RunsSection(const Report& report) {
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
  const auto& runs = report.findings.runs;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const StudyRun& run = runs[i];
    const std::string at = fmt::format("/runs/{}", i);
    const bool failed = run.outcome != Outcome::kCompleted;
    table.Add({std::string(Name(run.stage)),
               {CountText(static_cast<double>(run.tokens)), at + "/tokens"},
               {std::to_string(run.d_sae), at + "/d_sae"},
               {NumberText(run.lr), at + "/lr"},
               {std::to_string(run.seed), at + "/seed"},
               fmt::format("{}{}", Name(run.outcome), run.short_run ? ", short" : ""),
               {NumberText(run.final.loss), at + "/loss"},
               {NumberText(run.final.mse), at + "/mse"},
               {NumberText(run.final.fvu), at + "/fvu"},
               {NumberText(run.final.l0), at + "/l0"},
               {NumberText(run.final.dead_fraction, 3), at + "/dead_fraction"},
               {NumberText(run.dense_fraction, 3), at + "/dense_fraction"},
               Bars(run.firing_histogram),
               {NumberText(run.splice.ce_delta, 3), at + "/ce_delta"},
               {NumberText(run.splice.loss_recovered, 3), at + "/loss_recovered"},
               run.reason_left_out,
               run.id},
              failed ? "bad" : "");
  }
  return fmt::format(
      "<section>\n<details><summary><h2>All {} runs</h2></summary>\n"
      "<p class=\"note\">dead: latents that fire on no held-out token. dense: on more than 10 %. "
      "firing: how many latents never fire, then how many fire on which share of the tokens, from "
      "1e-6 to 1 in half decades; the counts are in runs.csv.</p>\n{}</details>\n</section>\n",
      runs.size(),
      table.Html());
}

}  // namespace saelaw::html
