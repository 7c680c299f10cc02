// What `saelaw recommend` prints is also a part of what `saelaw report` prints. Both are made from
// one object with the same keys, so that a program that reads the one can read the other.
#include <cstdint>
#include <limits>

#include "core/architecture_traits.h"
#include "report/json_parts.h"
#include "report/tables/law_words.h"
#include "report/tables/study_words.h"
#include "report/tables/transfer_words.h"
#include "report/tables/verdict_words.h"

namespace saelaw {
namespace report_json {
namespace {

// The number means a target, a coefficient or the latents that are kept, by the rule that `kind`
// names.
Json SparsityObject(const RunSpec& run) {
  const TrainingSpec& training = run.training;
  const bool target = training.sparsity == SparsityRule::kTargetL0;
  Json sparsity = {{"kind", Name(training.sparsity)},
                   {"value", Number(target ? training.target_l0 : training.sparsity_coefficient)},
                   {"basis", "copied from the law's runs"}};
  if (FindTraits(run.sae.architecture).keeps_k) {
    sparsity["kind"] = "k";
    sparsity["value"] = Number(run.sae.k);
  }
  return sparsity;
}

Json AlternativesObject(std::span<const Alternative> alternatives) {
  Json rows = Json::array();
  for (const Alternative& alternative : alternatives) {
    rows.push_back({{"tokens", Number(alternative.tokens)},
                    {"loss", Number(alternative.loss.value)},
                    {"interval", Range(alternative.loss.interval)},
                    {"hours", Number(alternative.hours)}});
  }
  return rows;
}

Json TransferObject(std::span<const Transfer> transfers) {
  Json rows = Json::array();
  for (const Transfer& transfer : transfers) {
    rows.push_back({{"field", FieldText(transfer.of)},
                    {"swept", SweptText(transfer)},
                    {"target", TargetText(transfer)},
                    {"rule", RuleText(transfer)},
                    {"supported", transfer.supported}});
  }
  return rows;
}

// Unlike a probability of 0, an unknown one is null.
Json RiskObject(const RateRisk& risk) {
  Json rates = Json::array();
  for (const RatedRate& rate : risk.rates) {
    rates.push_back({{"lr", Number(rate.lr)},
                     {"failure_probability", Number(rate.failure_probability)},
                     {"loss", Number(rate.loss)},
                     {"expected_loss", Number(rate.expected_loss)},
                     {"advised", rate.advised},
                     {"least_loss", rate.least_loss},
                     {"safe", rate.safe},
                     {"best", rate.best}});
  }
  return {{"failure_probability", Number(risk.failure_probability)},
          {"cost", Number(risk.cost)},
          {"taken", risk.taken > 0 ? Number(risk.taken) : Json("least-loss")},
          {"seen_at", Number(risk.failure.seen_at)},
          {"seen_in_runs", risk.failure.runs},
          {"rates", std::move(rates)}};
}

Json VerdictObject(const Recommendation& r) {
  const Verdict& verdict = r.verdict;
  Json reasons = Json::array();
  for (const Reason& reason : verdict.reasons) {
    reasons.push_back({{"reason", Name(reason.kind)},
                       {"value", Number(reason.value)},
                       {"text", ReasonText(reason)}});
  }
  return {{"confidence", Name(verdict.confidence)},
          {"answers", verdict.answers},
          {"sentence", VerdictSentence(r)},
          {"reasons", std::move(reasons)},
          {"next", {{"step", Name(verdict.next.kind)}, {"text", NextText(verdict.next)}}}};
}

void AddEstimate(const std::string& name, const Estimate& estimate, Json& json) {
  json[name + "_predicted"] = Number(estimate.value);
  json[name + "_interval"] = Range(estimate.interval);
}

// Says what a figure was measured on; null where a result does not say.
Json CountsOn(const char* what, std::int64_t count, std::int64_t tokens) {
  if (tokens == 0) return nullptr;
  return {{what, count}, {"tokens", tokens}};
}

Json StudyRunObject(const StudyRun& run) {
  Json json = {{"id", run.id},
               {"stage", Name(run.stage)},
               {"tokens", run.tokens},
               {"d_sae", run.d_sae},
               {"lr", Number(run.lr)},
               {"seed", run.seed},
               {"outcome", Name(run.outcome)}};
  AddMetrics(MetricGroup::kHeldOut, run, json);
  AddMetrics(MetricGroup::kLatents, run, json);
  AddMetrics(MetricGroup::kTraining, run, json);
  json["held_out"] = CountsOn("documents", run.held_out_documents, run.held_out_tokens);
  json["curve_on"] = CountsOn("parts", run.curve_parts, run.curve_tokens);
  json["firing_histogram"] = run.firing_histogram;
  AddMetrics(MetricGroup::kSplice, run, json);
  json["ce_on"] = CountsOn("documents", run.splice.documents, run.splice.tokens);
  AddMetrics(MetricGroup::kWeights, run, json);
  json["short"] = run.short_run;
  json["left_out"] = TextOrNull(LeftOutText(run.left_out));
  json["origin"] = TextOrNull(run.origin);
  return json;
}

Json LawObject(const FoundLaw& law) {
  Json json = FitObject(*law.fit, {});
  // Only laws of rates rest on optima or brackets.
  if (law.optima != nullptr) json["optima"] = OptimaObject(*law.optima);
  if (law.brackets != nullptr) json["brackets"] = BracketsObject(*law.brackets);
  return json;
}

Json LawsObject(const Findings& findings) {
  Json json = Json::object();
  for (const FoundLaw& law : ListLaws(findings)) {
    json[WordsFor(law).json] = LawObject(law);
    if (law.role == LawRole::kLossAtOneRate) json["loss_law_lr"] = Number(law.lr);
  }
  // This is the key of the law above that the predictions come from.
  json["predicts_with"] = findings.loss.BestPredicts() ? "best_loss" : "loss";
  json["comparison"] = ComparisonObject(findings.loss.comparison);
  return json;
}

}  // namespace

Json RecommendationObject(const Recommendation& r, const std::string& config_path) {
  Json json = {{"sweep", r.sweep},
               {"demonstration", r.demonstration},
               {"verdict", VerdictObject(r)},
               {"refused", r.refused},
               // A rate of 0 stands for none.
               {"lr", r.lr > 0 ? Number(r.lr) : Json(nullptr)},
               {"lr_interval", Range(r.lr_interval)},
               {"lr_basis", Name(r.lr_basis)},
               {"lr_max", Number(r.lr_max.value)},
               {"lr_max_interval", Range(r.lr_max.interval)},
               {"lr_bound", r.lr_bound > 0 ? Number(r.lr_bound) : Json(nullptr)},
               {"lr_margin", Number(r.lr_margin)},
               {"lr_survival", Number(r.lr_survival)},
               {"lr_regret", Number(r.lr_regret)},
               {"lr_optimum", Number(r.lr_optimum.value)},
               {"lr_optimum_interval", Range(r.lr_optimum.interval)},
               {"lr_cost", Number(r.lr_cost.value)},
               {"lr_cost_interval", Range(r.lr_cost.interval)},
               {"lr_surface", Number(r.lr_surface.value)},
               {"lr_surface_interval", Range(r.lr_surface.interval)}};
  AddEstimate("loss", r.loss, json);
  AddEstimate("mse", r.parts.mse, json);
  AddEstimate("penalty", r.parts.penalty, json);
  AddEstimate("fvu", r.parts.fvu, json);
  AddEstimate("l0", r.parts.l0, json);
  AddEstimate("loss_recovered", r.parts.loss_recovered, json);
  json["risk"] = RiskObject(r.risk);
  json["loss_basis"] = BasisText(r.loss_basis);
  json["exponents"] = {{"loss", OneParameter(r.loss_exponent)},
                       {"lr", OneParameter(r.lr_exponent)}};
  json["tokens"] = Number(r.tokens);
  json["d_sae"] = r.d_sae;
  json["batch_tokens"] = r.run.training.batch_tokens;
  json["schedule"] = Name(r.run.training.schedule);
  json["sparsity"] = SparsityObject(r.run);
  json["threshold_lr"] = Number(r.threshold_lr);
  json["flops"] = Number(r.price.half_forward_flops + r.price.sae_flops);
  json["hours"] = {{r.price.device.name, Number(r.price.exact_hours())}};
  json["hours_at_peak"] = {{r.price.device.name, Number(r.price.hours_at_peak())}};
  json["price"] = PriceObject(r.price);
  json["alternatives"] = AlternativesObject(r.alternatives);
  json["holdout"] = HoldOutObject(r.hold_out);
  json["transfer"] = TransferObject(r.transfer);
  json["extrapolation_factor"] = Number(r.extrapolation_factor);
  json["criticism"] = CriticismObject(r.criticism);
  json["lr_criticism"] = CriticismObject(r.lr_criticism);
  json["lr_max_criticism"] = CriticismObject(r.lr_max_criticism);
  json["would_change"] = ChangeTexts(r.would_change);
  json["evidence"] = r.evidence;
  json["warnings"] = TopWarnings(r);
  json["config_path"] = TextOrNull(config_path);
  return json;
}

Json ReportObject(const Report& report) {
  Json json = Head("report");
  json["sweep"] = report.recommendation.sweep;
  json["question"] = TextOrNull(report.question);
  json["prediction"] = TextOrNull(report.prediction);
  json["cost"] = TextOrNull(report.cost);
  json["made_at"] = TextOrNull(report.made_at);
  json["saelaw_version"] = report.saelaw_version;
  json["demonstration"] = report.recommendation.demonstration;
  json["warnings"] = TopWarnings(report);
  json["recommendation"] = RecommendationObject(report.recommendation, report.config_path);
  json["laws"] = LawsObject(report.findings);
  json["holdout"] = HoldOutObject(report.findings.hold_out);
  json["all_short"] = report.findings.loss.all_short;
  json["runs"] = Json::array();
  for (const StudyRun& run : report.findings.runs) json["runs"].push_back(StudyRunObject(run));
  return json;
}

}  // namespace report_json

std::string RecommendationJson(const Recommendation& recommendation,
                               const std::string& config_path) {
  report_json::Json json = report_json::Head("recommend");
  json.update(report_json::RecommendationObject(recommendation, config_path));
  return report_json::Dump(json);
}

std::string ReportJson(const Report& report) {
  return report_json::Dump(report_json::ReportObject(report));
}

}  // namespace saelaw
