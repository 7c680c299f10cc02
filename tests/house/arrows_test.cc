// Reads every #include under src/ and holds it against the arrows declared in cmake/Rooms.cmake:
// between rooms, and between the sub-folders of one.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using Arrows = std::map<std::string, std::set<std::string>>;

// Calls visit(name before the colon, words behind it) for every line of rooms.txt.
template <typename Visit>
void ForEachDeclaration(Visit visit) {
  std::ifstream file(fs::path(SAELAW_BINARY_DIR) / "rooms.txt");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    std::istringstream stream(line.substr(colon + 1));
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    visit(line.substr(0, colon), words);
  }
}

Arrows DeclaredArrows() {
  Arrows arrows;
  ForEachDeclaration([&](const std::string& room, const std::vector<std::string>& others) {
    if (room.find('/') == std::string::npos) arrows[room].insert(others.begin(), others.end());
  });
  return arrows;
}

// The sub-folders of each room, the lowest first.
std::map<std::string, std::vector<std::string>> DeclaredFolders() {
  std::map<std::string, std::vector<std::string>> folders;
  ForEachDeclaration([&](const std::string& room, const std::vector<std::string>& names) {
    if (room.back() == '/') folders[room.substr(0, room.size() - 1)] = names;
  });
  return folders;
}

// The sub-folder in a path such as fit/points/csv.h; empty for a file of the room itself.
std::string FindFolder(const fs::path& path) {
  const auto second = std::next(path.begin());
  return std::next(second) == path.end() ? "" : second->string();
}

// How high a sub-folder stands among those of its room; the room's own files stand highest, and so
// does a folder that is not declared.
std::ptrdiff_t Height(const std::vector<std::string>& folders, const std::string& folder) {
  return std::find(folders.begin(), folders.end(), folder) - folders.begin();
}

// Calls visit(room, path, included path, angled) for every #include.
template <typename Visit>
void ForEachInclude(Visit visit) {
  const fs::path root = fs::path(SAELAW_SOURCE_DIR) / "src";
  const std::regex include(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    const std::string room = fs::relative(entry.path(), root).begin()->string();
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      std::smatch match;
      if (std::regex_search(line, match, include))
        visit(room, entry.path(), match[2].str(), match[1] == "<");
    }
  }
}

TEST(Arrows, EveryRoomIsDeclared) {
  const Arrows arrows = DeclaredArrows();
  ASSERT_FALSE(arrows.empty());
  for (const auto& entry : fs::directory_iterator(fs::path(SAELAW_SOURCE_DIR) / "src")) {
    EXPECT_TRUE(arrows.count(entry.path().filename()))
        << entry.path() << " is not in cmake/Rooms.cmake";
  }
}

TEST(Arrows, EveryIncludeIsDeclared) {
  const Arrows arrows = DeclaredArrows();
  ForEachInclude(
      [&](const std::string& room, const fs::path& file, const std::string& included, bool angled) {
        if (angled) return;
        const std::string other = fs::path(included).begin()->string();
        if (other == room) return;
        EXPECT_TRUE(arrows.at(room).count(other)) << file << " includes " << included;
      });
}

TEST(Arrows, EverySubFolderIsDeclared) {
  const auto folders = DeclaredFolders();
  const fs::path root = fs::path(SAELAW_SOURCE_DIR) / "src";
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const fs::path path = fs::relative(entry.path(), root);
    if (!entry.is_directory() || std::next(path.begin()) == path.end()) continue;
    const std::string room = path.begin()->string();
    const std::string folder = std::next(path.begin())->string();
    EXPECT_LT(Height(folders.at(room), folder), std::ssize(folders.at(room)))
        << path << " is not among the FOLDERS of " << room << " in cmake/Rooms.cmake";
  }
}

TEST(Arrows, NoSubFolderIncludesAHigherOne) {
  const auto folders = DeclaredFolders();
  const fs::path root = fs::path(SAELAW_SOURCE_DIR) / "src";
  ForEachInclude(
      [&](const std::string& room, const fs::path& file, const std::string& included, bool angled) {
        if (angled || fs::path(included).begin()->string() != room) return;
        const std::string from = FindFolder(fs::relative(file, root));
        const std::string to = FindFolder(included);
        EXPECT_GE(Height(folders.at(room), from), Height(folders.at(room), to))
            << file << " includes " << included;
        EXPECT_TRUE(room != "app" || from == to) << file << " includes " << included;
      });
}

// A room that names its public headers, such as fit.h, shows no other to other rooms.
TEST(Arrows, OnlyPublicHeadersAreIncluded) {
  std::map<std::string, std::vector<std::string>> headers;
  ForEachDeclaration([&](const std::string& room, const std::vector<std::string>& names) {
    const auto folder = room.find("/*.h");
    if (folder != std::string::npos && !names.empty()) headers[room.substr(0, folder)] = names;
  });
  ForEachInclude(
      [&](const std::string& room, const fs::path& file, const std::string& included, bool angled) {
        const std::string other = fs::path(included).begin()->string();
        if (angled || other == room || !headers.count(other)) return;
        const std::vector<std::string>& shown = headers.at(other);
        EXPECT_TRUE(std::count(shown.begin(), shown.end(), included.substr(other.size() + 1)))
            << file << " includes " << included;
      });
}

TEST(Arrows, ThereIsNoCycle) {
  Arrows left = DeclaredArrows();
  bool removed = true;
  while (removed) {
    removed = false;
    for (auto room = left.begin(); room != left.end();) {
      const bool leaf = std::none_of(room->second.begin(),
                                     room->second.end(),
                                     [&](const std::string& other) { return left.count(other); });
      if (!leaf) {
        ++room;
        continue;
      }
      room = left.erase(room);
      removed = true;
    }
  }
  EXPECT_TRUE(left.empty());
}

// Headers of rooms without LibTorch keep third-party packages out, so that who includes a room does
// not compile them.
TEST(Arrows, ThirdPartyHeadersStayInSourceFiles) {
  const std::regex third_party("^(nlohmann|yaml-cpp|ceres|Eigen|sqlite3|pcre2|CLI|xxhash|torch)");
  // What .cc files that read and write JSON share, in these rooms alone.
  const std::string json = "core/json.h";
  const std::set<std::string> json_rooms = {"core", "jobs"};
  const fs::path root = fs::path(SAELAW_SOURCE_DIR) / "src";
  std::set<std::string> crossing;  // headers that another room includes
  ForEachInclude(
      [&](const std::string& room, const fs::path&, const std::string& included, bool angled) {
        if (included == json) {
          EXPECT_TRUE(json_rooms.count(room)) << room;
          return;
        }
        if (angled) return;
        if (fs::path(included).begin()->string() != room) crossing.insert(included);
      });
  ForEachInclude(
      [&](const std::string&, const fs::path& file, const std::string& included, bool angled) {
        const std::string header = fs::relative(file, root).string();
        if (!angled || !crossing.count(header)) return;
        EXPECT_FALSE(std::regex_search(included, third_party))
            << header << " includes " << included;
      });
}

TEST(Arrows, OnlyTheTrainerSideSeesLibTorch) {
  const std::set<std::string> with_torch = {"gpu", "llm", "activations", "sae", "train"};
  ForEachInclude(
      [&](const std::string& room, const fs::path& file, const std::string& included, bool) {
        const bool torch = included.rfind("ATen", 0) == 0 || included.rfind("torch", 0) == 0 ||
                           included.rfind("c10", 0) == 0;
        const bool trainer = file.string().find("/app/trainer/") != std::string::npos;
        EXPECT_TRUE(!torch || with_torch.count(room) || trainer)
            << file << " includes " << included;
      });
}

}  // namespace
