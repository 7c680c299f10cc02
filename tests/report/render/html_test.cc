// The page holds its numbers, shows them, and runs nobody else's script. How it looks is checked
// by scripts/check-report in a browser, on the page that this test writes.
#include "report/render/html.h"

#include <regex>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "report/documents.h"
#include "report/json.h"
#include "report/made_up.h"

namespace saelaw {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

std::string ReportHtml(const Report& report) { return RenderHtml(ReportDocument(report), {}); }

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

TEST(RenderHtml, EmbedsTheNumbersOfTheReport) {
  const Report report = made_up::TheReport();
  EXPECT_EQ(Embedded(ReportHtml(report)), Json::parse(ReportJson(report)));
}

TEST(RenderHtml, DrawsItsFigures) {
  const std::string page = ReportHtml(made_up::TheReport());
  for (const char* id : {"loss", "rates", "sweeps"})
    EXPECT_THAT(page, HasSubstr(std::string("<figure id=\"figure-") + id + "\">"));
  EXPECT_THAT(page, HasSubstr("<svg class=\"figure\""));
}

TEST(RenderHtml, EveryPointerLeadsToANumberOrAnInterval) {
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

TEST(RenderHtml, EscapesWhatUsersWrote) {
  const std::string page = ReportHtml(made_up::TheReport());
  EXPECT_THAT(page, Not(HasSubstr("<script>alert")));
  EXPECT_THAT(page,
              HasSubstr("<h1>Report on sweep made-up &lt;script&gt;alert(1)&lt;/script&gt;</h1>"));
  EXPECT_THAT(page, HasSubstr("bend &amp; break?"));
  EXPECT_EQ(Embedded(page)["sweep"], "made-up <script>alert(1)</script>");
}

TEST(RenderHtml, NeedsNoNetwork) {
  const std::string page = ReportHtml(made_up::TheReport());
  EXPECT_THAT(Visible(page), Not(HasSubstr("http")));
  // A figure refers to what it clips with, and nothing else to anything.
  EXPECT_FALSE(std::regex_search(Visible(page), std::regex("url\\((?!#)")));
  EXPECT_THAT(page, HasSubstr("dataset.ready"));
}

TEST(RenderHtml, WarnsAboveTheAnswer) {
  const std::string page = ReportHtml(made_up::TheReport());
  EXPECT_LT(page.find("DEMONSTRATION"), page.find("class=\"cards\""));
  EXPECT_LT(page.find("batch_tokens: swept"), page.find("class=\"cards\""));
}

TEST(RenderHtml, AStudyWithoutLawsStillHasAPage) {
  Report report;
  report.findings.loss.at_one_rate.fit = made_up::Refused("data");
  report.findings.loss.at_best_rates.fit = report.findings.loss.mse = made_up::Refused("data");
  report.findings.loss.fvu = report.findings.loss.l0 = made_up::Refused("data");
  report.findings.rates.best.law = made_up::Refused("lr");
  report.findings.rates.edge.law = made_up::Refused("lr-edge");
  const std::string page = ReportHtml(report);
  EXPECT_THAT(page, HasSubstr("nothing to draw yet"));
  WriteFile(std::string(SAELAW_BINARY_DIR) + "/report-empty.html", page);
}

TEST(RenderHtml, WritesThePageForTheBrowserCheck) {
  WriteFile(std::string(SAELAW_BINARY_DIR) + "/report-sample.html",
            ReportHtml(made_up::TheReport()));
}

TEST(RenderHtml, ShowsHowOftenLatentsFire) {
  // The fullest bin is full; one latent in a thousand is still seen; none is a point.
  EXPECT_THAT(Visible(ReportHtml(made_up::TheReport())), HasSubstr("<td>▁··▁▁▁▂█▇▃▁▁▁</td>"));
}

TEST(RenderHtml, ShowsErrorsOfWhatWasMeasured) {
  Report report = made_up::TheReport();
  report.findings.runs.front().final.se.loss = 0.0123;
  const std::string page = Visible(ReportHtml(report));
  EXPECT_THAT(page, HasSubstr(" ± <span data-json=\"/runs/0/loss_se\">0.0123</span></td>"));
}

TEST(RenderHtml, SetsApartWhatWentWrong) {
  document::Table table({{"field"}});
  table.Add({"a"}, document::Mark::kBad);
  document::Document document;
  document.blocks = {table};
  EXPECT_THAT(RenderHtml(document, {}),
              HasSubstr("<tr class=\"bad\"><td class=\"number\">a</td></tr>"));
}

TEST(RenderHtml, SaysInWordsThatATableIsEmpty) {
  document::Document document;
  document.blocks = {document::Table({{"field"}}, "Nowhere.")};
  EXPECT_THAT(RenderHtml(document, {}), HasSubstr("<p>Nowhere.</p>"));
}

}  // namespace
}  // namespace saelaw
