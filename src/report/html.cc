#include "report/html.h"

#include <fmt/format.h>

#include "report/config.h"
#include "report/html_parts.h"
#include "report/html_series.h"
#include "report/json_parts.h"
#include "report/numbers.h"

namespace saelaw {
namespace html {
namespace {

std::string Card(std::string_view title, const std::string& value, const std::string& detail) {
  return fmt::format(
      "<div class=\"card\"><div class=\"title\">{}</div><div class=\"value\">{}</div>"
      "<div class=\"detail\">{}</div></div>\n",
      title,
      value,
      detail);
}

// A number with the interval that the JSON keeps beside it.
std::string EstimateCard(std::string_view title, const Estimate& estimate, const std::string& key) {
  const std::string interval = IntervalText(estimate.interval);
  const std::string detail =
      interval == "-" ? "no interval"
                      : "95 % interval " + Shown(interval, "/recommendation/" + key + "_interval");
  return Card(
      title, Shown(NumberText(estimate.value), "/recommendation/" + key + "_predicted"), detail);
}

std::string ExponentCard(std::string_view title,
                         const Parameter& exponent,
                         const std::string& key) {
  if (exponent.name.empty()) return Card(title, "-", "no law");
  const std::string at = "/recommendation/exponents/" + key;
  const std::string interval = IntervalText(exponent.interval);
  return Card(
      title,
      Shown(NumberText(exponent.value), at + "/value"),
      interval == "-" ? "no interval" : "95 % interval " + Shown(interval, at + "/interval"));
}

std::string LrCard(const Recommendation& r) {
  std::string detail = "no law covers it: the recipe&#39;s rate";
  if (r.lr_basis != LrBasis::kNone) {
    const std::string interval = IntervalText(r.lr_interval);
    detail = interval == "-" ? "no interval"
                             : "95 % interval " + Shown(interval, "/recommendation/lr_interval");
    detail += r.lr_basis == LrBasis::kOptimum ? "; optimum" : "; below the stability edge";
  }
  return Card(
      "learning rate", Shown(r.lr > 0 ? NumberText(r.lr) : "-", "/recommendation/lr"), detail);
}

std::string Banners(const Report& report) {
  std::string banners;
  const auto add = [&](std::string_view mark, const std::string& text) {
    banners += fmt::format("<p class=\"banner {}\">{}</p>\n", mark, HtmlEscape(text));
  };
  const Recommendation& r = report.recommendation;
  if (r.demonstration) add("demonstration", DemonstrationNote(r.tokens));
  for (const std::string& warning : TopWarnings(report)) add("warning", warning);
  return banners;
}

std::string Header(const Report& report) {
  const Recommendation& r = report.recommendation;
  std::string header = fmt::format("<header>\n<h1>{}</h1>\n", HtmlEscape(r.sweep));
  if (!report.question.empty())
    header += fmt::format("<p class=\"question\">{}</p>\n", HtmlEscape(report.question));
  if (!report.prediction.empty())
    header +=
        fmt::format("<p class=\"note\">Predicted before: {}</p>\n", HtmlEscape(report.prediction));
  return header + fmt::format("<p class=\"note\">saelaw {}{}{} &middot; {} runs</p>\n</header>\n",
                              HtmlEscape(report.saelaw_version),
                              report.made_at.empty() ? "" : " &middot; ",
                              HtmlEscape(report.made_at),
                              report.findings.runs.size());
}

std::string Chart(std::string_view id, std::string_view title, std::string_view note) {
  return fmt::format(
      "<figure><figcaption><b>{}</b><br>{}</figcaption><div class=\"canvas\">"
      "<canvas id=\"{}\" role=\"img\" aria-label=\"{}\"></canvas></div></figure>\n",
      title,
      note,
      id,
      title);
}

std::string Charts() {
  return "<div class=\"charts\">\n" +
         Chart("chart-loss",
               "Loss against training tokens",
               "Points, law and 95 % interval; dashed where it extrapolates to the target.") +
         Chart("chart-lr",
               "Optimal learning rate against training tokens",
               "Each size's optimum, law and 95 % interval; crosses mark runs that failed.") +
         "</div>\n" +
         Chart("chart-sweeps",
               "Loss against learning rate, each data size",
               "Every run; crosses mark runs that collapsed or diverged.");
}

std::string ConfigSection(const Report& report) {
  return fmt::format(
      "<section>\n<details><summary><h2>Configuration</h2></summary>\n"
      "<p class=\"note\">{}</p>\n<pre>{}</pre></details>\n</section>\n",
      report.config_path.empty() ? "Run it with <code>saelaw train</code>."
                                 : "Written to <code>" + HtmlEscape(report.config_path) +
                                       "</code>; run it with <code>saelaw train</code>.",
      HtmlEscape(ConfigYaml(report.recommendation, "")));
}

// JSON inside a script element: no "<" can end it early.
std::string EmbeddedJson(const Report& report) {
  report_json::Json json = report_json::ReportObject(report);
  json["series"] = Series(report);
  std::string text;
  for (char c : report_json::Dump(json)) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

std::string AnswerCards(const Report& report) {
  const Recommendation& r = report.recommendation;
  std::string cards = ExponentCard("exponent, loss against data", r.loss_exponent, "loss");
  cards += ExponentCard("exponent, learning rate against data", r.lr_exponent, "lr");
  cards += LrCard(r);
  cards += EstimateCard(fmt::format("loss at {} tokens", CountText(r.tokens)), r.loss, "loss");
  cards += EstimateCard("fvu there", r.fvu, "fvu");
  cards += EstimateCard("l0 there", r.l0, "l0");
  cards += Card(fmt::format("time on {}", HtmlEscape(r.price.device.name)),
                Shown(HoursText(r.price.exact_hours()), "/recommendation/price/exact/hours"),
                fmt::format("at {} utilisation; {} at peak (lower bound)",
                            LevelText(r.price.utilisation),
                            Shown(HoursText(r.price.hours_at_peak()),
                                  "/recommendation/price/at_peak/hours")));
  cards +=
      Card("extrapolation",
           Shown(NumberText(r.extrapolation_factor, 3), "/recommendation/extrapolation_factor") +
               "&times;",
           "target over the largest fitted run");
  return fmt::format(
      "<div class=\"cards\">\n{}</div>\n<p class=\"note\">Loss, fvu and l0 by the {}.</p>\n",
      cards,
      HtmlEscape(r.loss_basis));
}

}  // namespace html

std::string ReportHtml(const Report& report) {
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{} &middot; saelaw</title>\n<style>\n{}</style>\n</head>\n<body>\n<main>\n",
      HtmlEscape(report.recommendation.sweep),
      PageStyle());
  page += html::Header(report) + html::Banners(report) + html::AnswerCards(report) + html::Charts();
  page += html::HoldOutSection(report) + html::TransferSection(report) +
          html::CriticismSection(report) + html::LawsSection(report) +
          html::LearningRateSection(report) + html::BudgetSection(report) +
          html::ConfigSection(report) + html::RunsSection(report);
  page += "</main>\n<script type=\"application/json\" id=\"saelaw-data\">\n";
  page += html::EmbeddedJson(report);
  page += "</script>\n<script>\n";
  page += ChartLibrary();
  page += "</script>\n<script>\n";
  page += PageScript();
  return page + "</script>\n</body>\n</html>\n";
}

}  // namespace saelaw
