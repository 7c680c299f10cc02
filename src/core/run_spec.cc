#include "core/run_spec.h"

#include <algorithm>

#include "core/files.h"
#include "core/json.h"

namespace saelaw {
namespace json {
namespace {

Json StretchToJson(const Stretch& stretch) {
  return stretch.in_tokens ? Json{{"tokens", stretch.tokens}}
                           : Json{{"fraction", stretch.fraction}};
}

Stretch StretchFromJson(const Json& json) {
  Stretch stretch;
  stretch.in_tokens = json.contains("tokens");
  if (stretch.in_tokens) {
    stretch.tokens = json.at("tokens").get<std::int64_t>();
  } else {
    stretch.fraction = json.at("fraction").get<double>();
  }
  return stretch;
}

Json SyntheticToJson(const SyntheticSource& source) {
  return {{"d_in", source.d_in},
          {"dictionary_size", source.dictionary_size},
          {"active_latents", source.active_latents},
          {"frequency_exponent", source.frequency_exponent},
          {"noise_sd", source.noise_sd},
          {"dictionary_seed", source.dictionary_seed}};
}

SyntheticSource SyntheticFromJson(const Json& json) {
  SyntheticSource source;
  json.at("d_in").get_to(source.d_in);
  json.at("dictionary_size").get_to(source.dictionary_size);
  json.at("active_latents").get_to(source.active_latents);
  json.at("frequency_exponent").get_to(source.frequency_exponent);
  json.at("noise_sd").get_to(source.noise_sd);
  json.at("dictionary_seed").get_to(source.dictionary_seed);
  return source;
}

// What of a model source determines a run's numbers beside the content hash.
Json ModelNumbersToJson(const ModelSource& source) {
  Json json = {{"hook", source.hook},
               {"layer", source.layer},
               {"context_tokens", source.context_tokens},
               {"precision", Name(source.precision)},
               {"short_documents", Name(source.short_documents)},
               {"held_out_documents", source.held_out_documents}};
  if (source.mixing_tokens > 0) json["mixing_tokens"] = source.mixing_tokens;
  if (source.spliced_contexts != kDefaultSplicedContexts) {
    json["spliced_contexts"] = source.spliced_contexts;
  }
  return json;
}

Json ModelToJson(const ModelSource& source) {
  Json json = ModelNumbersToJson(source);
  json["model"] = source.model;
  json["text"] = source.text;
  json["text_key"] = source.text_key;
  json["token_files"] = source.token_files;
  json["token_dtype"] = source.token_dtype;
  if (source.document_separator) json["document_separator"] = *source.document_separator;
  if (source.add_bos) json["add_bos"] = *source.add_bos;
  return json;
}

// What an earlier version wrote has none of these.
void ReadLaterAdditions(const Json& json, ModelSource& source) {
  source.spliced_contexts = json.value("spliced_contexts", kDefaultSplicedContexts);
  if (json.contains("short_documents")) {
    source.short_documents = EnumNamed(json.at("short_documents"), ShortDocuments::kDrop);
  }
  source.held_out_documents = json.value("held_out_documents", source.held_out_documents);
  source.mixing_tokens = json.value("mixing_tokens", source.mixing_tokens);
}

ModelSource ModelFromJson(const Json& json) {
  ModelSource source;
  json.at("hook").get_to(source.hook);
  json.at("layer").get_to(source.layer);
  json.at("context_tokens").get_to(source.context_tokens);
  source.precision = EnumNamed(json.at("precision"), Precision::kBf16);
  json.at("model").get_to(source.model);
  json.at("text").get_to(source.text);
  source.text_key = json.value("text_key", source.text_key);
  json.at("token_files").get_to(source.token_files);
  json.at("token_dtype").get_to(source.token_dtype);
  ReadLaterAdditions(json, source);
  if (json.contains("document_separator")) {
    source.document_separator = json.at("document_separator").get<std::int32_t>();
  }
  if (json.contains("add_bos")) source.add_bos = json.at("add_bos").get<bool>();
  return source;
}

Json PartsToJson(const DataParts& parts) {
  return {{"weights", parts.weights},
          {"configuration", parts.configuration},
          {"tokenizer", parts.tokenizer},
          {"text", parts.text},
          {"shards", parts.shards}};
}

DataParts PartsFromJson(const Json& json) {
  DataParts parts;
  json.at("weights").get_to(parts.weights);
  json.at("configuration").get_to(parts.configuration);
  json.at("tokenizer").get_to(parts.tokenizer);
  json.at("text").get_to(parts.text);
  json.at("shards").get_to(parts.shards);
  return parts;
}

// The part of a source that determines its numbers. Stored in run names: do not change.
Json CanonicalSource(const SourceSpec& source) {
  Json json = {{"kind", Name(source.kind)},
               {"identity", source.identity},
               {"held_out_tokens", source.held_out_tokens},
               {"normalise", source.normalise},
               {"split_seed", source.split_seed},
               {"outlier_norm", source.outlier_norm}};
  if (source.normalise) json["normalisation_tokens"] = source.normalisation_tokens;
  if (source.kind == SourceKind::kSynthetic) json["synthetic"] = SyntheticToJson(source.synthetic);
  if (source.kind == SourceKind::kModel) json["model"] = ModelNumbersToJson(source.model);
  return json;
}

Json SaeToJson(const SaeSpec& sae) {
  Json json = {{"d_sae", sae.d_sae},
               {"pre_encoder_bias", sae.pre_encoder_bias},
               {"threshold_parametrisation", Name(sae.threshold_parametrisation)},
               {"threshold_init", sae.threshold_init},
               {"bandwidth", sae.bandwidth}};
  if (sae.b_dec_init != BiasStart::kAuto) json["b_dec_init"] = Name(sae.b_dec_init);
  if (sae.w_enc_init_scale > 0) json["w_enc_init_scale"] = sae.w_enc_init_scale;
  return json;
}

SaeSpec SaeFromJson(const Json& json) {
  SaeSpec sae;
  json.at("d_sae").get_to(sae.d_sae);
  json.at("pre_encoder_bias").get_to(sae.pre_encoder_bias);
  sae.threshold_parametrisation =
      EnumNamed(json.at("threshold_parametrisation"), ThresholdParametrisation::kLog);
  json.at("threshold_init").get_to(sae.threshold_init);
  json.at("bandwidth").get_to(sae.bandwidth);
  if (json.contains("b_dec_init")) {
    sae.b_dec_init = EnumNamed(json.at("b_dec_init"), BiasStart::kZeros);
  }
  sae.w_enc_init_scale = json.value("w_enc_init_scale", 0.0);
  return sae;
}

Json TrainingToJson(const TrainingSpec& training) {
  return {{"batch_tokens", training.batch_tokens},
          {"lr", training.lr},
          {"threshold_lr", training.threshold_lr},
          {"schedule", Name(training.schedule)},
          {"lr_warmup", StretchToJson(training.lr_warmup)},
          {"lr_warmup_start", training.lr_warmup_start},
          {"decay_fraction", training.decay_fraction},
          {"adam_beta1", training.adam_beta1},
          {"adam_beta2", training.adam_beta2},
          {"adam_epsilon", training.adam_epsilon},
          {"sparsity", Name(training.sparsity)},
          {"sparsity_coefficient", training.sparsity_coefficient},
          {"target_l0", training.target_l0},
          {"sparsity_warmup", StretchToJson(training.sparsity_warmup)},
          {"gradient_clip", training.gradient_clip},
          {"dead_after_tokens", training.dead_after_tokens},
          {"evaluations", training.evaluations},
          {"precision", Name(training.precision)}};
}

TrainingSpec TrainingFromJson(const Json& json) {
  TrainingSpec training;
  json.at("batch_tokens").get_to(training.batch_tokens);
  json.at("lr").get_to(training.lr);
  json.at("threshold_lr").get_to(training.threshold_lr);
  training.schedule = EnumNamed(json.at("schedule"), Schedule::kWarmupStableDecay);
  training.lr_warmup = StretchFromJson(json.at("lr_warmup"));
  json.at("lr_warmup_start").get_to(training.lr_warmup_start);
  json.at("decay_fraction").get_to(training.decay_fraction);
  json.at("adam_beta1").get_to(training.adam_beta1);
  json.at("adam_beta2").get_to(training.adam_beta2);
  json.at("adam_epsilon").get_to(training.adam_epsilon);
  training.sparsity = EnumNamed(json.at("sparsity"), SparsityRule::kTargetL0);
  json.at("sparsity_coefficient").get_to(training.sparsity_coefficient);
  json.at("target_l0").get_to(training.target_l0);
  training.sparsity_warmup = StretchFromJson(json.at("sparsity_warmup"));
  json.at("gradient_clip").get_to(training.gradient_clip);
  json.at("dead_after_tokens").get_to(training.dead_after_tokens);
  json.at("evaluations").get_to(training.evaluations);
  training.precision = EnumNamed(json.at("precision"), Precision::kBf16);
  return training;
}

}  // namespace

Json SourceToJson(const SourceSpec& source) {
  return {{"kind", Name(source.kind)},
          {"synthetic", SyntheticToJson(source.synthetic)},
          {"model", ModelToJson(source.model)},
          {"shards", source.shards},
          {"d_in", source.d_in},
          {"held_out_tokens", source.held_out_tokens},
          {"normalisation_tokens", source.normalisation_tokens},
          {"normalise", source.normalise},
          {"outlier_norm", source.outlier_norm},
          {"split_seed", source.split_seed},
          {"identity", source.identity},
          {"parts", PartsToJson(source.parts)}};
}

SourceSpec SourceFromJson(const Json& json) {
  SourceSpec source;
  source.kind = EnumNamed(json.at("kind"), SourceKind::kModel);
  source.synthetic = SyntheticFromJson(json.at("synthetic"));
  source.model = ModelFromJson(json.at("model"));
  json.at("shards").get_to(source.shards);
  json.at("d_in").get_to(source.d_in);
  json.at("held_out_tokens").get_to(source.held_out_tokens);
  json.at("normalisation_tokens").get_to(source.normalisation_tokens);
  json.at("normalise").get_to(source.normalise);
  source.outlier_norm = json.value("outlier_norm", 0.0);  // 0.1.0 had no such rule
  json.at("split_seed").get_to(source.split_seed);
  json.at("identity").get_to(source.identity);
  // Absent from what an earlier version wrote.
  if (json.contains("parts")) source.parts = PartsFromJson(json.at("parts"));
  return source;
}

Json SpecToJson(const RunSpec& spec) {
  return {{"source", SourceToJson(spec.source)},
          {"sae", SaeToJson(spec.sae)},
          {"training", TrainingToJson(spec.training)},
          {"tokens", spec.tokens},
          {"seed", spec.seed},
          {"stream_seed", spec.stream_seed}};
}

RunSpec SpecFromJson(const Json& json) {
  RunSpec spec;
  spec.source = SourceFromJson(json.at("source"));
  spec.sae = SaeFromJson(json.at("sae"));
  spec.training = TrainingFromJson(json.at("training"));
  json.at("tokens").get_to(spec.tokens);
  json.at("seed").get_to(spec.seed);
  json.at("stream_seed").get_to(spec.stream_seed);
  return spec;
}

}  // namespace json

std::int64_t MixingTokens(const ModelSource& source, std::int64_t batch_tokens) {
  constexpr std::int64_t kContexts = 160, kBatches = 32;
  if (source.mixing_tokens > 0) return source.mixing_tokens;
  return std::max(kContexts * (source.context_tokens - 1), kBatches * batch_tokens);
}

std::string CanonicalJson(const RunSpec& spec) {
  const json::Json canonical = {{"numeric_version", kNumericVersion},
                                {"source", json::CanonicalSource(spec.source)},
                                {"sae", json::SaeToJson(spec.sae)},
                                {"training", json::TrainingToJson(spec.training)},
                                {"tokens", spec.tokens},
                                {"seed", spec.seed},
                                {"stream_seed", spec.stream_seed}};
  return canonical.dump();
}

RunId IdOf(const RunSpec& spec) { return HashBytes(CanonicalJson(spec)).substr(0, 16); }

std::string StreamKey(const RunSpec& spec) {
  const json::Json key = {{"source", json::CanonicalSource(spec.source)},
                          {"batch_tokens", spec.training.batch_tokens},
                          {"stream_seed", spec.stream_seed}};
  return HashBytes(key.dump()).substr(0, 16);
}

std::string SourceKey(const SourceSpec& source) {
  return HashBytes(json::CanonicalSource(source).dump()).substr(0, 16);
}

std::string ToJson(const RunSpec& spec) { return json::SpecToJson(spec).dump(); }

RunSpec RunSpecFromJson(std::string_view text) {
  return json::Read("run specification", text, json::SpecFromJson);
}

std::string ToJson(const SourceSpec& source) { return json::SourceToJson(source).dump(); }

SourceSpec SourceSpecFromJson(std::string_view text) {
  return json::Read("source", text, json::SourceFromJson);
}

}  // namespace saelaw
