// It is JSON of its own beside the configuration, since a configuration is edited by people and a
// forecast must not be.
#include "report/forecast_file.h"

#include <cmath>

#include <fmt/format.h>

#include "core/files.h"
#include "report/document/numbers.h"
#include "report/json_parts.h"
#include "report/tables/transfer_words.h"
#include "report/tables/verdict_words.h"

namespace saelaw {
namespace {

using report_json::Json;

constexpr const char* kCommand = "forecast";

void AddEstimate(const char* name, const Estimate& estimate, Json& json) {
  json[fmt::format("{}_predicted", name)] = report_json::Number(estimate.value);
  json[fmt::format("{}_interval", name)] = report_json::Range(estimate.interval);
}

double NumberIn(const Json& json) { return json.is_number() ? json.get<double>() : std::nan(""); }

}  // namespace

std::optional<FrozenForecast> Freeze(const Recommendation& r,
                                     const Findings& findings,
                                     const std::string& config_text,
                                     const std::string& made_at) {
  if (r.refused || !r.loss.known()) return std::nullopt;
  FrozenForecast forecast{ComputeId(r.run), HashBytes(config_text), made_at, r.loss.value, {}, ""};
  forecast.interval = r.loss.interval;
  Json json = report_json::Head(kCommand);
  json["run"] = forecast.run;
  json["config_hash"] = forecast.config_hash;
  json["made_at"] = made_at;
  json["tokens"] = report_json::Number(r.tokens);
  json["lr"] = report_json::Number(r.lr);
  AddEstimate("loss", r.loss, json);
  AddEstimate("mse", r.parts.mse, json);
  AddEstimate("penalty", r.parts.penalty, json);
  AddEstimate("fvu", r.parts.fvu, json);
  AddEstimate("l0", r.parts.l0, json);
  json["sentence"] = VerdictSentence(r);
  json["loss_basis"] = BasisText(r.loss_basis);
  json["loss_law"] = report_json::FitObject(findings.loss.Predicting().fit, {});
  json["lr_law"] = report_json::FitObject(findings.rates.best.law, {});
  forecast.text = report_json::Dump(json);
  return forecast;
}

std::optional<FrozenForecast> ReadForecast(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || json.value("command", "") != kCommand) return std::nullopt;
  FrozenForecast forecast;
  forecast.run = json.value("run", "");
  forecast.config_hash = json.value("config_hash", "");
  forecast.made_at = json.value("made_at", "");
  forecast.text = text;
  if (!json.contains("loss_predicted") || !json["loss_predicted"].is_number()) return std::nullopt;
  forecast.loss = json["loss_predicted"].get<double>();
  if (const Json range = json.value("loss_interval", Json());
      range.is_array() && range.size() == 2) {
    forecast.interval = {NumberIn(range[0]), NumberIn(range[1])};
  }
  return forecast;
}

std::string CompareText(const FrozenForecast& forecast, double measured) {
  const Interval& interval = forecast.interval;
  const bool inside = measured >= interval.lo && measured <= interval.hi;
  const std::string judged = !interval.known() ? "" : inside ? ", inside" : ", OUTSIDE";
  return fmt::format("the forecast of {} was loss {} ({}): measured {}, {}{}",
                     forecast.made_at.empty() ? "before" : forecast.made_at,
                     NumberText(forecast.loss),
                     IntervalText(interval),
                     NumberText(measured),
                     DifferenceText(measured / forecast.loss - 1),
                     judged);
}

}  // namespace saelaw
