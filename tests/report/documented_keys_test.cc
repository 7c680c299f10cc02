// docs/json.md against what is printed: every key of a printed object stands in the paragraph of
// its command, and every key that the paragraph promises at the top is printed.
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "fit/fit.h"
#include "report/json.h"
#include "report/made_up.h"
#include "report/made_up_arms.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;

// From "- `saelaw COMMAND" to the next such line.
std::string Paragraph(const std::string& command) {
  const std::string text = ReadFile(std::string(SAELAW_SOURCE_DIR) + "/docs/json.md");
  const std::size_t begin = text.find("- `saelaw " + command);
  EXPECT_NE(begin, std::string::npos);
  return text.substr(begin, text.find("\n- `saelaw ", begin + 1) - begin);
}

// Every word within backquotes, but for the command line itself.
std::set<std::string> Documented(const std::string& command) {
  const std::string paragraph = Paragraph(command);
  std::set<std::string> words = {"version", "command"};
  bool quoted = false;
  std::string word;
  for (const char c : paragraph) {
    if (c == '`') quoted = !quoted;
    if (quoted && (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_')) {
      word += c;
      continue;
    }
    if (!word.empty()) words.insert(word);
    word.clear();
  }
  return words;
}

// Keys of an object and of objects in it; those below a free name (a parameter's, a device's) are
// left out.
void Collect(const Json& json, std::set<std::string>& keys) {
  static const std::set<std::string> kFree = {
      "params", "intervals", "hours", "hours_at_peak", "at", "price"};
  if (json.is_array() && !json.empty()) Collect(json.front(), keys);
  if (!json.is_object()) return;
  for (const auto& [key, value] : json.items()) {
    keys.insert(key);
    if (kFree.count(key) == 0) Collect(value, keys);
  }
}

void ExpectDocumented(const std::string& command, const std::string& printed) {
  const std::set<std::string> documented = Documented(command);
  std::set<std::string> keys;
  Collect(Json::parse(printed), keys);
  for (const std::string& key : keys) {
    EXPECT_EQ(documented.count(key), 1U) << command << ": '" << key << "' is not in docs/json.md";
  }
}

std::vector<Point> Sweep() {
  std::vector<Point> points;
  for (const double tokens : {1e6, 4e6, 1.6e7, 6.4e7}) {
    for (int step = -2; step <= 2; ++step) {
      for (int seed = 0; seed < 2; ++seed) {
        Point point;
        point.tokens = tokens;
        point.params = 1e9 / tokens * std::pow(2, step);
        point.lr = 0.01 * std::pow(2, step);
        const double z = step * 0.69 - 0.1;
        point.loss = (0.4 + 30 * std::pow(tokens, -0.4)) * std::exp(0.03 * z * z + 1e-3 * seed);
        point.row = static_cast<std::int64_t>(points.size());
        points.push_back(point);
      }
    }
  }
  return points;
}

std::string Answered(const char* law, Point target) {
  std::vector<Point> points = Sweep();
  std::vector<Point> failed;
  for (Point point : points) {
    if (std::string_view(law) != "compute") point.params = std::nan("");
    if (point.lr < 0.03) continue;
    point.lr *= 2;
    failed.push_back(point);
  }
  if (std::string_view(law) != "compute") {
    for (Point& point : points) point.params = std::nan("");
  }
  return AnswerJson(AnswerLaw({law, points, failed, {}, {target}, false}));
}

TEST(DocumentedKeys, OfEveryLaw) {
  Point target;
  target.tokens = 1e9;
  target.lr = 0.01;
  target.compute = 6e15;
  for (const char* law : {"data", "lr", "lr-edge", "lr-surface", "compute"}) {
    SCOPED_TRACE(law);
    ExpectDocumented("fit", Answered(law, target));
  }
}

TEST(DocumentedKeys, OfRecommendations) {
  Recommendation recommendation = made_up::TheRecommendation();
  Point target;
  target.tokens = 1e9;
  std::vector<Point> points = Sweep();
  recommendation.criticism = Criticise("data", points, {}, &target);
  ASSERT_FALSE(recommendation.criticism.empty());
  const std::string printed = RecommendationJson(recommendation, "c.yaml");
  std::set<std::string> documented = Documented("recommend");
  const std::set<std::string> of_fits = Documented("fit");
  documented.insert(of_fits.begin(), of_fits.end());
  std::set<std::string> keys;
  Collect(Json::parse(printed), keys);
  for (const std::string& key : keys) EXPECT_EQ(documented.count(key), 1U) << key;
}

TEST(DocumentedKeys, OfReportsAtTheTop) {
  const std::set<std::string> documented = Documented("report");
  const Json printed = Json::parse(ReportJson(made_up::TheReport()));
  for (const auto& [key, value] : printed.items()) {
    EXPECT_EQ(documented.count(key), 1U) << key;
  }
}

TEST(DocumentedKeys, OfComparisonsOfRecipes) {
  ExpectDocumented("report SWEEP --json` of a study that compares", ArmsJson(MadeUpArms()));
}

}  // namespace
}  // namespace saelaw
