// A git LFS pointer in place of the file that was meant: what a clone without git-lfs leaves.
#pragma once

#include <filesystem>
#include <string_view>

namespace saelaw {

// Throws ConfigurationError with what to do where `content`, a file or its beginning, is such a
// pointer. https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
void RefuseLfsPointer(const std::filesystem::path& path, std::string_view content);

}  // namespace saelaw
