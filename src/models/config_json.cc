#include "models/config_json.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "models/json_file.h"

namespace saelaw {

using Json = nlohmann::json;

ConfigJson::ConfigJson(const std::filesystem::path& folder)
    : path_(folder / "config.json"), object_(std::make_shared<Json>(ReadJsonObject(path_))) {}

ConfigJson::ConfigJson(std::filesystem::path path, std::shared_ptr<const Json> object)
    : path_(std::move(path)), object_(std::move(object)) {}

const Json* ConfigJson::Find(const char* key) const {
  const auto found = object_->find(key);
  return found == object_->end() || found->is_null() ? nullptr : &*found;
}

const Json& ConfigJson::Required(const char* key) const {
  const Json* value = Find(key);
  if (value == nullptr) Fail(key, "is missing");
  return *value;
}

std::int64_t ConfigJson::Integer(const char* key) const {
  const Json& value = Required(key);
  if (!value.is_number_integer()) Fail(key, "is not an integer");
  return value.get<std::int64_t>();
}

std::int64_t ConfigJson::IntegerOr(const char* key, std::int64_t fallback) const {
  return Has(key) ? Integer(key) : fallback;
}

double ConfigJson::Number(const char* key) const {
  const Json& value = Required(key);
  if (!value.is_number()) Fail(key, "is not a number");
  return value.get<double>();
}

double ConfigJson::NumberOr(const char* key, double fallback) const {
  return Has(key) ? Number(key) : fallback;
}

bool ConfigJson::Flag(const char* key) const {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_boolean()) Fail(key, "is neither true nor false");
  return value != nullptr && value->get<bool>();
}

std::string ConfigJson::TextOr(const char* key, const char* fallback) const {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_string()) Fail(key, "is not a string");
  return value == nullptr ? fallback : value->get<std::string>();
}

ConfigJson ConfigJson::Object(const char* key) const {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_object()) Fail(key, "is not an object");
  return {path_, std::make_shared<Json>(value == nullptr ? Json::object() : *value)};
}

void ConfigJson::Fail(const char* key, const std::string& what) const {
  throw ConfigurationError(fmt::format("{}: {} {}", path_.string(), key, what));
}

}  // namespace saelaw
