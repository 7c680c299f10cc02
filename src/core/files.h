// Files that are complete or absent, and what identifies their content.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace saelaw {

// The whole file. Throws IoError naming the path and the system's reason.
std::string ReadFile(const std::filesystem::path& path);

enum class Durability {
  kAtomic,  // complete or absent for every reader; may be lost when the machine loses power
  kSynced,  // and, once the call returns, it survives a loss of power (file and folder synced)
};

// Writes beside `path` and renames. Throws IoError (disk full, no permission); then neither the
// old content nor the folder has changed, save for a leftover that the next write replaces.
void WriteFile(const std::filesystem::path& path,
               std::string_view content,
               Durability durability = Durability::kAtomic);

// Syncs a finished file and its folder, then renames it to `path`. For writers that stream.
void CommitFile(const std::filesystem::path& temporary, const std::filesystem::path& path);

// XXH3-128 as 32 hexadecimal digits. Stored in run names: do not change.
std::string HashBytes(std::string_view bytes);

// HashBytes of a file's content, read by memory map. Throws IoError.
std::string HashFile(const std::filesystem::path& path);

}  // namespace saelaw
