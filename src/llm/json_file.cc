#include "llm/json_file.h"

#include <nlohmann/json.hpp>

#include "run/errors.h"
#include "run/files.h"

namespace saelaw {

nlohmann::json ReadJsonObject(const std::filesystem::path& path) {
  nlohmann::json json = nlohmann::json::parse(ReadFile(path), nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw IoError(path.string() + ": not a JSON object");
  return json;
}

}  // namespace saelaw
