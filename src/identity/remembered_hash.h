// Hashes of large files, kept as long as the files stay what they were.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace saelaw {

// A file under its device, inode, size and times of change: as long as these stand, so does what
// was found in it. Throws IoError for a file that cannot be looked at.
std::string ReadStamp(const std::filesystem::path& file);

// Keeps what was found for the next command; an empty place means nowhere. A full disk or a
// read-only folder costs that command its time, not this one its answer.
void KeepIfPossible(const std::filesystem::path& place, const std::string& found);

// What `compute` says of a file, remembered in `cache_folder` under `kind` and the file's stamp; a
// cache that cannot be written is done without, and an empty path means none. Throws what `compute`
// throws, and ConfigurationError when the file changed while it was read.
std::string Remembered(const std::filesystem::path& file,
                       const std::string& kind,
                       const std::filesystem::path& cache_folder,
                       const std::function<std::string()>& compute);

// The same where nothing may be read: nothing when it is not remembered.
std::optional<std::string> RememberedAlready(const std::filesystem::path& file,
                                             const std::string& kind,
                                             const std::filesystem::path& cache_folder);

}  // namespace saelaw
