#include "core/run_result.h"

#include "core/json.h"

namespace saelaw {
namespace {

using json::FromDouble;
using json::Json;
using json::ToDouble;

Json ToJsonObject(const Evaluation& evaluation) {
  Json json = {{"tokens", evaluation.tokens},
               {"loss", FromDouble(evaluation.loss)},
               {"mse", FromDouble(evaluation.mse)},
               {"fvu", FromDouble(evaluation.fvu)},
               {"l0", FromDouble(evaluation.l0)},
               {"dead_fraction", FromDouble(evaluation.dead_fraction)}};
  const EvaluationErrors& se = evaluation.se;
  if (std::isnan(se.loss)) return json;  // a curve's points stay short
  json["loss_se"] = FromDouble(se.loss);
  json["mse_se"] = FromDouble(se.mse);
  json["fvu_se"] = FromDouble(se.fvu);
  json["l0_se"] = FromDouble(se.l0);
  json["dead_fraction_se"] = FromDouble(se.dead_fraction);
  return json;
}

// NaN where there is no such key.
double OptionalDouble(const Json& json, const char* key) {
  return json.contains(key) ? ToDouble(json.at(key)) : std::numeric_limits<double>::quiet_NaN();
}

Evaluation EvaluationFrom(const Json& json) {
  return {json.at("tokens").get<std::int64_t>(),
          ToDouble(json.at("loss")),
          ToDouble(json.at("mse")),
          ToDouble(json.at("fvu")),
          ToDouble(json.at("l0")),
          ToDouble(json.at("dead_fraction")),
          {OptionalDouble(json, "loss_se"),
           OptionalDouble(json, "mse_se"),
           OptionalDouble(json, "fvu_se"),
           OptionalDouble(json, "l0_se"),
           OptionalDouble(json, "dead_fraction_se")}};
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

void AddSplice(const SpliceLosses& splice, Json& json) {
  json["ce"] = FromDouble(splice.ce);
  json["ce_delta"] = FromDouble(splice.ce_delta);
  json["ce_zero"] = FromDouble(splice.ce_zero);
  json["loss_recovered"] = FromDouble(splice.loss_recovered);
  json["ce_se"] = FromDouble(splice.ce_se);
  json["ce_delta_se"] = FromDouble(splice.ce_delta_se);
  json["ce_zero_se"] = FromDouble(splice.ce_zero_se);
  json["loss_recovered_se"] = FromDouble(splice.loss_recovered_se);
  json["ce_documents"] = splice.documents;
  json["ce_tokens"] = splice.tokens;
}

SpliceLosses SpliceFrom(const Json& json) {
  SpliceLosses splice;
  splice.ce = ToDouble(json.at("ce"));
  splice.ce_delta = ToDouble(json.at("ce_delta"));
  splice.ce_zero = ToDouble(json.at("ce_zero"));
  splice.loss_recovered = ToDouble(json.at("loss_recovered"));
  splice.ce_se = OptionalDouble(json, "ce_se");
  splice.ce_delta_se = OptionalDouble(json, "ce_delta_se");
  splice.ce_zero_se = OptionalDouble(json, "ce_zero_se");
  splice.loss_recovered_se = OptionalDouble(json, "loss_recovered_se");
  splice.documents = json.value("ce_documents", std::int64_t{0});
  splice.tokens = json.value("ce_tokens", std::int64_t{0});
  return splice;
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
  if (json.contains("ce")) result.splice = SpliceFrom(json);
  if (json.contains("held_out")) result.held_out = RecordFrom(json.at("held_out"));
  result.dense_fraction_se = OptionalDouble(json, "dense_fraction_se");
  result.curve_tokens = json.value("curve_tokens", std::int64_t{0});
  result.curve_parts = json.value("curve_parts", std::int64_t{0});
}

RunResult ResultFrom(const Json& json) {
  RunResult result;
  json.at("id").get_to(result.id);
  result.end = json::EnumNamed(json.at("end"), RunEnd::kOutOfMemory);
  json.at("end_reason").get_to(result.end_reason);
  json.at("tokens").get_to(result.tokens);
  result.final = EvaluationFrom(json.at("final"));
  for (const Json& point : json.at("curve")) result.curve.push_back(EvaluationFrom(point));
  result.threshold = QuantilesFrom(json.at("threshold"));
  result.dead_fraction_training = ToDouble(json.at("dead_fraction_training"));
  result.dense_fraction = ToDouble(json.at("dense_fraction"));
  result.train_loss = ToDouble(json.at("train_loss"));
  result.wall_seconds = ToDouble(json.at("wall_seconds"));
  result.tokens_per_second = ToDouble(json.at("tokens_per_second"));
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
               {"final", ToJsonObject(result.final)},
               {"curve", curve},
               {"threshold", ToJsonObject(result.threshold)},
               {"dead_fraction_training", FromDouble(result.dead_fraction_training)},
               {"dead_after_tokens", result.dead_after_tokens},
               {"fired_once", result.fired_once},
               {"fired_twice", result.fired_twice},
               {"dense_fraction", FromDouble(result.dense_fraction)},
               {"firing_histogram", result.firing_histogram},
               {"train_loss", FromDouble(result.train_loss)},
               {"wall_seconds", FromDouble(result.wall_seconds)},
               {"tokens_per_second", FromDouble(result.tokens_per_second)},
               {"provenance", ToJsonObject(result.provenance)},
               {"weights", result.weights}};
  AddSplice(result.splice, json);
  json["curve_tokens"] = result.curve_tokens;
  json["curve_parts"] = result.curve_parts;
  json["dense_fraction_se"] = FromDouble(result.dense_fraction_se);
  if (!result.held_out.empty()) json["held_out"] = ToJsonObject(result.held_out);
  return json.dump();
}

RunResult RunResultFromJson(std::string_view text) {
  return json::Read("result", text, ResultFrom);
}

}  // namespace saelaw
