// The two places a configuration comes from, and what tells them apart.
#pragma once

#include <filesystem>

#include "models/llama_config.h"

namespace saelaw {

// True for a Hugging Face folder, false for a GGUF file. Throws ConfigurationError for anything
// else, with what to do about it.
bool IsModelFolder(const std::filesystem::path& path);

LlamaConfig ReadFolderConfig(const std::filesystem::path& folder);
LlamaConfig ReadGgufConfig(const std::filesystem::path& path);

}  // namespace saelaw
