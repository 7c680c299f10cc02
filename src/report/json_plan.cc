// A plan and a status are lists of runs with their sums. A figure that is not known is null, so
// that a program can tell it from zero.
#include <limits>

#include "report/json_parts.h"
#include "report/tables/plan_words.h"

namespace saelaw {
namespace {

using namespace report_json;  // NOLINT: the pieces of this room's own JSON

Json RunObject(const PlannedRun& run) {
  return {{"id", run.id},
          {"stage", Name(run.stage)},
          {"tokens", run.spec.tokens},
          {"d_sae", run.spec.sae.d_sae},
          {"lr", Number(run.spec.training.lr)},
          {"seed", run.spec.seed},
          {"reason", WhyAskedText(run)},
          {"predicted",
           {{"seconds", Number(run.predicted.seconds)},
            {"device_bytes", Number(run.predicted.device_bytes)},
            {"flops", Number(run.predicted.flops())}}}};
}

Json DerivationObject(const TokenDerivation& derivation) {
  return {{"reference_tokens", Number(derivation.reference_tokens)},
          {"reference_vocabulary", Number(derivation.reference_vocabulary)},
          {"vocabulary", Number(derivation.vocabulary)},
          {"size_ratio", Number(derivation.size_ratio)},
          {"assumption", "uniform token entropy"}};
}

Json TargetObject(const PlanReport& report) {
  if (!report.target) return nullptr;
  Json target = PriceObject(*report.target);
  target["d_sae"] = report.target_d_sae;
  target["derivation"] = report.derivation ? DerivationObject(*report.derivation) : Json(nullptr);
  return target;
}

// Null says that no interval was asked for; a refusal says that none can be had.
Json ExpectedObject(const PlanReport& report) {
  if (!report.expected_interval) return nullptr;
  const ExpectedInterval& expected = *report.expected_interval;
  return {{"loss", expected.ok() ? Number(expected.loss) : Json(nullptr)},
          {"interval", Range(expected.interval)},
          {"basis", TextOrNull(ForeseenFromText(expected))},
          {"refusal", TextOrNull(UnforeseenText(expected))}};
}

// Sums over the runs of this round, save for the memory, which is the largest of one run.
Json TotalObject(const PlanReport& report) {
  const RunsTotal total = AddUp(report.plan.runs);
  const double unknown = std::numeric_limits<double>::quiet_NaN();
  return {{"runs", report.plan.runs.size()},
          {"known_runs", report.known_runs},
          {"tokens", total.tokens},
          {"seconds", Number(total.seconds)},
          {"wall_seconds", Number(report.wall_seconds.value_or(unknown))},
          {"device_bytes", Number(total.device_bytes)},
          {"flops", Number(total.flops)}};
}

Json StatusRowObject(const StatusRow& run) {
  // A run that has not ended well or badly yet has no result.
  Json result = nullptr;
  if (run.result) {
    result = Json{{"outcome", Name(run.result->outcome)}};
    result.update(EvaluationObject(run.result->final));
    result["wall_seconds"] = Number(run.result->wall_seconds);
  }
  return {{"id", run.id},
          {"arm", TextOrNull(run.arm)},
          {"state", run.state},
          {"attempts", run.attempts},
          {"progress", Number(run.progress)},
          {"eta_seconds", Number(run.eta_seconds)},
          {"result", result},
          {"stage", Name(run.stage)},
          {"tokens", run.tokens},
          {"d_sae", run.d_sae},
          {"lr", Number(run.lr)},
          {"seed", run.seed},
          {"message", TextOrNull(run.message)}};
}

}  // namespace

std::string PlanJson(const PlanReport& report) {
  Json json = Head("plan");
  json["sweep"] = report.sweep;
  json["demonstration"] = report.demonstration;
  json["complete"] = report.plan.complete;
  json["runs"] = Json::array();
  for (const PlannedRun& run : report.plan.runs) json["runs"].push_back(RunObject(run));
  json["total"] = TotalObject(report);
  const bool expected = report.expected_interval && report.expected_interval->ok();
  json["expected_interval_width"] =
      expected ? Number(report.expected_interval->width()) : Json(nullptr);
  json["expected_interval"] = ExpectedObject(report);
  json["target"] = TargetObject(report);
  json["notes"] = NoteTexts(report.plan.notes);
  return Dump(json);
}

std::string StatusJson(const Status& status) {
  Json json = Head("status");
  json["sweep"] = status.sweep;
  json["runs"] = Json::array();
  for (const StatusRow& run : status.runs) json["runs"].push_back(StatusRowObject(run));
  json["counts"] = Json::object();
  for (const auto& [state, count] : status.Counts()) json["counts"][state] = count;
  json["eta_seconds"] = Number(status.eta_seconds);
  return Dump(json);
}

}  // namespace saelaw
