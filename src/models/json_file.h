// JSON files beside a checkpoint's weights.
#pragma once

#include <filesystem>

#include <nlohmann/json_fwd.hpp>

namespace saelaw {

// The file's object. Throws IoError when it cannot be read, is not JSON, or is not an object;
// ConfigurationError for a git LFS pointer.
nlohmann::json ReadJsonObject(const std::filesystem::path& path);

}  // namespace saelaw
