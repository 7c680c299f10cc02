// Results are stored for years: what the first version wrote has to be there, and what came later
// is read as unknown where it is absent. The table of metrics says which is which.
#include "core/run_result.h"

#include "core/json.h"
#include "core/metrics.h"

namespace saelaw {
namespace {

using json::FromDouble;
using json::Json;
using json::ToDouble;

// NaN where there is no such key.
double OptionalDouble(const Json& json, const std::string& key) {
  return json.contains(key) ? ToDouble(json.at(key)) : std::numeric_limits<double>::quiet_NaN();
}

// A metric that every version has stored must be there.
double StoredValue(const Json& json, const Metric& metric) {
  const std::string name(metric.name);
  return metric.since_first ? ToDouble(json.at(name)) : OptionalDouble(json, name);
}

bool IsHeldOut(const Metric& metric) { return metric.group == MetricGroup::kHeldOut; }

Json ToJsonObject(const Evaluation& evaluation) {
  Json json = {{"tokens", evaluation.tokens}};
  for (const Metric& metric : AllMetrics()) {
    if (IsHeldOut(metric)) json[std::string(metric.name)] = FromDouble(ValueIn(metric, evaluation));
  }
  return json;
}

Evaluation EvaluationFrom(const Json& json) {
  Evaluation evaluation;
  json.at("tokens").get_to(evaluation.tokens);
  for (const Metric& metric : AllMetrics()) {
    if (IsHeldOut(metric)) ValueIn(metric, evaluation) = StoredValue(json, metric);
  }
  return evaluation;
}

// The held-out means and their errors; an evaluation without errors, as of a run that diverged,
// stays short.
Json FinalToJson(const RunMeasures& run) {
  Json json = ToJsonObject(run.final);
  if (std::isnan(run.final.se.loss)) return json;
  for (const Metric& metric : AllMetrics()) {
    if (IsHeldOut(metric)) json[ErrorName(metric)] = FromDouble(MetricError(metric, run));
  }
  return json;
}

void ReadFinal(const Json& json, RunMeasures& run) {
  run.final = EvaluationFrom(json);
  for (const Metric& metric : AllMetrics()) {
    if (IsHeldOut(metric)) SetMetricError(metric, OptionalDouble(json, ErrorName(metric)), run);
  }
}

// The numbers that are not of an evaluation stand in the result itself; one that earlier versions
// did not measure, only where it was measured.
void AddMetrics(const RunMeasures& run, Json& json) {
  for (const Metric& metric : AllMetrics()) {
    const bool left_out = (metric.shown & kWhereKnown) != 0 && std::isnan(MetricValue(metric, run));
    if (IsHeldOut(metric) || left_out) continue;
    json[std::string(metric.name)] = FromDouble(MetricValue(metric, run));
    if (HasError(metric)) json[ErrorName(metric)] = FromDouble(MetricError(metric, run));
  }
}

void ReadMetrics(const Json& json, RunMeasures& run) {
  for (const Metric& metric : AllMetrics()) {
    if (IsHeldOut(metric)) continue;
    SetMetric(metric, StoredValue(json, metric), run);
    SetMetricError(metric, OptionalDouble(json, ErrorName(metric)), run);
  }
}

Json FromDoubles(const std::vector<double>& values) {
  Json json = Json::array();
  for (const double value : values) json.push_back(FromDouble(value));
  return json;
}

std::vector<double> ToDoubles(const Json& json) {
  std::vector<double> values;
  for (const Json& value : json) values.push_back(ToDouble(value));
  return values;
}

Json ToJsonObject(const HeldOutRecord& record) {
  return {{"documents", record.documents},
          {"tokens", record.tokens},
          {"counts", record.counts},
          {"loss", FromDoubles(record.loss)},
          {"mse", FromDoubles(record.mse)},
          {"l0", FromDoubles(record.l0)},
          {"variance", FromDoubles(record.variance)}};
}

HeldOutRecord RecordFrom(const Json& json) {
  HeldOutRecord record;
  json.at("documents").get_to(record.documents);
  json.at("tokens").get_to(record.tokens);
  json.at("counts").get_to(record.counts);
  record.loss = ToDoubles(json.at("loss"));
  record.mse = ToDoubles(json.at("mse"));
  record.l0 = ToDoubles(json.at("l0"));
  record.variance = ToDoubles(json.at("variance"));
  return record;
}

Json ToJsonObject(const Quantiles& quantiles) {
  return {{"q05", FromDouble(quantiles.q05)},
          {"q25", FromDouble(quantiles.q25)},
          {"q50", FromDouble(quantiles.q50)},
          {"q75", FromDouble(quantiles.q75)},
          {"q95", FromDouble(quantiles.q95)}};
}

Quantiles QuantilesFrom(const Json& json) {
  return {ToDouble(json.at("q05")),
          ToDouble(json.at("q25")),
          ToDouble(json.at("q50")),
          ToDouble(json.at("q75")),
          ToDouble(json.at("q95"))};
}

Json ToJsonObject(const Provenance& provenance) {
  return {{"host", provenance.host},
          {"device", provenance.device},
          {"instruction_set", provenance.instruction_set},
          {"torch_version", provenance.torch_version},
          {"saelaw_version", provenance.saelaw_version},
          {"threads", provenance.threads},
          {"gang_size", provenance.gang_size},
          {"trunk_size", provenance.trunk_size}};
}

Provenance ProvenanceFrom(const Json& json) {
  Provenance provenance;
  json.at("host").get_to(provenance.host);
  json.at("device").get_to(provenance.device);
  json.at("instruction_set").get_to(provenance.instruction_set);
  json.at("torch_version").get_to(provenance.torch_version);
  json.at("saelaw_version").get_to(provenance.saelaw_version);
  json.at("threads").get_to(provenance.threads);
  json.at("gang_size").get_to(provenance.gang_size);
  provenance.trunk_size = json.value("trunk_size", 1);  // results of earlier versions have none
  return provenance;
}

// Results of earlier versions have none of these.
void ReadLaterAdditions(const Json& json, RunResult& result) {
  result.origin = json.value("origin", "");
  result.dead_after_tokens = json.value("dead_after_tokens", std::int64_t{0});
  result.fired_once = json.value("fired_once", std::int64_t{-1});
  result.fired_twice = json.value("fired_twice", std::int64_t{-1});
  if (json.contains("firing_histogram"))
    json.at("firing_histogram").get_to(result.firing_histogram);
  result.splice.documents = json.value("ce_documents", std::int64_t{0});
  result.splice.tokens = json.value("ce_tokens", std::int64_t{0});
  if (json.contains("held_out")) result.held_out = RecordFrom(json.at("held_out"));
  result.curve_tokens = json.value("curve_tokens", std::int64_t{0});
  result.curve_parts = json.value("curve_parts", std::int64_t{0});
}

RunResult ResultFrom(const Json& json) {
  RunResult result;
  json.at("id").get_to(result.id);
  result.end = json::EnumNamed(json.at("end"), RunEnd::kOutOfMemory);
  json.at("end_reason").get_to(result.end_reason);
  json.at("tokens").get_to(result.tokens);
  ReadFinal(json.at("final"), result);
  for (const Json& point : json.at("curve")) result.curve.push_back(EvaluationFrom(point));
  result.threshold = QuantilesFrom(json.at("threshold"));
  ReadMetrics(json, result);
  result.provenance = ProvenanceFrom(json.at("provenance"));
  json.at("weights").get_to(result.weights);
  ReadLaterAdditions(json, result);
  return result;
}

}  // namespace

std::string ToJson(const RunResult& result) {
  Json curve = Json::array();
  for (const Evaluation& point : result.curve) curve.push_back(ToJsonObject(point));
  Json json = {{"id", result.id},
               {"origin", result.origin},
               {"end", Name(result.end)},
               {"end_reason", result.end_reason},
               {"tokens", result.tokens},
               {"final", FinalToJson(result)},
               {"curve", curve},
               {"threshold", ToJsonObject(result.threshold)},
               {"dead_after_tokens", result.dead_after_tokens},
               {"fired_once", result.fired_once},
               {"fired_twice", result.fired_twice},
               {"firing_histogram", result.firing_histogram},
               {"provenance", ToJsonObject(result.provenance)},
               {"weights", result.weights}};
  AddMetrics(result, json);
  json["ce_documents"] = result.splice.documents;
  json["ce_tokens"] = result.splice.tokens;
  json["curve_tokens"] = result.curve_tokens;
  json["curve_parts"] = result.curve_parts;
  if (!result.held_out.empty()) json["held_out"] = ToJsonObject(result.held_out);
  return json.dump();
}

RunResult RunResultFromJson(std::string_view text) {
  return json::Read("result", text, ResultFrom);
}

}  // namespace saelaw
