// config.json of a Hugging Face folder, read once: its keys, typed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace saelaw {

// Null counts as absent, as it does for transformers. Every call throws ConfigurationError where
// the key holds something of another type, or is required and missing.
class ConfigJson {
 public:
  // Throws as ReadJsonObject.
  explicit ConfigJson(const std::filesystem::path& folder);

  bool Has(const char* key) const { return Find(key) != nullptr; }
  std::int64_t Integer(const char* key) const;
  std::int64_t IntegerOr(const char* key, std::int64_t fallback) const;
  double Number(const char* key) const;
  double NumberOr(const char* key, double fallback) const;
  bool Flag(const char* key) const;  // false where it is absent
  std::string TextOr(const char* key, const char* fallback) const;
  // The object under this key, or an empty one; part of this one.
  ConfigJson Object(const char* key) const;
  [[noreturn]] void Fail(const char* key, const std::string& what) const;
  const std::filesystem::path& path() const { return path_; }  // of the file

 private:
  ConfigJson(std::filesystem::path path, std::shared_ptr<const nlohmann::json> object);
  const nlohmann::json* Find(const char* key) const;
  const nlohmann::json& Required(const char* key) const;

  std::filesystem::path path_;
  std::shared_ptr<const nlohmann::json> object_;
};

}  // namespace saelaw
