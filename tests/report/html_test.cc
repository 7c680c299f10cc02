// The page holds its numbers, shows them, and runs nobody else's script. How it looks is checked
// by scripts/check-report in a browser, on the page that this test writes.
#include "report/html.h"

#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "report/json.h"
#include "report/made_up.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

std::string Between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t start = text.find(from);
  if (start == std::string::npos) return "";
  const std::size_t begin = start + from.size();
  return text.substr(begin, text.find(to, begin) - begin);
}

Json Embedded(const std::string& page) {
  return Json::parse(
      Between(page, "<script type=\"application/json\" id=\"saelaw-data\">", "</script>"));
}

// What comes before the scripts.
std::string Visible(const std::string& page) { return page.substr(0, page.find("<script")); }

TEST(ReportHtml, EmbedsTheNumbersOfTheReport) {
  const Report report = made_up::TheReport();
  Json embedded = Embedded(ReportHtml(report));
  EXPECT_EQ(embedded["series"]["loss"]["points"].size(), 32);
  EXPECT_EQ(embedded["series"]["loss"]["left_out"].size(), 8);
  EXPECT_EQ(embedded["series"]["loss"]["curve"].back()["y"], made_up::Loss(4194304));
  EXPECT_EQ(embedded["series"]["loss"]["fitted_to"], 262144.0);
  EXPECT_EQ(embedded["series"]["lr"]["optima"].size(), 4);
  EXPECT_EQ(embedded["series"]["lr"]["failures"].size(), 8);
  EXPECT_EQ(embedded["series"]["sweeps"].size(), 4);
  EXPECT_EQ(embedded["series"]["lr"]["fitted_to"], 131072.0);  // the largest is censored
  embedded.erase("series");
  EXPECT_EQ(embedded, Json::parse(ReportJson(report)));
}

TEST(ReportHtml, EveryPointerLeadsToANumberOrAnInterval) {
  const std::string page = ReportHtml(made_up::TheReport());
  const Json embedded = Embedded(page);
  const std::string visible = Visible(page);
  const std::regex pattern("data-json=\"([^\"]+)\"");
  int shown = 0;
  for (std::sregex_iterator it(visible.begin(), visible.end(), pattern), end; it != end; ++it) {
    const Json::json_pointer pointer((*it)[1].str());
    ASSERT_TRUE(embedded.contains(pointer)) << (*it)[1];
    const Json& value = embedded.at(pointer);
    EXPECT_TRUE(value.is_number() || value.is_array() || value.is_null()) << (*it)[1];
    ++shown;
  }
  EXPECT_GT(shown, 400);
}

TEST(ReportHtml, EscapesWhatUsersWrote) {
  const std::string page = ReportHtml(made_up::TheReport());
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page, HasSubstr("<h1>made-up &lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
  EXPECT_THAT(page, HasSubstr("bend &amp; break?"));
  EXPECT_EQ(Embedded(page)["sweep"], "made-up <script>alert(1)</script>");
}

TEST(ReportHtml, NeedsNoNetwork) {
  const std::string page = ReportHtml(made_up::TheReport());
  EXPECT_THAT(Visible(page), Not(HasSubstr("http")));
  EXPECT_THAT(Visible(page), Not(HasSubstr("url(")));
  EXPECT_THAT(page, HasSubstr("Chart.js v"));
  EXPECT_THAT(page, HasSubstr("dataset.ready"));
}

TEST(ReportHtml, WarnsAboveTheAnswer) {
  const std::string page = ReportHtml(made_up::TheReport());
  EXPECT_LT(page.find("DEMONSTRATION"), page.find("class=\"cards\""));
  EXPECT_LT(page.find("batch_tokens differs"), page.find("class=\"cards\""));
}

TEST(ReportHtml, AStudyWithoutLawsStillHasAPage) {
  Report report;
  report.findings.loss_law = made_up::Refused("data");
  report.findings.best_loss_law = report.findings.mse_law = made_up::Refused("data");
  report.findings.fvu_law = report.findings.l0_law = made_up::Refused("data");
  report.findings.lr_law.law = made_up::Refused("lr");
  report.findings.lr_edge.law = made_up::Refused("lr-edge");
  const Json embedded = Embedded(ReportHtml(report));
  EXPECT_TRUE(embedded["series"]["loss"]["curve"].empty());
  EXPECT_TRUE(embedded["series"]["lr"]["target"].is_null());
  WriteFile(std::string(SAELAW_BINARY_DIR) + "/report-empty.html", ReportHtml(report));
}

TEST(ReportHtml, WritesThePageForTheBrowserCheck) {
  WriteFile(std::string(SAELAW_BINARY_DIR) + "/report-sample.html",
            ReportHtml(made_up::TheReport()));
}

TEST(ReportHtml, ShowsHowOftenLatentsFire) {
  // The fullest bin is full; one latent in a thousand is still seen; none is a point.
  EXPECT_THAT(Visible(ReportHtml(made_up::TheReport())), HasSubstr("<td>▁··▁▁▁▂█▇▃▁▁▁</td>"));
}

TEST(HtmlEscape, CoversContentAndAttributes) {
  EXPECT_EQ(HtmlEscape("<a b=\"c\" d='e'>&"), "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;");
}

}  // namespace
}  // namespace saelaw
