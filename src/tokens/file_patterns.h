// The files that a pattern or a folder means: as Python's glob with recursive=True finds them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace saelaw {

// *, ?, [...] within a part of the path, and ** as a whole part for any number of folders, none
// included. As in shells, names that begin with a dot are met only by a part that begins with one.
// Regular files alone, in no order, each once. Throws ConfigurationError for ** inside a part
// (a**.txt), where it would mean no more than *; IoError for a folder that cannot be read and for
// a link that leads nowhere.
std::vector<std::string> ExpandPattern(const std::string& pattern);

// All files of a folder and its folders, but for those whose names, or whose folders' names, begin
// with a dot. Links to folders are followed, though never round in a circle. Throws IoError.
std::vector<std::string> FilesBelow(const std::string& folder);

}  // namespace saelaw
