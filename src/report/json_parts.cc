// JSON has neither NaN nor infinity, and most readers stop at them. Therefore what is unknown
// becomes null; that is decided here, once for all.
#include "report/json_parts.h"

#include <cmath>

namespace saelaw::report_json {

Json Number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json Range(const Interval& interval) {
  // An interval with one open end is a pair with one null; only without both ends it is unknown.
  if (!std::isfinite(interval.lo) && !std::isfinite(interval.hi)) return nullptr;
  return Json::array({Number(interval.lo), Number(interval.hi)});
}

Json Inside(bool inside, const Interval& interval) {
  // Without an interval, neither "inside" nor "outside" would be true.
  return interval.known() ? Json(inside) : Json(nullptr);
}

Json TextOrNull(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Json Head(std::string_view command) { return {{"version", kJsonVersion}, {"command", command}}; }

std::string Dump(const Json& json) {
  // Names and messages of users need not be UTF-8. Bytes that are not are replaced, because a
  // report must not fail over a name.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json Dropped(const std::vector<DroppedPoint>& dropped) {
  Json rows = Json::array();
  for (const DroppedPoint& point : dropped)
    rows.push_back({{"row", point.row}, {"reason", point.reason}});
  return rows;
}

Json Values(std::span<const Parameter> params) {
  Json values = Json::object();
  for (const Parameter& parameter : params) values[parameter.name] = Number(parameter.value);
  return values;
}

Json Intervals(std::span<const Parameter> params) {
  Json intervals = Json::object();
  for (const Parameter& parameter : params) intervals[parameter.name] = Range(parameter.interval);
  return intervals;
}

Json OneParameter(const Parameter& parameter) {
  // A parameter without a name is one that no law has given.
  if (parameter.name.empty()) return nullptr;
  return {{"name", parameter.name},
          {"value", Number(parameter.value)},
          {"interval", Range(parameter.interval)},
          {"on_bound", parameter.on_bound}};
}

void AddMetrics(MetricGroup group, const RunMeasures& run, Json& json) {
  // A metric that earlier versions did not have is left out where a result does not know it.
  const auto shown = [&](const Metric& metric) {
    if (metric.group != group || (metric.shown & kInJson) == 0) return false;
    return (metric.shown & kWhereKnown) == 0 || std::isfinite(MetricValue(metric, run));
  };
  for (const Metric& metric : AllMetrics()) {
    if (shown(metric)) json[std::string(metric.name)] = Number(MetricValue(metric, run));
  }
  for (const Metric& metric : AllMetrics()) {
    if (shown(metric) && HasError(metric))
      json[ErrorName(metric)] = Number(MetricError(metric, run));
  }
}

Json EvaluationObject(const Evaluation& evaluation) {
  Json json = Json::object();
  for (const Metric& metric : AllMetrics()) {
    if (metric.group != MetricGroup::kHeldOut) continue;
    json[std::string(metric.name)] = Number(ValueIn(metric, evaluation));
  }
  return json;
}

Json PriceObject(const TargetPrice& price) {
  return {
      {"tokens", Number(price.tokens)},
      {"device", {{"name", price.device.name}, {"peak_flops", Number(price.device.peak_flops)}}},
      {"at_peak",
       {{"label", "at peak (lower bound)"},
        {"half_forward_flops", Number(price.half_forward_flops)},
        {"half_forward_hours", Number(price.half_forward_hours)},
        {"sae_flops", Number(price.sae_flops)},
        {"sae_hours", Number(price.sae_hours)},
        {"hours", Number(price.hours_at_peak())}}},
      {"exact",
       {{"utilisation", Number(price.utilisation)},
        {"forward_flops", Number(price.exact_forward_flops)},
        {"forward_hours", Number(price.exact_forward_hours)},
        {"sae_flops", Number(price.exact_sae_flops)},
        {"sae_hours", Number(price.exact_sae_hours)},
        {"hours", Number(price.exact_hours())}}},
      {"device_bytes", Number(price.device_bytes)},
      {"activations_bytes", Number(price.activations_bytes)},
      {"weights_bytes", Number(price.weights_bytes)}};
}

// `predicted` is what was said before the run where `stored` is true; `today` is what the law of
// now says.
Json HoldOutObject(std::span<const HoldOutCheck> checks) {
  Json rows = Json::array();
  for (const HoldOutCheck& check : checks) {
    rows.push_back({{"run", check.run},
                    {"tokens", check.tokens},
                    {"lr", Number(check.lr)},
                    {"predicted", Number(check.predicted)},
                    {"interval", Range(check.interval)},
                    {"measured", Number(check.measured)},
                    {"inside", Inside(check.inside, check.interval)},
                    {"stored", check.stored},
                    {"today", Number(check.today)}});
  }
  return rows;
}

}  // namespace saelaw::report_json
