// A clone without git-lfs leaves a text of three lines in place of the weights. Each reader would
// call it damaged in its own words; this says what to do.
#include "tensors/lfs_pointer.h"

#include <fmt/format.h>

#include "core/errors.h"

namespace saelaw {

void RefuseLfsPointer(const std::filesystem::path& path, std::string_view content) {
  // Hawser was the name of git-lfs before its release, and its pointers are still valid.
  if (!content.starts_with("version https://git-lfs.github.com/spec/") &&
      !content.starts_with("version https://hawser.github.com/spec/")) {
    return;
  }
  throw ConfigurationError(
      fmt::format("{}: a git LFS pointer, not the file itself: run git lfs pull in {}",
                  path.string(),
                  path.has_parent_path() ? path.parent_path().string() : "its folder"));
}

}  // namespace saelaw
