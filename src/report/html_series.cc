#include "report/html_series.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "report/json_parts.h"

namespace saelaw::html {
namespace {

using report_json::Json;
using report_json::Number;

// Of a drawn curve, evenly spaced in ln tokens.
constexpr int kCurvePoints = 49;

struct Span {
  double first = 0;
  double last = 0;
};

// From the smallest measured run to the target (or the largest run, should that be larger).
Span TokensDrawn(const Report& report) {
  const double target = report.recommendation.tokens;
  Span span{target, target};
  for (const StudyRun& run : report.findings.runs) {
    const auto tokens = static_cast<double>(run.tokens);
    if (span.first <= 0 || tokens < span.first) span.first = tokens;
    span.last = std::max(span.last, tokens);
  }
  return span;
}

Json CurvePoint(double x, const Prediction& prediction) {
  const Interval& band = prediction.confidence;
  return {
      {"x", x}, {"y", Number(prediction.value)}, {"lo", Number(band.lo)}, {"hi", Number(band.hi)}};
}

// The law and its interval; empty without a law.
Json Curve(const LawFit& fit, double d_sae, const Span& span) {
  Json curve = Json::array();
  if (!fit.ok() || span.first <= 0) return curve;
  const double step = std::log(span.last / span.first) / (kCurvePoints - 1);
  for (int i = 0; i < kCurvePoints; ++i) {
    Point at;
    at.tokens = i + 1 == kCurvePoints ? span.last : span.first * std::exp(step * i);
    at.params = d_sae;
    curve.push_back(CurvePoint(at.tokens, fit.Predict(at)));
  }
  return curve;
}

Json RunPoint(const StudyRun& run) {
  return {{"x", run.tokens},
          {"y", Number(run.final.loss)},
          {"lr", Number(run.lr)},
          {"d_sae", run.d_sae},
          {"seed", run.seed},
          {"outcome", Name(run.outcome)},
          {"note", run.reason_left_out},
          {"id", run.id}};
}

Json Marked(double x, double y, const Interval& interval) {
  if (!(x > 0) || !(y > 0)) return nullptr;
  return {{"x", x}, {"y", y}, {"lo", Number(interval.lo)}, {"hi", Number(interval.hi)}};
}

double LargestFitted(const Report& report) {
  const Recommendation& r = report.recommendation;
  return r.extrapolation_factor > 0 ? r.tokens / r.extrapolation_factor : r.tokens;
}

Json LossSeries(const Report& report, const Span& span) {
  const Findings& findings = report.findings;
  const Recommendation& r = report.recommendation;
  Json points = Json::array();
  Json others = Json::array();
  for (const StudyRun& run : findings.runs) {
    if (run.stage == Stage::kHoldOut) continue;
    // Runs at other rates are drawn faintly among the points.
    const bool rate = run.stage == Stage::kLrLaw && run.outcome == Outcome::kCompleted;
    (run.reason_left_out.empty() || rate ? points : others).push_back(RunPoint(run));
  }
  Json best = Json::array();
  for (const LrOptimum& optimum : findings.lr_law.optima) {
    if (optimum.loss > 0)
      best.push_back({{"x", optimum.tokens}, {"y", optimum.loss}, {"lr", Number(optimum.lr)}});
  }
  const auto d_sae = static_cast<double>(r.d_sae);
  return {{"lr", Number(findings.loss_law_lr)},
          {"points", points},
          {"left_out", others},
          {"best", findings.BestPredicts() ? best : Json::array()},
          {"curve", Curve(findings.predicting_law(), d_sae, span)},
          {"fixed_lr_curve",
           findings.BestPredicts() ? Curve(findings.loss_law, d_sae, span) : Json::array()},
          {"holdout", report_json::HoldOutObject(findings.hold_out)},
          {"fitted_to", Number(LargestFitted(report))},
          {"target", Marked(r.tokens, r.loss.value, r.loss.interval)}};
}

Json OptimumPoint(const LrOptimum& optimum) {
  const bool censored = optimum.censoring != Censoring::kNone;
  // 1.96 sd: the 95 % interval of a normal ln lr.
  const double factor = std::exp(1.96 * optimum.sd_ln);
  const double lr = censored ? optimum.best_lr : optimum.lr;
  const double unknown = std::nan("");
  return {{"x", optimum.tokens},
          {"y", Number(lr > 0 ? lr : unknown)},
          {"lo", Number(censored ? unknown : lr / factor)},
          {"hi", Number(censored ? unknown : lr * factor)},
          {"censoring", Name(optimum.censoring)}};
}

Json LrSeries(const Report& report, const Span& span) {
  const Findings& findings = report.findings;
  const Recommendation& r = report.recommendation;
  const auto d_sae = static_cast<double>(r.d_sae);
  Json optima = Json::array();
  double fitted = 0;  // the largest size that the law is of
  for (const LrOptimum& optimum : findings.lr_law.optima) {
    optima.push_back(OptimumPoint(optimum));
    if (optimum.censoring == Censoring::kNone) fitted = std::max(fitted, optimum.tokens);
  }
  Json failures = Json::array();
  for (const StudyRun& run : findings.runs) {
    if (run.outcome == Outcome::kCollapsed || run.outcome == Outcome::kDiverged)
      failures.push_back(
          {{"x", run.tokens}, {"y", run.lr}, {"outcome", Name(run.outcome)}, {"id", run.id}});
  }
  return {{"optima", optima},
          {"failures", failures},
          {"curve", Curve(findings.lr_law.law, d_sae, span)},
          {"edge", Curve(findings.lr_edge.law, d_sae, span)},
          {"fitted_to", Number(fitted > 0 ? fitted : r.tokens)},
          {"target", Marked(r.tokens, r.lr, r.lr_interval)},
          {"basis", Name(r.lr_basis)}};
}

// One curve per data size (and width): every rate that was tried there, ascending.
Json SweepSeries(const Findings& findings) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<const StudyRun*>> sizes;
  for (const StudyRun& run : findings.runs) {
    if (run.stage != Stage::kHoldOut) sizes[{run.tokens, run.d_sae}].push_back(&run);
  }
  Json series = Json::array();
  for (auto& [size, runs] : sizes) {
    std::stable_sort(
        runs.begin(), runs.end(), [](const auto* a, const auto* b) { return a->lr < b->lr; });
    Json points = Json::array();
    for (const StudyRun* run : runs) {
      Json point = RunPoint(*run);
      point["x"] = run->lr;
      points.push_back(std::move(point));
    }
    series.push_back({{"tokens", size.first}, {"d_sae", size.second}, {"points", points}});
  }
  return series;
}

}  // namespace

Json Series(const Report& report) {
  const Span span = TokensDrawn(report);
  return {{"loss", LossSeries(report, span)},
          {"lr", LrSeries(report, span)},
          {"sweeps", SweepSeries(report.findings)}};
}

}  // namespace saelaw::html
