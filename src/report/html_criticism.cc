// What speaks against the laws, in the HTML report.
#include <cmath>

#include <fmt/format.h>

#include "report/html.h"
#include "report/html_parts.h"
#include "report/numbers.h"

namespace saelaw::html {
namespace {

constexpr std::string_view kAt = "/recommendation/criticism";

std::string HeldOut(const Criticism& criticism) {
  Table table({{"scale, tokens"},
               {"points"},
               {"measured"},
               {"predicted by the others"},
               {"interval of one run", Align::kLeft},
               {"error"},
               {"inside", Align::kLeft}});
  for (std::size_t i = 0; i < criticism.held_out.size(); ++i) {
    const HeldOutScale& held = criticism.held_out[i];
    const std::string at = fmt::format("{}/held_out/{}", kAt, i);
    const bool known = !std::isnan(held.error);
    table.Add({{CountText(held.tokens), at + "/tokens"},
               {std::to_string(held.points), at + "/points"},
               {NumberText(held.measured), at + "/measured"},
               {NumberText(held.prediction.value), at + "/predicted"},
               {IntervalText(held.prediction.prediction), at + "/interval"},
               known ? fmt::format("{:+.2f} %", 100 * held.error) : std::string("-"),
               std::string(!known ? "no law without it" : (held.inside ? "yes" : "NO"))},
              !known || held.inside ? "" : "bad");
  }
  return table.Html();
}

std::string Floors(const Criticism& criticism) {
  Table table({{"floor", Align::kLeft}, {"value"}, {"rms residual"}});
  const auto add = [&](const char* title, const char* key, const LawFit& fit) {
    if (!fit.ok()) return;
    table.Add({std::string(title),
               {NumberText(fit.Get("floor")), fmt::format("{}/{}/params/floor", kAt, key)},
               NumberText(100 * fit.rms_residual, 2) + " %"});
  };
  add("free", "with_floor", criticism.with_floor);
  add("fixed at 0", "without_floor", criticism.without_floor);
  return table.empty() ? "" : "<h3>Floor free against floor 0</h3>\n" + table.Html();
}

std::string Influential(const Criticism& criticism) {
  Table table({{"without row"}, {"tokens"}, {"exponent"}, {"at the target"}});
  for (std::size_t i = 0; i < criticism.influence.size(); ++i) {
    const Influence& point = criticism.influence[i];
    const std::string at = fmt::format("{}/influence/{}", kAt, i);
    table.Add({{std::to_string(point.row), at + "/row"},
               {CountText(point.tokens), at + "/tokens"},
               {NumberText(point.exponent), at + "/exponent"},
               std::isnan(point.at_target)
                   ? std::string("-")
                   : fmt::format("{:+.2g} %", 100 * std::expm1(point.at_target))});
  }
  return table.empty() ? "" : "<h3>Runs that move the law most</h3>\n" + table.Html();
}

std::string Next(const Criticism& criticism) {
  Table table({{"tokens"}, {"narrows the law at the target by"}, {"cost"}, {"", Align::kLeft}});
  for (std::size_t i = 0; i < criticism.next_runs.size(); ++i) {
    const NextRun& next = criticism.next_runs[i];
    const std::string at = fmt::format("{}/next_runs/{}", kAt, i);
    table.Add({{CountText(next.at.tokens), at + "/at/tokens"},
               fmt::format("{:.0f} %", 100 * next.narrows),
               fmt::format("{} of the dearest run", NumberText(next.relative_cost, 2)),
               std::string(next.repeats ? "a setting once more" : "beyond the data")});
  }
  return table.empty() ? "" : "<h3>What to measure next</h3>\n" + table.Html();
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string html;
  for (const std::string& line : lines) html += "<li>" + HtmlEscape(line) + "</li>\n";
  return html.empty() ? "" : "<h3>What would change this advice</h3>\n<ul>\n" + html + "</ul>\n";
}

}  // namespace

std::string CriticismSection(const Report& report) {
  const Recommendation& r = report.recommendation;
  if (r.criticism.empty()) return "";
  const std::string noise =
      std::isnan(r.criticism.seed_noise)
          ? "unknown: no setting was measured twice"
          : Shown(NumberText(r.criticism.seed_noise, 3), fmt::format("{}/seed_noise", kAt)) +
                " (sd of ln loss)";
  return "<section>\n<h2>What speaks against the law</h2>\n"
         "<h3>Each scale predicted from the others</h3>\n" +
         HeldOut(r.criticism) + Floors(r.criticism) + Influential(r.criticism) +
         "<p>Seed noise floor: " + noise + "</p>\n" + Next(r.criticism) + Lines(r.would_change) +
         "</section>\n";
}

}  // namespace saelaw::html
