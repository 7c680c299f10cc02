// A table appears only where there is something to hold against the law. Pointers beside the
// numbers point to their keys in json_criticism.cc.
#include "report/tables/criticism_tables.h"

#include <cmath>

#include <fmt/format.h>

#include "report/document/numbers.h"
#include "report/tables/law_tables.h"

namespace saelaw {
namespace {

using namespace document;  // NOLINT: the kinds of blocks

// The scale of a law of compute is FLOP, and no number of tokens is as large.
std::string ScaleText(double scale) {
  constexpr double kMostTokens = 1e15;
  return scale < kMostTokens ? CountText(scale) : NumberText(scale, 3);
}

Table HeldOutTable(const Criticism& criticism, const std::string& at) {
  Table table({{"scale"},
               {"points"},
               {"measured"},
               {"predicted by the others"},
               {"interval of one run", Align::kLeft},
               {"error"},
               {"inside", Align::kLeft}});
  for (std::size_t i = 0; i < criticism.held_out.size(); ++i) {
    const HeldOutScale& held = criticism.held_out[i];
    const std::string row = fmt::format("{}/held_out/{}", at, i);
    // Without this scale there may be too few points for a law, so that it cannot be predicted at
    // all.
    const bool known = !std::isnan(held.error);
    table.Add({Line{{ScaleText(held.tokens), row + "/tokens"}, held.largest ? " (largest)" : ""},
               {std::to_string(held.points), row + "/points"},
               {NumberText(held.measured), row + "/measured"},
               {NumberText(held.prediction.value), row + "/predicted"},
               {IntervalText(held.prediction.prediction), row + "/interval"},
               known ? DifferenceText(held.error) : "-",
               !known ? "no law without it" : InsideText(held.inside, held.prediction.prediction)},
              held.missed() ? Mark::kBad : Mark::kNone);
  }
  return table;
}

void AddFloor(const LawFit& fit, const Cell& floor, Table& table) {
  if (!fit.ok()) return;
  const Parameter* exponent = fit.Find(Role::kExponent, Variable::kTokens);
  table.Add({floor,
             exponent != nullptr ? NumberText(exponent->value) : "-",
             PercentText(fit.rms_residual)});
}

// A floor and an exponent can stand in for each other; side by side they show how far.
Table FloorTable(const Criticism& criticism, const std::string& at) {
  Table table({{"floor", Align::kLeft}, {"exponent"}, {"residual"}});
  const LawFit& free = criticism.with_floor;
  if (free.ok()) {
    AddFloor(free,
             Line{"free: ", {NumberText(free.Get(Role::kFloor)), at + "/with_floor/params/floor"}},
             table);
  }
  AddFloor(criticism.without_floor, "fixed at 0", table);
  return table;
}

Table LocalTable(const Criticism& criticism, const std::string& at) {
  Table table(
      {{"from tokens"}, {"to tokens"}, {"local exponent"}, {"95 % interval", Align::kLeft}});
  for (std::size_t i = 0; i < criticism.local_exponents.size(); ++i) {
    const LocalExponent& local = criticism.local_exponents[i];
    const std::string row = fmt::format("{}/local_exponents/{}", at, i);
    table.Add({{CountText(local.from_tokens), row + "/from_tokens"},
               {CountText(local.to_tokens), row + "/to_tokens"},
               {NumberText(local.exponent, 3), row + "/exponent"},
               {IntervalText(local.interval), row + "/interval"}});
  }
  return table;
}

Table InfluenceTable(const Criticism& criticism, const std::string& at) {
  const bool named = !criticism.influence.empty() && !criticism.influence.front().run.empty();
  Table table({{named ? "without run" : "without row"},
               {"scale"},
               {"exponent"},
               {"shift"},
               {"at the target"}});
  for (std::size_t i = 0; i < criticism.influence.size(); ++i) {
    const Influence& point = criticism.influence[i];
    const std::string row = fmt::format("{}/influence/{}", at, i);
    table.Add(
        {Line{point.run.empty() ? Span{std::to_string(point.row), row + "/row"} : Span{point.run},
              point.whole_scale ? " and its scale" : ""},
         {ScaleText(point.tokens), row + "/tokens"},
         {NumberText(point.exponent), row + "/exponent"},
         fmt::format("{:+.2g}", point.shift),
         std::isnan(point.at_target)
             ? "-"
             // The change at the target is one of ln loss; this makes it a share of the loss.
             : fmt::format("{:+.2g} %", 100 * std::expm1(point.at_target))});
  }
  return table;
}

Table NextRunTable(const Criticism& criticism) {
  Table table({{"next run", Align::kLeft}, {"narrows the law at the target by"}, {"cost"}});
  for (const NextRun& next : criticism.next_runs) {
    // A run with a rate of its own is one that narrows the bracket of the stability edge.
    const bool bisects = !std::isnan(next.at.lr) && !next.repeats;
    const char* how = next.repeats ? ", once more"
                      : bisects    ? ", between survivor and failure"
                                   : ", beyond the data";
    table.Add({PlaceText(next.at) + how,
               fmt::format("{:.0f} %", 100 * next.narrows),
               fmt::format("{} of the dearest", NumberText(next.relative_cost, 2))});
  }
  return table;
}

// Its share of the loss is what a reader compares with the errors above.
Paragraph SeedNoise(const Criticism& criticism) {
  Paragraph paragraph = Unbroken({"seed noise floor: ",
                                  std::isnan(criticism.seed_noise)
                                      ? "unknown, no setting was measured twice"
                                      : PercentText(criticism.seed_noise) + " of the loss"});
  paragraph.after_space = true;
  return paragraph;
}

}  // namespace

Blocks CriticismBlocks(const Criticism& criticism,
                       const std::vector<std::string>& would_change,
                       const std::string& at) {
  if (criticism.empty()) return {};
  Blocks blocks;
  const auto add = [&](const char* title, Table table) {
    if (!table.empty()) blocks.emplace_back(Section{title, {std::move(table)}});
  };
  add("Each scale predicted from the others", HeldOutTable(criticism, at));
  add("Floor free against floor 0", FloorTable(criticism, at));
  add("Local exponents (a power law has one)", LocalTable(criticism, at));
  add("Runs that move the law most", InfluenceTable(criticism, at));
  blocks.emplace_back(SeedNoise(criticism));
  add("What to measure next", NextRunTable(criticism));
  if (!would_change.empty())
    blocks.emplace_back(Section{"What would change this advice", {Bullets{would_change}}});
  return blocks;
}

}  // namespace saelaw
