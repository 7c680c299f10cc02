// The pieces that the JSON objects of report/ share; for its .cc files alone, not other rooms.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "core/metrics.h"
#include "report/json.h"

namespace saelaw::report_json {

using Json = nlohmann::ordered_json;

// null for what is unknown (NaN) or without bound (infinite).
Json Number(double value);
// [lo, hi]; null when both sides are unknown.
Json Range(const Interval& interval);
// Whether what was measured lies in it; null where there is no interval.
Json Inside(bool inside, const Interval& interval);
// null when empty.
Json TextOrNull(const std::string& text);

// {"version", "command"}, to be continued.
Json Head(std::string_view command);
// The text of a finished object: indented, UTF-8 made valid, newline at the end.
std::string Dump(const Json& json);

// The variables that the point names, params of a run as its size.
Json AtObject(const Point& at);
Json Dropped(const std::vector<DroppedPoint>& dropped);
// {name: value} and {name: [lo, hi]}.
Json Values(std::span<const Parameter> params);
Json Intervals(std::span<const Parameter> params);
// {"name", "value", "interval", "on_bound"}; null when the name is empty.
Json OneParameter(const Parameter& parameter);

// The objects without their heads, as ReportJson nests them.
Json FitObject(const LawFit& fit, std::span<const Prediction> predictions);
// What the law of the best rate and the stability edge rest on.
Json OptimaObject(const std::vector<LrOptimum>& optima);
Json BracketsObject(const std::vector<LrEdgeBracket>& brackets);
// null when there is nothing to show.
Json CriticismObject(const Criticism& criticism);
Json ComparisonObject(const Comparison& comparison);
// What a prediction's intervals allow for the law being wrong; null where nobody asked.
Json DiscrepancyObject(const Discrepancy& discrepancy, const DiscrepancySource& source);
Json RecommendationObject(const Recommendation& recommendation, const std::string& config_path);
// The metrics of a group, then their errors, to the object of a run.
void AddMetrics(MetricGroup group, const RunMeasures& run, Json& json);
// The held-out means without their errors.
Json EvaluationObject(const Evaluation& evaluation);
Json PriceObject(const TargetPrice& price);
Json HoldOutObject(std::span<const HoldOutCheck> checks);
Json ReportObject(const Report& report);

}  // namespace saelaw::report_json
