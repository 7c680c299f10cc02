// The schema is made from the table of keys, so that editors complete and check a sweep while it is
// written. It cannot say what two keys must agree on: the reader has the last word.
#include <nlohmann/json.hpp>

#include "sweep/keys.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;

Json Either(Json a, Json b) { return {{"anyOf", Json::array({std::move(a), std::move(b)})}}; }

Json Pattern(std::string_view pattern) { return {{"type", "string"}, {"pattern", pattern}}; }

// The limit of 64 entries is that of the reader (convert.cc).
Json OneOrMany(const Json& one) {
  return Either(one, {{"type", "array"}, {"items", one}, {"minItems", 1}, {"maxItems", 64}});
}

// The patterns follow the spellings of core/quantities.h: numbers with units, which are text for
// YAML.
constexpr std::string_view kCountPattern =
    R"(^ *\+?[0-9][0-9_]*(\.[0-9]+)?([eE][+]?[0-9]+)? *([KkMBGT]|[KMGT]i)? *$)";
constexpr std::string_view kNumberPattern =
    R"(^ *[+-]?[0-9_]*\.?[0-9]+([eE][+-]?[0-9]+)? *([KkMBGT]|[KMGT]i)? *$)";
constexpr std::string_view kFractionPattern = R"(^ *[0-9]*\.?[0-9]+ *%? *$)";
constexpr std::string_view kDurationPattern = R"(^ *([0-9]*\.?[0-9]+ *(s|m|min|h|d) *)+$)";
constexpr std::string_view kBytesPattern = R"(^ *[0-9]*\.?[0-9]+ *([KMGT]?i?B)? *$)";

constexpr std::string_view kNamePattern = "^[A-Za-z0-9_-]+$";

// A bare number is checked against the key's range here. Text with a unit is only checked for its
// form, since a pattern cannot compare; the reader checks its range.
Json Quantity(const Key& key, std::string_view type, std::string_view pattern) {
  Json number = {{"type", type}};
  const double infinity = std::numeric_limits<double>::infinity();
  if (key.range.low > -infinity) {
    number[key.range.low_open ? "exclusiveMinimum" : "minimum"] = key.range.low;
  }
  if (key.range.high < infinity) {
    number[key.range.high_open ? "exclusiveMaximum" : "maximum"] = key.range.high;
  }
  return Either(std::move(number), Pattern(pattern));
}

// Null is allowed, because a section whose keys are all left out is null in YAML.
Json Block() {
  return {{"type", Json::array({"object", "null"})},
          {"properties", Json::object()},
          {"additionalProperties", false}};
}

// YAML turns a bare true into a boolean before the schema sees it, so both forms are allowed.
Json SchemaOfChoice(const Key& key) {
  Json allowed = Json::array();
  for (const std::string_view word : Choices(key.choices)) {
    if (word == "true" || word == "false") allowed.push_back(word == "true");
    allowed.push_back(word);
  }
  return {{"enum", std::move(allowed)}};
}

Json MakeSchema(const Key& key) {
  switch (key.type) {
    case KeyType::kSection:
      return Block();
    case KeyType::kOptionalSection:
      return Either({{"const", "none"}}, Block());
    case KeyType::kSections:
      return {{"type", "array"}, {"items", Block()}};
    case KeyType::kText:
    case KeyType::kPath:
      return {{"type", "string"}, {"minLength", 1}};
    case KeyType::kPaths:
      return OneOrMany({{"type", "string"}, {"minLength", 1}});
    case KeyType::kNames:
      return OneOrMany(Pattern(kNamePattern));
    case KeyType::kRecipes:
      return {{"type", "object"}};  // its blocks are those of the sweep itself: AddRecipes
    case KeyType::kBool:
      return {{"type", "boolean"}};
    case KeyType::kChoice:
      return SchemaOfChoice(key);
    case KeyType::kDevices:
      return OneOrMany(Pattern("^(cpu|cuda(:[0-9]{1,2})?)$"));
    case KeyType::kCount:
      return Quantity(key, "integer", kCountPattern);
    case KeyType::kCounts:
      return OneOrMany(Quantity(key, "integer", kCountPattern));
    case KeyType::kNumber:
      return Quantity(key, "number", kNumberPattern);
    case KeyType::kNumbers:
      return OneOrMany(Quantity(key, "number", kNumberPattern));
    case KeyType::kNumberOrOff:
      // As with choices, a bare `off` may reach the editor as false.
      return Either({{"enum", Json::array({"off", false})}},
                    Quantity(key, "number", kNumberPattern));
    case KeyType::kFraction:
      return Quantity(key, "number", kFractionPattern);
    case KeyType::kRisk:
      return Either({{"const", "least-loss"}}, Quantity(key, "number", kFractionPattern));
    case KeyType::kStretch:
      return Either(Quantity(key, "number", kCountPattern), Pattern(kFractionPattern));
    case KeyType::kDuration:
      return Quantity(key, "number", kDurationPattern);
    case KeyType::kBytes:
      return Quantity(key, "number", kBytesPattern);
  }
  return Json::object();
}

// A block may be wrapped: in anyOf beside the word none (the second of the two), or in the items of
// a list. This finds the object inside which its keys are listed.
Json& Properties(Json& schema) {
  if (schema.contains("anyOf")) return schema["anyOf"][1]["properties"];
  if (schema.contains("items")) return schema["items"]["properties"];
  return schema["properties"];
}

void Place(Json& root, const Key& key) {
  // The sections on the way are there already, because a section stands before its keys in the
  // table.
  Json* object = &root;
  std::string_view rest = key.path;
  for (std::size_t dot = rest.find('.'); dot != rest.npos; dot = rest.find('.')) {
    std::string section(rest.substr(0, dot));
    // The path of a list's keys has [] behind the list's name.
    if (section.size() > 2 && section.back() == ']') section.resize(section.size() - 2);
    object = &Properties(*object)[section];
    rest.remove_prefix(dot + 1);
  }
  Json schema = MakeSchema(key);
  std::string description(key.doc);
  if (!key.fallback.empty()) description.append("; default: ").append(key.fallback);
  schema["description"] = description;
  Properties(*object)[std::string(rest)] = std::move(schema);
}

// A recipe changes what the sweep says of sae and training, so it has their keys; and it may name
// another.
void AddRecipes(Json& properties) {
  const Json sections = {{"recipe", {{"$ref", "#/properties/recipe"}}},
                         {"sae", {{"$ref", "#/properties/sae"}}},
                         {"training", {{"$ref", "#/properties/training"}}}};
  const Json recipe = {{"type", Json::array({"object", "null"})},
                       {"properties", sections},
                       {"additionalProperties", false}};
  Json& recipes = properties["study"]["properties"]["recipes"];
  recipes["patternProperties"] = {{kNamePattern, recipe}};
  recipes["additionalProperties"] = false;
}

}  // namespace

std::string SweepJsonSchema() {
  // The required sections are those that hold a key without a default.
  Json root = {{"$schema", "https://json-schema.org/draft/2020-12/schema"},
               {"title", "saelaw sweep"},
               {"type", "object"},
               {"properties", Json::object()},
               {"additionalProperties", false},
               {"required", Json::array({"activations", "sae", "study", "target"})}};
  for (const Key& key : AllKeys()) {
    if ((key.files & kInSweep) != 0) Place(root, key);
  }
  AddRecipes(root["properties"]);
  return root.dump(2) + "\n";
}

}  // namespace saelaw
