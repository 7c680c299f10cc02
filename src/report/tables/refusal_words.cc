// One function for each kind, as in fit_words.cc. A refusal says in numbers what is missing, since
// the user can often run it.
#include "report/tables/refusal_words.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace saelaw {
namespace {

std::string Text(const refusal::FewPoints& r) {
  return fmt::format(
      "a law needs at least 2 usable points, got {} ({} dropped)", r.usable, r.dropped);
}

std::string Text(const refusal::NoColumn& r) {
  return fmt::format(
      "no row has {}, which the {} law reads: say which column holds it (--columns {}=NAME)",
      Name(r.variable),
      r.law,
      Name(r.variable));
}

std::string Text(const refusal::FewValues& r) {
  return fmt::format("the {} law needs at least {} distinct values of {}, got {}",
                     r.law,
                     r.needed,
                     Name(r.variable),
                     r.got);
}

std::string Text(const refusal::EqualLosses& r) {
  return fmt::format("all losses are equal ({})", r.loss);
}

std::string Text(const refusal::FloorOutside& r) {
  return fmt::format(
      "a fixed floor must be >= 0 and below the lowest loss {}, got {}", r.lowest, r.floor);
}

std::string Text(const refusal::FewSettings& r) {
  return fmt::format("the {} law has {} parameters and the points only {} distinct settings",
                     r.law,
                     r.parameters,
                     r.settings);
}

std::string Text(const refusal::DoesNotFall& r) {
  return fmt::format(
      "the loss does not fall with {}: it changes by {:+.2g} % per doubling; the {} law is one of "
      "losses that fall",
      Name(r.variable),
      100 * r.per_doubling,
      r.law);
}

std::string Text(const refusal::NoOptimum& r) {
  return fmt::format(
      "{} not fall as the {} law wants", r.best ? "the best losses do" : "the loss does", r.law);
}

std::string Text(const refusal::FewOptima& r) {
  return fmt::format(
      "the lr law needs at least {} sizes whose optimum lies inside the swept rates, got {} of {}",
      r.needed,
      r.got,
      r.sizes);
}

std::string Text(const refusal::OneNumberOfTokens&) {
  return "the lr law needs at least 2 distinct numbers of tokens";
}

std::string Text(const refusal::NoSurvivor&) { return "no run survived"; }

std::string Text(const refusal::NoValley&) {
  return "the losses show no valley: they do not rise to both sides of a best rate";
}

std::string Text(const refusal::NoShape&) { return "no shape of the valleys was found"; }

std::string Text(const refusal::NoLine&) { return "no line of the best rates was found"; }

std::string Text(const refusal::Mixed& r) {
  return fmt::format("the points have {} values of {}, {}",
                     r.values,
                     Name(r.variable),
                     r.variable == Variable::kBatch
                         ? "which the lr surface does not know: fit each alone"
                         : "too few for a law of it: fit each alone, or sweep a third");
}

std::string Text(const refusal::FewSurvivingSizes& r) {
  return fmt::format(
      "the lr surface needs at least {} sizes with survivors, got {}", r.needed, r.got);
}

std::string Text(const refusal::NoMinimum&) {
  return "no size shows a minimum in lr: the surface has no valley";
}

std::string Text(const refusal::FewForSurface& r) {
  return fmt::format(
      "the lr surface has {} parameters and only {} usable points", r.parameters, r.points);
}

std::string Text(const refusal::NoRunAtBudgets&) { return "no budget has a run"; }

std::string Text(const refusal::FewBudgets& r) {
  return fmt::format(
      "the compute law needs at least 2 budgets whose best size lies inside the runs, got {} of {}",
      r.inside,
      r.budgets);
}

std::string Text(const refusal::OptimaNotRuns&) {
  return "one row for each compute: they are optima, not runs";
}

std::string Text(const refusal::ComputeUnfixed&) {
  return "compute is no fixed multiple of params·tokens of the same rows";
}

std::string Text(const refusal::NothingFailed&) {
  return "no run failed: the stability edge lies above the swept rates";
}

std::string Text(const refusal::NotBracketed&) {
  return "no size has a surviving rate below a failed one: the stability edge is not bracketed";
}

std::string Text(const refusal::NotCompared&) { return "not compared"; }
std::string Text(const refusal::NotOfLoss&) { return "not a law of loss"; }
std::string Text(const refusal::NotAskedFor&) { return "not asked for"; }

std::string Text(const refusal::NoAdvisedRate&) {
  return "no advised rate was measured at three sizes";
}

// ---- what intervals take for granted

std::string Text(const std::monostate&) { return ""; }

std::string Text(const assumption::Streams& taken) {
  return fmt::format("points of one stream are correlated ({} streams); a new run has its own",
                     taken.streams);
}

std::string Text(const assumption::NoStream&) {
  return "points are independent: no stream is known, or all share one, whose own deviation is "
         "then in no interval";
}

std::string Text(const assumption::StreamsUntold&) {
  return "points are independent, though they share streams: the law cannot be told from them";
}

std::string Text(const assumption::OneShape& taken) {
  std::vector<std::string> shapes;
  for (const assumption::OneShape::Shape& one : taken.shapes) {
    shapes.push_back(fmt::format(
        "{}{} {:.0f} %", one.name, one.of_loss ? " of the loss" : "", 100 * one.weight));
  }
  return fmt::format("one shape for all valleys ({})", fmt::join(shapes, ", "));
}

}  // namespace

std::string RefusalText(const FitRefusal& refusal) {
  return std::visit([](const auto& kind) { return Text(kind); }, refusal);
}

std::string RefusalText(const LawFit& fit) {
  if (fit.ok()) return "";
  std::string why = RefusalText(*fit.refusal);
  // A law of loss that has hardly a point counts the rows in its own refusal, and they are not
  // counted twice.
  const bool counted = fit.info != nullptr && fit.info->make != nullptr && fit.n_points < 2;
  if (fit.rows == 0 || fit.dropped.empty() || counted) return why;
  return fmt::format("{} ({} of {} rows dropped)", why, fit.dropped.size(), fit.rows);
}

std::string RefusalText(const Comparison& comparison) {
  if (comparison.ok()) return "";
  const ComparedLaw* nearest = comparison.Nearest();
  if (nearest == nullptr) return "no law of loss is of the columns that the table has";
  return fmt::format(
      "the points carry no law of loss ({}: {})", nearest->law->name, WhyNotFitted(*nearest));
}

std::string WhyNotFitted(const ComparedLaw& compared) {
  if (!compared.unknown) return RefusalText(compared.fit);
  return fmt::format("{} varies, which it does not know", Name(*compared.unknown));
}

std::string AssumptionText(const Assumption& assumption) {
  return std::visit([](const auto& kind) { return Text(kind); }, assumption);
}

std::string SourceText(const DiscrepancySource& source) {
  if (!source.known) return "";
  if (source.own_scales == 0) return "pools of published points";
  return fmt::format("{} held-out scale{} of these points and pools of published ones",
                     source.own_scales,
                     source.own_scales == 1 ? "" : "s");
}

}  // namespace saelaw
