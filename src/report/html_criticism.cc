// What speaks against the laws, in the HTML report.
#include <cmath>

#include <fmt/format.h>

#include "report/html.h"
#include "report/html_parts.h"
#include "report/numbers.h"

namespace saelaw::html {
namespace {

// One law's criticism and where the JSON has it.
struct Placed {
  const Criticism& criticism;
  std::string at;
};

std::string HeldOut(const Placed& placed) {
  const Criticism& criticism = placed.criticism;
  Table table({{"scale, tokens"},
               {"points"},
               {"measured"},
               {"predicted by the others"},
               {"interval of one run", Align::kLeft},
               {"error"},
               {"inside", Align::kLeft}});
  for (std::size_t i = 0; i < criticism.held_out.size(); ++i) {
    const HeldOutScale& held = criticism.held_out[i];
    const std::string at = fmt::format("{}/held_out/{}", placed.at, i);
    const bool known = !std::isnan(held.error);
    table.Add({{CountText(held.tokens), at + "/tokens"},
               {std::to_string(held.points), at + "/points"},
               {NumberText(held.measured), at + "/measured"},
               {NumberText(held.prediction.value), at + "/predicted"},
               {IntervalText(held.prediction.prediction), at + "/interval"},
               known ? fmt::format("{:+.2f} %", 100 * held.error) : std::string("-"),
               !known ? "no law without it" : InsideText(held.inside, held.prediction.prediction)},
              held.missed() ? "bad" : "");
  }
  return table.Html();
}

std::string Floors(const Placed& placed) {
  const Criticism& criticism = placed.criticism;
  Table table({{"floor", Align::kLeft}, {"value"}, {"rms residual"}});
  const auto add = [&](const char* title, const char* key, const LawFit& fit) {
    if (!fit.ok()) return;
    table.Add({std::string(title),
               {NumberText(fit.Get("floor")), fmt::format("{}/{}/params/floor", placed.at, key)},
               NumberText(100 * fit.rms_residual, 2) + " %"});
  };
  add("free", "with_floor", criticism.with_floor);
  add("fixed at 0", "without_floor", criticism.without_floor);
  return table.empty() ? "" : "<h3>Floor free against floor 0</h3>\n" + table.Html();
}

std::string Influential(const Placed& placed) {
  const Criticism& criticism = placed.criticism;
  Table table({{"without row"}, {"tokens"}, {"exponent"}, {"at the target"}});
  for (std::size_t i = 0; i < criticism.influence.size(); ++i) {
    const Influence& point = criticism.influence[i];
    const std::string at = fmt::format("{}/influence/{}", placed.at, i);
    table.Add({{std::to_string(point.row), at + "/row"},
               {CountText(point.tokens), at + "/tokens"},
               {NumberText(point.exponent), at + "/exponent"},
               std::isnan(point.at_target)
                   ? std::string("-")
                   : fmt::format("{:+.2g} %", 100 * std::expm1(point.at_target))});
  }
  return table.empty() ? "" : "<h3>Runs that move the law most</h3>\n" + table.Html();
}

std::string NextText(const NextRun& next) {
  if (next.repeats) return "a setting once more";
  if (std::isnan(next.at.lr)) return "beyond the data";
  return fmt::format("at lr {}, between survivor and failure", NumberText(next.at.lr));
}

std::string Next(const Placed& placed) {
  const Criticism& criticism = placed.criticism;
  Table table({{"tokens"}, {"narrows the law at the target by"}, {"cost"}, {"", Align::kLeft}});
  for (std::size_t i = 0; i < criticism.next_runs.size(); ++i) {
    const NextRun& next = criticism.next_runs[i];
    const std::string at = fmt::format("{}/next_runs/{}", placed.at, i);
    table.Add({{CountText(next.at.tokens), at + "/at/tokens"},
               fmt::format("{:.0f} %", 100 * next.narrows),
               fmt::format("{} of the dearest run", NumberText(next.relative_cost, 2)),
               NextText(next)});
  }
  return table.empty() ? "" : "<h3>What to measure next</h3>\n" + table.Html();
}

std::string Lines(const std::vector<std::string>& lines) {
  std::string html;
  for (const std::string& line : lines) html += "<li>" + HtmlEscape(line) + "</li>\n";
  return html.empty() ? "" : "<h3>What would change this advice</h3>\n<ul>\n" + html + "</ul>\n";
}

std::string Section(std::string_view title,
                    const Placed& placed,
                    const std::vector<std::string>& would_change) {
  const Criticism& criticism = placed.criticism;
  if (criticism.empty()) return "";
  const std::string noise =
      std::isnan(criticism.seed_noise)
          ? "unknown: no setting was measured twice"
          : Shown(NumberText(criticism.seed_noise, 3), placed.at + "/seed_noise") +
                " (sd of ln loss)";
  return fmt::format("<section>\n<h2>{}</h2>\n", title) +
         "<h3>Each scale predicted from the others</h3>\n" + HeldOut(placed) + Floors(placed) +
         Influential(placed) + "<p>Seed noise floor: " + noise + "</p>\n" + Next(placed) +
         Lines(would_change) + "</section>\n";
}

}  // namespace

std::string CriticismSection(const Report& report) {
  const Recommendation& r = report.recommendation;
  const std::string at = "/recommendation/";
  return Section("What speaks against the law", {r.criticism, at + "criticism"}, r.would_change) +
         Section("What speaks against the law of the best learning rate",
                 {r.lr_criticism, at + "lr_criticism"},
                 r.lr_criticism.would_change) +
         Section("What speaks against the stability edge",
                 {r.lr_max_criticism, at + "lr_max_criticism"},
                 r.lr_max_criticism.would_change);
}

}  // namespace saelaw::html
