// What speaks against a law, on the terminal.
#include <cmath>

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/terminal_parts.h"

namespace saelaw::terminal {
namespace {

// Tokens, or a law of compute's FLOP.
std::string ScaleText(double scale) {
  constexpr double kMostTokens = 1e15;
  return scale < kMostTokens ? CountText(scale) : NumberText(scale, 3);
}

std::string HeldOutTable(const Criticism& criticism) {
  TextTable table({{"scale"},
                   {"points"},
                   {"measured"},
                   {"predicted by the others"},
                   {"interval of one run", Align::kLeft},
                   {"error"},
                   {"inside", Align::kLeft}});
  for (const HeldOutScale& held : criticism.held_out) {
    const bool known = !std::isnan(held.error);
    table.Add({ScaleText(held.tokens) + (held.largest ? " (largest)" : ""),
               std::to_string(held.points),
               NumberText(held.measured),
               NumberText(held.prediction.value),
               IntervalText(held.prediction.prediction),
               known ? fmt::format("{:+.2f} %", 100 * held.error) : "-",
               !known ? "no law without it" : InsideText(held.inside, held.prediction.prediction)});
  }
  return table.Text();
}

std::string FloorTable(const Criticism& criticism) {
  TextTable table({{"floor", Align::kLeft}, {"exponent"}, {"residual"}});
  const auto add = [&](const char* title, const LawFit& fit) {
    if (!fit.ok()) return;
    const Parameter* exponent = fit.Find("exponent");
    if (exponent == nullptr) exponent = fit.Find("exponent_d");
    table.Add({title == std::string_view("free")
                   ? fmt::format("free: {}", NumberText(fit.Get("floor")))
                   : "fixed at 0",
               exponent != nullptr ? NumberText(exponent->value) : "-",
               NumberText(100 * fit.rms_residual, 2) + " %"});
  };
  add("free", criticism.with_floor);
  add("fixed", criticism.without_floor);
  return table.empty() ? "" : table.Text();
}

std::string InfluenceTable(const Criticism& criticism) {
  TextTable table({{"without row"}, {"scale"}, {"exponent"}, {"shift"}, {"at the target"}});
  for (const Influence& point : criticism.influence) {
    table.Add(
        {point.whole_scale ? fmt::format("{} and its scale", point.row) : std::to_string(point.row),
         ScaleText(point.tokens),
         NumberText(point.exponent),
         fmt::format("{:+.2g}", point.shift),
         std::isnan(point.at_target)
             ? "-"
             : fmt::format("{:+.2g} %", 100 * std::expm1(point.at_target))});
  }
  return table.Text();
}

std::string LocalTable(const Criticism& criticism) {
  TextTable table(
      {{"from tokens"}, {"to tokens"}, {"local exponent"}, {"95 % interval", Align::kLeft}});
  for (const LocalExponent& local : criticism.local_exponents) {
    table.Add({CountText(local.from_tokens),
               CountText(local.to_tokens),
               NumberText(local.exponent, 3),
               IntervalText(local.interval)});
  }
  return table.Text();
}

std::string NextRunTable(const Criticism& criticism) {
  TextTable table({{"next run", Align::kLeft}, {"narrows the law at the target by"}, {"cost"}});
  for (const NextRun& next : criticism.next_runs) {
    const bool bisects = !std::isnan(next.at.lr) && !next.repeats;
    const char* how = next.repeats ? ", once more"
                      : bisects    ? ", between survivor and failure"
                                   : ", beyond the data";
    table.Add({PlaceText(next.at) + how,
               fmt::format("{:.0f} %", 100 * next.narrows),
               fmt::format("{} of the dearest", NumberText(next.relative_cost, 2))});
  }
  return table.Text();
}

}  // namespace

std::string CriticismText(const Criticism& criticism,
                          const std::vector<std::string>& would_change,
                          bool colour) {
  if (criticism.empty()) return "";
  std::string text =
      Heading("Each scale predicted from the others", colour) + HeldOutTable(criticism);
  const std::string floors = FloorTable(criticism);
  if (!floors.empty()) text += Heading("Floor free against floor 0", colour) + floors;
  if (!criticism.local_exponents.empty()) {
    text += Heading("Local exponents (a power law has one)", colour) + LocalTable(criticism);
  }
  if (!criticism.influence.empty()) {
    text += Heading("Runs that move the law most", colour) + InfluenceTable(criticism);
  }
  text += fmt::format("\n  seed noise floor: {}\n",
                      std::isnan(criticism.seed_noise)
                          ? "unknown, no setting was measured twice"
                          : NumberText(100 * criticism.seed_noise, 2) + " % of the loss");
  if (!criticism.next_runs.empty()) {
    text += Heading("What to measure next", colour) + NextRunTable(criticism);
  }
  if (!would_change.empty()) text += Heading("What would change this advice", colour);
  for (const std::string& line : would_change) text += Wrapped(Plain(line), "  - ");
  return text;
}

}  // namespace saelaw::terminal
