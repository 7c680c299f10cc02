// Each number is shown together with its interval. The pointer beside it names the key that
// json_recommend.cc or json_parts.cc writes it under, so those files change together with this.
#include "report/tables/advice_tables.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/quantities.h"
#include "report/document/lines.h"
#include "report/document/numbers.h"
#include "report/tables/risk_tables.h"
#include "report/tables/transfer_words.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// Shows an estimate whose keys are NAME_predicted and NAME_interval.
Line PredictedLine(const Estimate& estimate, const std::string& name) {
  return Estimated(estimate.value, estimate.interval, name + "_predicted", name + "_interval");
}

// Shows one whose keys are NAME and NAME_interval.
Line Named(const Estimate& estimate, const std::string& name) {
  return Estimated(estimate.value, estimate.interval, name, name + "_interval");
}

Line ExponentLine(const Parameter& exponent, const std::string& at) {
  if (exponent.name.empty()) return {"no law"};
  Line line{{NumberText(exponent.value), at + "/value"}, " ("};
  Extend(line, IntervalClause(exponent.interval, at + "/interval"));
  line.emplace_back(exponent.on_bound ? "), on its bound" : ")");
  return line;
}

Line LrLine(const Recommendation& r, const std::string& at) {
  // A number that is shown gets copied, whatever the warning beside it says.
  if (r.refused) return {"withheld: see the first warning"};
  Line line;
  if (r.lr > 0)
    line.emplace_back(NumberText(r.lr), at + "/lr");
  else
    line.emplace_back("none");
  switch (r.lr_basis) {
    case LrBasis::kOptimum:
      line.emplace_back(" (");
      Extend(line, IntervalClause(r.lr_interval, at + "/lr_interval"));
      line.emplace_back("; optimum)");
      break;
    case LrBasis::kStabilityEdge:
      line.emplace_back(" (held below the stability edge; ");
      Extend(line, IntervalClause(r.lr_interval, at + "/lr_interval"));
      line.emplace_back(")");
      break;
    case LrBasis::kNone:
      line.emplace_back(" (no law covers it: the recipe's rate, copied)");
      break;
  }
  return line;
}

Line EdgeLine(const Recommendation& r, const std::string& at) {
  Line line = Named(r.lr_max, at + "/lr_max");
  if (r.lr_bound > 0) {
    Extend(line, {"; one run survives ", {NumberText(r.lr_bound), at + "/lr_bound"}, " with 99 %"});
  }
  if (!std::isnan(r.lr_margin))
    line.emplace_back(
        // The margin is a difference of logarithms.
        fmt::format("; {} times the advised rate", NumberText(std::exp(r.lr_margin), 3)));
  return line;
}

// The cost is shown in per cent. The JSON holds it as a fraction, so no pointer leads there.
Line CostLine(const Estimate& cost) {
  if (std::isnan(cost.value)) return {"unknown: no run was so far below its best rate"};
  return Estimated(100 * cost.value, {100 * cost.interval.lo, 100 * cost.interval.hi}, "", "");
}

// Tells what the rate costs at the ends of its interval, and what staying below the edge costs.
Facts RateFacts(const Recommendation& r, const std::string& at) {
  Facts facts;
  if (!std::isnan(r.lr_regret)) {
    facts.push_back({"cost of a learning rate at its interval's end",
                     {PercentText(r.lr_regret) + " of the loss"}});
  }
  if (r.lr_basis == LrBasis::kStabilityEdge && r.lr_optimum.value > r.lr) {
    facts.push_back(
        {"the best learning rate, were it stable", Named(r.lr_optimum, at + "/lr_optimum")});
    facts.push_back({"cost of being held below it, % of the loss", CostLine(r.lr_cost)});
  }
  facts.push_back({"a run there fails with", {RiskText(r.risk)}});
  facts.push_back({"learning rate by the joint surface", Named(r.lr_surface, at + "/lr_surface")});
  facts.push_back({"largest stable learning rate", EdgeLine(r, at)});
  return facts;
}

Facts PredictedFacts(const Recommendation& r, const std::string& at) {
  return {{fmt::format("loss at {} tokens, d_sae {}", CountText(r.tokens), r.d_sae),
           PredictedLine(r.loss, at + "/loss")},
          {"predicted by", {BasisText(r.loss_basis)}},
          {"mse, in units of the mean squared norm", PredictedLine(r.parts.mse, at + "/mse")},
          {"penalty: mse + penalty is the loss", PredictedLine(r.parts.penalty, at + "/penalty")},
          {"fvu (fraction of variance unexplained)", PredictedLine(r.parts.fvu, at + "/fvu")},
          {"l0 (active latents per token)", PredictedLine(r.parts.l0, at + "/l0")},
          {"share of the language model's loss recovered",
           PredictedLine(r.parts.loss_recovered, at + "/loss_recovered")},
          {fmt::format("time on {}", r.price.device.name),
           {{HoursText(r.price.hours_at_peak()), at + "/price/at_peak/hours"},
            " at peak (lower bound), ",
            {HoursText(r.price.exact_hours()), at + "/price/exact/hours"},
            fmt::format(" at {} utilisation", LevelText(r.price.utilisation))}},
          {"extrapolation beyond the largest fitted run",
           {{NumberText(r.extrapolation_factor, 3), at + "/extrapolation_factor"}, " times"}}};
}

std::string HoldOutText(const HoldOutCheck& check) {
  return fmt::format("{} tokens measured {}, predicted {} ({}) {}",
                     CountText(static_cast<double>(check.tokens), 3),
                     NumberText(check.measured),
                     NumberText(check.predicted),
                     IntervalText(check.interval),
                     check.stored ? "before it ran" : "without it");
}

void Extend(Facts& facts, Facts more) {
  for (Fact& fact : more) facts.push_back(std::move(fact));
}

}  // namespace

Facts AnswerFacts(const Recommendation& r, const std::string& config_path, const std::string& at) {
  const std::string exponents = at + "/exponents";
  Facts facts{
      {"exponent, loss against data", ExponentLine(r.loss_exponent, exponents + "/loss")},
      {"exponent, learning rate against data", ExponentLine(r.lr_exponent, exponents + "/lr")},
      {"learning rate", LrLine(r, at)}};
  Extend(facts, RateFacts(r, at));
  Extend(facts, PredictedFacts(r, at));
  if (!config_path.empty()) facts.push_back({"configuration", {config_path}});
  return facts;
}

Bullets BriefAnswer(const Recommendation& r, const std::string& config_path) {
  Bullets brief;
  const auto say = [&](const char* name, const Line& value) {
    brief.lines.push_back(fmt::format("{}: {}", name, MakeText(value)));
  };
  const PredictedParts& parts = r.parts;
  say("learning rate", LrLine(r, ""));
  if (!r.refused) say("the run fails with", {RiskText(r.risk)});
  if (parts.mse.known()) {
    say("mse + penalty",
        {fmt::format("{} + {}", NumberText(parts.mse.value), NumberText(parts.penalty.value))});
  } else if (r.loss.known()) {
    say("mse, penalty, fvu, l0", {"not said: fewer than 3 sizes have runs near the best rate"});
  }
  if (parts.loss_recovered.known()) {
    say("share of the model's loss recovered", PredictedLine(parts.loss_recovered, ""));
  }
  if (!r.hold_out.empty()) say("hold-out", {HoldOutText(r.hold_out.back())});
  if (!config_path.empty()) say("configuration", {config_path});
  return brief;
}

Block HoldOutTable(std::span<const HoldOutCheck> checks, const std::string& at) {
  // A law that has predicted nothing has not been tested, and that must not look like success.
  if (checks.empty())
    return Refusal("No hold-out was measured: the law has predicted nothing yet.");
  Table table({{"run", Align::kLeft},
               {"tokens"},
               {"lr"},
               {"predicted"},
               {"95 % interval", Align::kLeft},
               {"measured"},
               {"error"},
               {"inside", Align::kLeft},
               {"predicted", Align::kLeft}});
  for (std::size_t i = 0; i < checks.size(); ++i) {
    const HoldOutCheck& check = checks[i];
    const std::string row = fmt::format("{}/{}", at, i);
    table.Add({check.run,
               {CountText(static_cast<double>(check.tokens)), row + "/tokens"},
               {NumberText(check.lr), row + "/lr"},
               {NumberText(check.predicted), row + "/predicted"},
               {IntervalText(check.interval), row + "/interval"},
               {NumberText(check.measured), row + "/measured"},
               DifferenceText(check.measured / check.predicted - 1),
               InsideText(check.inside, check.interval),
               check.stored ? "before it ran" : "now, without it"},
              check.missed() ? Mark::kBad : Mark::kNone);
  }
  return table;
}

Table TransferTable(std::span<const Transfer> transfers) {
  Table table({{"field", Align::kLeft},
               {"swept", Align::kLeft},
               {"target", Align::kLeft},
               {"carried by", Align::kLeft},
               {"supported", Align::kLeft}},
              "Nowhere.");
  for (const Transfer& transfer : transfers) {
    table.Add({std::string(FieldText(transfer.of)),
               SweptText(transfer),
               TargetText(transfer),
               RuleText(transfer),
               transfer.supported ? "yes" : "NO"},
              transfer.supported ? Mark::kNone : Mark::kBad);
  }
  return table;
}

Table AlternativesTable(std::span<const Alternative> alternatives, const std::string& at) {
  Table table({{"tokens"}, {"loss"}, {"95 % interval", Align::kLeft}, {"time"}});
  for (std::size_t i = 0; i < alternatives.size(); ++i) {
    const Alternative& alternative = alternatives[i];
    const std::string row = fmt::format("{}/{}", at, i);
    table.Add({{CountText(alternative.tokens), row + "/tokens"},
               {NumberText(alternative.loss.value), row + "/loss"},
               {IntervalText(alternative.loss.interval), row + "/interval"},
               {HoursText(alternative.hours), row + "/hours"}});
  }
  return table;
}

Blocks PriceBlocks(const TargetPrice& price, const std::string& at) {
  Table table(
      {{fmt::format("{} tokens on {}", CountText(price.tokens), price.device.name), Align::kLeft},
       {"FLOP"},
       {"hours"},
       {"of which activations"},
       {"SAE"},
       {"FLOP, activations", Align::kRight, Audience::kPages},
       {"FLOP, SAE", Align::kRight, Audience::kPages}});
  table.Add({"at peak (lower bound)",
             NumberText(price.half_forward_flops + price.sae_flops, 3),
             {HoursText(price.hours_at_peak()), at + "/at_peak/hours"},
             {HoursText(price.half_forward_hours), at + "/at_peak/half_forward_hours"},
             {HoursText(price.sae_hours), at + "/at_peak/sae_hours"},
             {NumberText(price.half_forward_flops, 3), at + "/at_peak/half_forward_flops"},
             {NumberText(price.sae_flops, 3), at + "/at_peak/sae_flops"}});
  table.Add({fmt::format("exact count at {} utilisation", LevelText(price.utilisation)),
             NumberText(price.exact_forward_flops + price.exact_sae_flops, 3),
             {HoursText(price.exact_hours()), at + "/exact/hours"},
             {HoursText(price.exact_forward_hours), at + "/exact/forward_hours"},
             {HoursText(price.exact_sae_hours), at + "/exact/sae_hours"},
             {NumberText(price.exact_forward_flops, 3), at + "/exact/forward_flops"},
             {NumberText(price.exact_sae_flops, 3), at + "/exact/sae_flops"}});
  const std::string memory =
      fmt::format("device memory {}, SAE on disk {}, activations had they been stored {}",
                  FormatBytes(price.device_bytes),
                  FormatBytes(price.weights_bytes),
                  FormatBytes(price.activations_bytes));
  return {std::move(table), Unbroken({memory})};
}

}  // namespace saelaw
