// The C library's glob finds what one part of a path means; ** is not known to it, so that folders
// are walked here and what follows the stars is asked of glob in each of them. Files go into a set,
// since several ways may lead to one.
#include "tokens/file_patterns.h"

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>
#include <glob.h>

#include "core/errors.h"
#include "tensors/message.h"
#include "tokens/text_message.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// A link to nothing is a file that git annex or a cache has not fetched. It is refused: to pass
// over it would be to read less than was meant, and to say nothing.
bool IsFile(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (fs::is_symlink(fs::symlink_status(path, error)) && !fs::exists(status)) {
    throw IoError(fmt::format("{}: is a link that leads nowhere", ShownPath(path)));
  }
  return fs::is_regular_file(status);
}

// Visits a folder and those inside it, each with its path as the user would write it. Links are
// followed; a folder that is already among those above is a circle, and is left.
class FolderWalk {
 public:
  using Visit = std::function<void(const std::string&)>;
  FolderWalk(Visit folder, Visit file) : folder_(std::move(folder)), file_(std::move(file)) {}

  void Go(const std::string& folder) {
    const fs::path real = fs::canonical(folder.empty() ? "." : folder);
    if (std::find(above_.begin(), above_.end(), real) != above_.end()) return;
    above_.push_back(real);
    folder_(folder);
    for (const fs::directory_entry& entry : fs::directory_iterator(real)) {
      const std::string name = entry.path().filename().string();
      if (name.front() != '.') Enter(Join(folder, name));
    }
    above_.pop_back();
  }

 private:
  static std::string Join(const std::string& folder, const std::string& name) {
    return folder.empty() || folder.back() == '/' ? folder + name : folder + "/" + name;
  }

  void Enter(const std::string& path) {
    if (fs::is_directory(path)) {
      Go(path);
    } else {
      file_(path);
    }
  }

  Visit folder_;
  Visit file_;
  std::vector<fs::path> above_;  // the folders that lead here, without links
};

// What a name holds of a pattern's characters must mean itself once the name becomes part of a
// pattern.
std::string Escaped(const std::string& name) {
  std::string escaped;
  for (const char c : name) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::vector<std::string> Glob(const std::string& pattern) {
  glob_t matches = {};
  std::vector<std::string> found;
  // Neither order nor duplicates matter: the caller collects a set.
  const int result = ::glob(pattern.c_str(), GLOB_NOSORT, nullptr, &matches);
  if (result == 0) found.assign(matches.gl_pathv, matches.gl_pathv + matches.gl_pathc);
  ::globfree(&matches);
  if (result != 0 && result != GLOB_NOMATCH) {
    throw IoError(fmt::format("{}: the pattern's folders cannot be read", Quote(pattern)));
  }
  return found;
}

std::vector<std::string> SplitAtSlashes(const std::string& pattern) {
  std::vector<std::string> parts(1);
  for (const char c : pattern) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string Joined(const std::vector<std::string>& parts, std::size_t begin, std::size_t end) {
  std::string joined;
  for (std::size_t i = begin; i < end; ++i) joined += (i > begin ? "/" : "") + parts[i];
  return joined;
}

void Expand(const std::string& pattern, std::set<std::string>& files);

// Finds what `rest` means in a folder and in all below it; an empty rest means all files there.
void ExpandBelow(const std::string& start, const std::string& rest, std::set<std::string>& files) {
  const bool all = rest.empty();
  const auto folder = [&](const std::string& path) {
    const bool needs_slash = !path.empty() && path.back() != '/';
    if (!all) Expand(Escaped(path) + (needs_slash ? "/" : "") + rest, files);
  };
  const auto file = [&](const std::string& path) {
    if (all && IsFile(path)) files.insert(path);
  };
  FolderWalk(folder, file).Go(start);
}

void Expand(const std::string& pattern, std::set<std::string>& files) {
  std::vector<std::string> parts = SplitAtSlashes(pattern);
  // Two ** in a row mean what one does, but would walk every folder once for each.
  const auto repeated = [](const std::string& a, const std::string& b) {
    return a == "**" && b == "**";
  };
  parts.erase(std::unique(parts.begin(), parts.end(), repeated), parts.end());
  const auto stars = std::find(parts.begin(), parts.end(), "**");
  if (stars == parts.end()) {
    for (const std::string& path : Glob(pattern)) {
      if (IsFile(path)) files.insert(path);
    }
    return;
  }
  const auto at = static_cast<std::size_t>(stars - parts.begin());
  const std::string rest = Joined(parts, at + 1, parts.size());
  // The pattern may begin with **, which is the working folder, or with a slash, which is the root.
  if (at == 0) return ExpandBelow("", rest, files);
  const std::string prefix = Joined(parts, 0, at);
  if (prefix.empty()) return ExpandBelow("/", rest, files);
  for (const std::string& start : Glob(prefix)) {
    if (fs::is_directory(start)) ExpandBelow(start, rest, files);
  }
}

// Folders at the front whose names hold a pattern's characters are those folders: a sweep beside
// its text in run[1]/ means what stands there.
std::string WithFoldersAsTheyStand(const std::string& pattern) {
  std::vector<std::string> parts = SplitAtSlashes(pattern);
  std::error_code error;
  std::string folder;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    folder += parts[i] + "/";
    if (!fs::is_directory(folder, error)) break;
    parts[i] = Escaped(parts[i]);
  }
  return Joined(parts, 0, parts.size());
}

void CheckStars(const std::string& pattern) {
  for (const std::string& part : SplitAtSlashes(pattern)) {
    if (part != "**" && part.find("**") != std::string::npos) {
      throw ConfigurationError(fmt::format(
          "{}: ** stands for folders only as a whole part of the path, as in folder/**/*.txt",
          Quote(pattern)));
    }
  }
}

}  // namespace

std::vector<std::string> ExpandPattern(const std::string& pattern) {
  CheckStars(pattern);
  std::set<std::string> files;
  Expand(WithFoldersAsTheyStand(pattern), files);
  return {files.begin(), files.end()};
}

std::vector<std::string> FilesBelow(const std::string& folder) {
  std::vector<std::string> files;
  FolderWalk([](const std::string&) {},
             [&files](const std::string& path) {
               if (IsFile(path)) files.push_back(path);
             })
      .Go(folder);
  return files;
}

}  // namespace saelaw
