// Laws on the terminal: parameters with intervals, predictions, what was dropped and why.
#include <cmath>

#include <fmt/format.h>

#include "report/numbers.h"
#include "report/terminal_parts.h"

namespace saelaw {
namespace terminal {
namespace {

std::string AtText(const Point& at) {
  std::string text;
  const auto add = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, value);
  };
  if (!std::isnan(at.tokens)) add("tokens", CountText(at.tokens));
  if (!std::isnan(at.params)) add("params", CountText(at.params));
  if (!std::isnan(at.lr)) add("lr", NumberText(at.lr));
  if (!std::isnan(at.batch)) add("batch", CountText(at.batch));
  return text;
}

std::string RateText(double lr) { return lr > 0 ? NumberText(lr) : "-"; }

}  // namespace

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
  std::string text = fmt::format("  {} points, {}; intervals: {}; residual {} % rms of the loss",
                                 fit.n_points,
                                 fit.estimator,
                                 fit.interval_method,
                                 NumberText(100 * fit.rms_residual, 2));
  if (!std::isnan(fit.noise_sd))
    text += fmt::format("; seed noise {} %", NumberText(100 * fit.noise_sd, 2));
  if (!fit.converged) text += Paint("; NOT CONVERGED", Tone::kWarning, colour);
  return text + "\n";
}

std::string PredictionTable(std::span<const Prediction> predictions, double level) {
  TextTable table({{"at", Align::kLeft},
                   {"value"},
                   {LevelText(level) + " interval of one run", Align::kLeft},
                   {"of the law", Align::kLeft}});
  for (const Prediction& prediction : predictions) {
    table.Add({AtText(prediction.at),
               NumberText(prediction.value, 5),
               IntervalText(prediction.prediction, 5),
               IntervalText(prediction.confidence, 5)});
  }
  return table.Text();
}

std::string OptimaTable(std::span<const LrOptimum> optima) {
  TextTable table({{"tokens"},
                   {"best lr"},
                   {"optimum"},
                   {"sd of ln lr"},
                   {"loss there"},
                   {"last survivor"},
                   {"first failure"},
                   {"rests on", Align::kLeft}});
  for (const LrOptimum& optimum : optima) {
    const bool censored = optimum.censoring != Censoring::kNone;
    table.Add({CountText(optimum.tokens),
               RateText(optimum.best_lr),
               censored ? "-" : RateText(optimum.lr),
               censored ? "-" : NumberText(optimum.sd_ln, 2),
               NumberText(optimum.loss),
               RateText(optimum.last_survivor),
               RateText(optimum.first_failure),
               censored ? fmt::format("not fitted: {}", Name(optimum.censoring))
                        : fmt::format("{} points", optimum.points_used)});
  }
  return table.Text();
}

std::string DroppedTable(const std::vector<DroppedPoint>& dropped) {
  TextTable table({{"row"}, {"reason", Align::kLeft}});
  for (const DroppedPoint& point : dropped)
    table.Add({std::to_string(point.row), Plain(point.reason)});
  return table.Text();
}

}  // namespace terminal

namespace {

using namespace terminal;  // NOLINT: the pieces of this room's own pages

struct FitPage {
  std::string title;
  const LawFit& law;
  std::vector<std::string> warnings;
  const std::vector<DroppedPoint>& dropped;
  std::span<const Prediction> predictions;
};

std::string FitPageText(const FitPage& page, const std::string& details, bool colour) {
  std::string text = WarningLines(page.warnings, colour);
  text += Heading(page.title, colour) + LawSummary(page.law, colour);
  if (page.law.ok()) {
    text += ParameterTable(page.law);
    text += fmt::format("  objective {}, {} of {} starts at the best\n",
                        NumberText(page.law.objective, 6),
                        page.law.starts_at_best,
                        page.law.starts_tried);
  }
  text += details;
  if (!page.predictions.empty())
    text += Heading("Predictions", colour) + PredictionTable(page.predictions, page.law.level);
  if (!page.dropped.empty()) text += Heading("Dropped", colour) + DroppedTable(page.dropped);
  return text;
}

std::vector<std::string> Both(std::vector<std::string> first,
                              const std::vector<std::string>& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

std::string FitText(const LawFit& fit, std::span<const Prediction> predictions, bool colour) {
  return FitPageText({"Law " + fit.law, fit, fit.warnings, fit.dropped, predictions}, "", colour);
}

std::string LrLawText(const LrLawFit& fit, std::span<const Prediction> predictions, bool colour) {
  return FitPageText({"Optimal learning rate, LR*(D) = coef·D^exponent",
                      fit.law,
                      Both(fit.warnings, fit.law.warnings),
                      fit.dropped,
                      predictions},
                     Heading("Each data size", colour) + OptimaTable(fit.optima),
                     colour);
}

std::string LrEdgeText(const LrEdgeFit& fit, std::span<const Prediction> predictions, bool colour) {
  TextTable brackets({{"tokens"}, {"last survivor"}, {"first failure"}});
  for (const LrEdgeBracket& bracket : fit.brackets) {
    brackets.Add({CountText(bracket.tokens),
                  RateText(bracket.last_survivor),
                  RateText(bracket.first_failure)});
  }
  return FitPageText({"Stability edge, lr_max(D) = coef·D^exponent",
                      fit.law,
                      Both(fit.warnings, fit.law.warnings),
                      fit.law.dropped,
                      predictions},
                     Heading("Each data size", colour) + brackets.Text(),
                     colour);
}

}  // namespace saelaw
