// The same table of fields makes the JSON that jobs carry and the one that a run's name is hashed
// from; the latter leaves out what does not determine numbers. Stored in run names: do not change.
#include "core/run_spec.h"

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>

#include "core/files.h"
#include "core/json.h"
#include "core/names.h"
#include "core/spec_fields.h"

namespace saelaw {
namespace json {
namespace {

// What stands in the JSON for a member of each type.
template <typename Value>
Json ValueToJson(const Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    return Name(value);
  } else {
    return value;
  }
}
template <typename Value>
Json ValueToJson(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}
Json ValueToJson(const Stretch& stretch) {
  return stretch.in_tokens ? Json{{"tokens", stretch.tokens}}
                           : Json{{"fraction", stretch.fraction}};
}

template <typename Value>
void ReadValue(const Json& json, Value& value) {
  if constexpr (std::is_enum_v<Value>) {
    const auto name = json.get<std::string>();
    const std::optional<Value> named = Named<Value>(name);
    if (!named) throw IoError(fmt::format("unknown value '{}'", name));
    value = *named;
  } else {
    json.get_to(value);
  }
}
template <typename Value>
void ReadValue(const Json& json, std::optional<Value>& value) {
  value = json.get<Value>();
}
void ReadValue(const Json& json, Stretch& stretch) {
  stretch.in_tokens = json.contains("tokens");
  if (stretch.in_tokens) {
    json.at("tokens").get_to(stretch.tokens);
  } else {
    json.at("fraction").get_to(stretch.fraction);
  }
}

// The fields of a struct, but for those with one of the bits `without`.
template <typename Struct>
Json FieldsToJson(const Struct& of, unsigned without) {
  static const Struct kDefault;
  Json json = Json::object();
  ForEachField<Struct>([&](const SpecField& field, auto member) {
    if ((field.kept & without) != 0) return;
    if ((field.kept & kUnlessDefault) != 0 && of.*member == kDefault.*member) return;
    json[std::string(field.json)] = ValueToJson(of.*member);
  });
  return json;
}

// `fields` holds what stands for those that an earlier version did not write.
template <typename Struct>
Struct FieldsFromJson(const Json& json, Struct fields = {}) {
  ForEachField<Struct>([&](const SpecField& field, auto member) {
    const std::string name(field.json);
    if ((field.kept & (kUnlessDefault | kLater)) != 0 && !json.contains(name)) return;
    ReadValue(json.at(name), fields.*member);
  });
  return fields;
}

template <typename Struct>
Json All(const Struct& of) {
  return FieldsToJson(of, 0);
}
// What determines a run's numbers. Stored in run names: do not change.
template <typename Struct>
Json Canonical(const Struct& of) {
  return FieldsToJson(of, kNotHashed);
}

// The part of a source that determines its numbers. Stored in run names: do not change.
Json CanonicalSource(const SourceSpec& source) {
  Json json = Canonical(source);
  if (!source.normalise) json.erase("normalisation_tokens");
  if (source.kind == SourceKind::kSynthetic) json["synthetic"] = Canonical(source.synthetic);
  if (source.kind == SourceKind::kModel) json["model"] = Canonical(source.model);
  return json;
}

}  // namespace

Json SourceToJson(const SourceSpec& source) {
  Json json = All(source);
  json["synthetic"] = All(source.synthetic);
  json["model"] = All(source.model);
  json["parts"] = All(source.parts);
  return json;
}

SourceSpec SourceFromJson(const Json& json) {
  SourceSpec absent;
  absent.outlier_norm = 0;  // 0.1.0 had no such rule
  SourceSpec source = FieldsFromJson(json, absent);
  source.synthetic = FieldsFromJson<SyntheticSource>(json.at("synthetic"));
  source.model = FieldsFromJson<ModelSource>(json.at("model"));
  // Absent from what an earlier version wrote.
  if (json.contains("parts")) source.parts = FieldsFromJson<DataParts>(json.at("parts"));
  return source;
}

Json SpecToJson(const RunSpec& spec) {
  Json json = All(spec);
  json["source"] = SourceToJson(spec.source);
  json["sae"] = All(spec.sae);
  json["training"] = All(spec.training);
  return json;
}

RunSpec SpecFromJson(const Json& json) {
  RunSpec spec = FieldsFromJson<RunSpec>(json);
  spec.source = SourceFromJson(json.at("source"));
  spec.sae = FieldsFromJson<SaeSpec>(json.at("sae"));
  spec.training = FieldsFromJson<TrainingSpec>(json.at("training"));
  return spec;
}

}  // namespace json

std::int64_t MixingTokens(const ModelSource& source, std::int64_t batch_tokens) {
  constexpr std::int64_t kContexts = 160, kBatches = 32;
  if (source.mixing_tokens > 0) return source.mixing_tokens;
  return std::max(kContexts * (source.context_tokens - 1), kBatches * batch_tokens);
}

std::string CanonicalJson(const RunSpec& spec) {
  json::Json canonical = json::Canonical(spec);
  canonical["numeric_version"] = kNumericVersion;
  canonical["source"] = json::CanonicalSource(spec.source);
  canonical["sae"] = json::Canonical(spec.sae);
  canonical["training"] = json::Canonical(spec.training);
  return canonical.dump();
}

RunId ComputeId(const RunSpec& spec) { return HashBytes(CanonicalJson(spec)).substr(0, 16); }

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
