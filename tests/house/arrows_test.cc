// Reads every #include under src/ and holds it against the arrows declared in cmake/Rooms.cmake.
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

namespace {

namespace fs = std::filesystem;
using Arrows = std::map<std::string, std::set<std::string>>;

Arrows DeclaredArrows() {
  Arrows arrows;
  std::ifstream file(fs::path(SAELAW_BINARY_DIR) / "rooms.txt");
  for (std::string line; std::getline(file, line);) {
    const auto colon = line.find(':');
    std::istringstream others(line.substr(colon + 1));
    std::set<std::string>& allowed = arrows[line.substr(0, colon)];
    for (std::string other; others >> other;) allowed.insert(other);
  }
  return arrows;
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
  // Headers that only their own room's .cc files include.
  const std::set<std::string> internal = {"run/json.h"};
  const fs::path root = fs::path(SAELAW_SOURCE_DIR) / "src";
  std::set<std::string> crossing;  // headers that another room includes
  ForEachInclude(
      [&](const std::string& room, const fs::path&, const std::string& included, bool angled) {
        if (!angled && fs::path(included).begin()->string() != room) crossing.insert(included);
      });
  ForEachInclude(
      [&](const std::string&, const fs::path& file, const std::string& included, bool angled) {
        const std::string header = fs::relative(file, root).string();
        if (!angled || !crossing.count(header)) return;
        EXPECT_FALSE(std::regex_search(included, third_party))
            << header << " includes " << included;
      });
  for (const std::string& header : internal) EXPECT_FALSE(crossing.count(header)) << header;
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
