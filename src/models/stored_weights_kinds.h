// The two kinds of StoredWeights, for stored_weights.cc.
#pragma once

#include <filesystem>
#include <memory>

#include "models/stored_weights.h"

namespace saelaw {

std::unique_ptr<StoredWeights> OpenSafetensorsFolder(const std::filesystem::path& folder);
std::unique_ptr<StoredWeights> OpenGgufFiles(const std::filesystem::path& path);

}  // namespace saelaw
