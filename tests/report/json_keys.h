// The keys of an object that is printed with --json, in their order.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace saelaw {

inline std::vector<std::string> Keys(const nlohmann::ordered_json& json) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  return keys;
}

}  // namespace saelaw
