// A clone without git-lfs leaves small pointer files in place of JSON files, and a parser would
// only call them malformed. The pointer is therefore looked for before the text is parsed.
#include "models/json_file.h"

#include <nlohmann/json.hpp>

#include "core/errors.h"
#include "core/files.h"
#include "tensors/lfs_pointer.h"

namespace saelaw {

nlohmann::json ReadJsonObject(const std::filesystem::path& path) {
  const std::string text = ReadFile(path);
  RefuseLfsPointer(path, text);
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw IoError(path.string() + ": not a JSON object");
  return json;
}

}  // namespace saelaw
