#include "report/tables/criticism_tables.h"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/render/text.h"

namespace saelaw {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

LawFit Floor(double floor) {
  LawFit fit;
  fit.info = &DataLaw();
  fit.params = {{"floor", floor, {}}, {"exponent", 0.25, {}}};
  fit.rms_residual = 0.012;
  return fit;
}

Criticism OneScale() {
  Criticism criticism;
  HeldOutScale held;
  held.tokens = 262144;
  held.points = 2;
  held.measured = 0.5;
  held.prediction.value = 0.4;
  held.prediction.prediction = {0.3, 0.45};
  held.error = 0.25;
  held.largest = true;
  criticism.held_out = {held};
  criticism.with_floor = Floor(0.3);
  criticism.without_floor.refusal = refusal::NotCompared{};
  criticism.seed_noise = 0.0021;
  return criticism;
}

std::string Text(const Criticism& criticism, const std::vector<std::string>& would_change = {}) {
  document::Document document;
  document.blocks = CriticismBlocks(criticism, would_change, "/criticism");
  return RenderText(document, {});
}

TEST(CriticismBlocks, SayNothingWithoutACriticism) { EXPECT_EQ(Text({}), ""); }

TEST(CriticismBlocks, ShowWhatTheOtherScalesSay) {
  const std::string text = Text(OneScale());
  EXPECT_THAT(text, HasSubstr("262.1K (largest)"));
  EXPECT_THAT(text, HasSubstr("+25.00 %  NO"));
  EXPECT_THAT(text, HasSubstr("free: 0.3"));
  EXPECT_THAT(text, Not(HasSubstr("fixed at 0")));
  EXPECT_THAT(text, HasSubstr("seed noise floor: 0.21 % of the loss"));
}

TEST(CriticismBlocks, SayWhatCouldNotBePredicted) {
  Criticism criticism = OneScale();
  criticism.held_out.front().error = kUnknown;
  criticism.seed_noise = kUnknown;
  EXPECT_THAT(Text(criticism), HasSubstr("no law without it"));
  EXPECT_THAT(Text(criticism), HasSubstr("unknown, no setting was measured twice"));
}

TEST(CriticismBlocks, NameTheNextRunAndWhatItIsFor) {
  Criticism criticism = OneScale();
  NextRun between;
  between.at.tokens = 65536;
  between.at.lr = 0.004;
  NextRun beyond;
  beyond.at.tokens = 1e6;
  NextRun again = between;
  again.repeats = true;
  criticism.next_runs = {between, beyond, again};
  const std::string text = Text(criticism, {"two more seeds"});
  EXPECT_THAT(text, HasSubstr("tokens 65.54K, lr 0.004, between survivor and failure"));
  EXPECT_THAT(text, HasSubstr("tokens 1M, beyond the data"));
  EXPECT_THAT(text, HasSubstr("tokens 65.54K, lr 0.004, once more"));
  EXPECT_THAT(text, HasSubstr("What would change this advice\n  - two more seeds"));
}

}  // namespace
}  // namespace saelaw
