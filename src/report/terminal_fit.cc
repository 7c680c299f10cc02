// Laws on the terminal: parameters with intervals, predictions, what was dropped and why.
#include <cmath>

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/terminal_parts.h"

namespace saelaw {
namespace terminal {
namespace {

// What the law predicts, and so what its residuals are of.
std::string_view Predicted(const LawFit& fit) {
  if (fit.law == "lr") return "the best lr";
  return fit.law == "compute" ? "the best params" : "the loss";
}

std::string RateText(double lr) { return lr > 0 ? NumberText(lr) : "-"; }

}  // namespace

std::string PlaceText(const Point& at) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  };
  if (!std::isnan(at.tokens)) add("tokens", CountText(at.tokens));
  if (!std::isnan(at.params)) add("params", CountText(at.params));
  if (!std::isnan(at.lr)) add("lr", NumberText(at.lr));
  if (!std::isnan(at.batch)) add("batch", CountText(at.batch));
  if (!std::isnan(at.compute)) add("compute", NumberText(at.compute));
  return text;
}

std::string WarningLines(const std::vector<std::string>& warnings, bool colour) {
  std::string text;
  for (const std::string& warning : warnings)
    text += Paint(Wrapped(Plain(warning), "! "), Tone::kWarning, colour);
  return text;
}

std::string ParameterTable(const LawFit& fit) {
  TextTable table({{"parameter", Align::kLeft},
                   {"value"},
                   {LevelText(fit.level) + " interval", Align::kLeft},
                   {"remark", Align::kLeft}});
  for (const Parameter& parameter : fit.params) {
    table.Add({parameter.name,
               NumberText(parameter.value, 5),
               IntervalText(parameter.interval),
               parameter.on_bound ? "on its bound" : ""});
  }
  return table.Text();
}

std::string LawSummary(const LawFit& fit, bool colour) {
  if (!fit.ok())
    return Paint(Wrapped("No law: " + Plain(fit.refusal), "  "), Tone::kWarning, colour);
  if (fit.law == "lr-edge") {
    return fmt::format(
        "  {} points, {}; intervals: {}\n", fit.n_points, fit.estimator, fit.interval_method);
  }
  std::string text = fmt::format("  {} points, {}; intervals: {}; residual {} % rms of {}",
                                 fit.n_points,
                                 fit.estimator,
                                 fit.interval_method,
                                 NumberText(100 * fit.rms_residual, 2),
                                 Predicted(fit));
  if (!std::isnan(fit.noise_sd))
    text += fmt::format("; seed noise {} %", NumberText(100 * fit.noise_sd, 2));
  if (!fit.converged) text += Paint("; NOT CONVERGED", Tone::kWarning, colour);
  text += "\n";
  if (!fit.assumption.empty())
    text += Wrapped("Intervals take for granted: " + fit.assumption, "  ");
  if (fit.centres.empty()) return text;
  std::string centres;
  for (const auto& [name, value] : fit.centres) {
    centres += fmt::format("{}{} over {}", centres.empty() ? "" : ", ", name, NumberText(value, 5));
  }
  return text + Wrapped("The parameters are of centred variables: " + centres, "  ");
}

std::string PredictionTable(std::span<const Prediction> predictions, double level) {
  TextTable table({{"at", Align::kLeft},
                   {"value"},
                   {LevelText(level) + " interval of one run", Align::kLeft},
                   {"of the law", Align::kLeft},
                   {"beyond the data"}});
  for (const Prediction& prediction : predictions) {
    table.Add({PlaceText(prediction.at),
               NumberText(prediction.value, 5),
               IntervalText(prediction.prediction, 5),
               IntervalText(prediction.confidence, 5),
               std::isnan(prediction.extrapolation)
                   ? "-"
                   : NumberText(prediction.extrapolation, 3) + " times"});
  }
  return table.Text();
}

std::string OptimaTable(std::span<const LrOptimum> optima) {
  TextTable table({{"tokens"},
                   {"best lr"},
                   {"optimum"},
                   {"95 % interval", Align::kLeft},
                   {"loss there"},
                   {"last survivor"},
                   {"first failure"},
                   {"rests on", Align::kLeft}});
  for (const LrOptimum& optimum : optima) {
    const bool censored = optimum.censoring != Censoring::kNone;
    table.Add({CountText(optimum.tokens),
               RateText(optimum.best_lr),
               censored ? "-" : RateText(optimum.lr),
               censored ? "-" : IntervalText(optimum.interval),
               NumberText(optimum.loss),
               RateText(optimum.last_survivor),
               RateText(optimum.first_failure),
               censored ? fmt::format("not fitted: {}", Name(optimum.censoring))
                        : fmt::format("{} points", optimum.points_used)});
  }
  return table.Text();
}

std::string DroppedTable(const std::vector<DroppedPoint>& dropped) {
  constexpr std::size_t kMost = 40;
  TextTable table({{"row"}, {"reason", Align::kLeft}});
  for (const DroppedPoint& point : dropped) {
    if (table.rows() == kMost) break;
    table.Add({std::to_string(point.row), Plain(point.reason)});
  }
  if (dropped.size() <= kMost) return table.Text();
  return table.Text() + fmt::format("  and {} more, all in --json\n", dropped.size() - kMost);
}

}  // namespace terminal

namespace {

using namespace terminal;  // NOLINT: the pieces of this room's own pages

std::string Title(const std::string& law) {
  if (law == "lr") return "Optimal learning rate, LR* = coef·tokens^exponent";
  if (law == "lr-edge") return "Stability edge, lr_max = coef·tokens^exponent";
  if (law == "compute") return "Best split of compute, N* = coef_n·C^exponent_n, by parabolas";
  return "Law " + law;
}

std::string LawBlock(const LawFit& law, bool colour) {
  std::string text = LawSummary(law, colour);
  if (!law.ok()) return text;
  text += ParameterTable(law);
  if (law.starts_tried == 0) return text;  // found without a search
  return text + fmt::format("  objective {}, {} of {} starts at the best\n",
                            NumberText(law.objective, 6),
                            law.starts_at_best,
                            law.starts_tried);
}

std::string Brackets(const LrEdgeFit& fit) {
  TextTable brackets({{"tokens"}, {"last survivor"}, {"first failure"}});
  for (const LrEdgeBracket& bracket : fit.brackets) {
    brackets.Add({CountText(bracket.tokens),
                  RateText(bracket.last_survivor),
                  RateText(bracket.first_failure)});
  }
  return brackets.Text();
}

std::string Budgets(const ComputeLawFit& fit) {
  TextTable budgets(
      {{"compute"}, {"best params"}, {"best tokens"}, {"sd of ln"}, {"rests on", Align::kLeft}});
  for (const ComputeOptimum& optimum : fit.optima) {
    const bool censored = optimum.censoring != Censoring::kNone;
    budgets.Add({NumberText(optimum.compute),
                 CountText(optimum.params),
                 CountText(optimum.tokens),
                 censored ? "-" : NumberText(optimum.sd_ln, 2),
                 censored ? fmt::format("not fitted: {}", Name(optimum.censoring))
                          : fmt::format("{} points", optimum.points_used)});
  }
  return budgets.Text();
}

// Of the laws beside the one that was asked for, which have no other place.
std::string WarningsOf(const LawFit& law, bool colour) {
  return law.ok() ? WarningLines(law.warnings, colour) : "";
}

// What the law rests on, by its kind.
std::string Grounds(const LawAnswer& answer, bool colour) {
  std::string text;
  if (answer.surface) {
    text += Heading("Beside it, the sizes one by one", colour) +
            LawBlock(answer.surface->stepwise.law, colour) +
            WarningLines(answer.surface->stepwise.law.warnings, colour);
  }
  if (answer.lr) text += Heading("Each data size", colour) + OptimaTable(answer.lr->optima);
  if (answer.edge) text += Heading("Each data size", colour) + Brackets(*answer.edge);
  if (answer.compute) {
    text += Heading("Beside it, from the loss surface", colour) +
            LawBlock(answer.compute->surface, colour) +
            WarningsOf(answer.compute->loss_surface, colour);
    text += Heading("Each budget", colour) + Budgets(*answer.compute);
  }
  return text;
}

// Failed runs carry a law of rates, though not as points of it.
std::string DroppedTitle(const LawAnswer& answer) {
  const bool rates = answer.lr.has_value() || answer.edge.has_value();
  return fmt::format("{}: {} of {} rows",
                     rates ? "Dropped or diverged" : "Dropped",
                     answer.law.dropped.size(),
                     answer.rows);
}

}  // namespace

std::string AnswerText(const LawAnswer& answer, bool colour) {
  const LawFit& law = answer.law;
  std::vector<std::string> warnings = law.warnings;
  warnings.insert(
      warnings.end(), answer.criticism.warnings.begin(), answer.criticism.warnings.end());
  std::string text = WarningLines(warnings, colour);
  text += Heading(Title(law.law), colour) + LawBlock(law, colour) + Grounds(answer, colour);
  if (!answer.predictions.empty())
    text += Heading("Predictions", colour) + PredictionTable(answer.predictions, law.level);
  text += CriticismText(answer.criticism, answer.criticism.would_change, colour);
  if (!law.dropped.empty())
    text += Heading(DroppedTitle(answer), colour) + DroppedTable(law.dropped);
  return text;
}

}  // namespace saelaw
