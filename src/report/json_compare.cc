// The laws in the order of the table, and below them the places; comparison_tables.cc points into
// these lists, so the two files change together.
#include <cmath>

#include "report/json_parts.h"
#include "report/tables/fit_words.h"
#include "report/tables/refusal_words.h"

namespace saelaw {
namespace report_json {
namespace {

// A scale predicted from the smaller ones.
Json Rolled(const RolledScale& pair) {
  return {{"from_scales", pair.origin},
          {"scale", pair.scale + 1},
          {"tokens", Number(pair.tokens)},
          {"points", pair.points},
          {"error", Number(std::expm1(pair.error))},
          {"expected_error", Number(pair.sd)},
          {"inside", std::isfinite(pair.sd) ? Json(pair.inside) : Json(nullptr)}};
}

Json LawObject(const ComparedLaw& compared) {
  Json rolled = Json::array();
  for (const RolledScale& pair : compared.rolled) rolled.push_back(Rolled(pair));
  // Without a fit there is nothing to say but why.
  const bool fitted = !compared.unknown && compared.fit.ok();
  return {{"law", compared.law->name},
          {"weight", Number(compared.weight)},
          {"holds_up", compared.holds_up},
          {"aicc", Number(compared.aicc)},
          {"error", Number(compared.error)},
          {"predicted", compared.predicted},
          {"inside", compared.inside},
          {"rolling_origin", rolled},
          {"params", fitted ? Values(compared.fit.params) : Json(nullptr)},
          {"intervals", fitted ? Intervals(compared.fit.params) : Json(nullptr)},
          {"rms_residual", fitted ? Number(compared.fit.rms_residual) : Json(nullptr)},
          {"warnings", WarningTexts(compared.fit.warnings)},
          {"left_out", TextOrNull(WhyNotFitted(compared))}};
}

Json PlaceObject(const Comparison& comparison, const AveragedPrediction& place) {
  Json parts = Json::array();
  std::size_t next = 0;
  for (const ComparedLaw& compared : comparison.laws) {
    if (!(compared.weight > 0)) continue;
    const Prediction& part = place.parts.at(next++);
    parts.push_back(
        {{"law", compared.law->name},
         {"weight", Number(compared.weight)},
         {"value", Number(part.value)},
         {"interval", Range(part.prediction)},
         {"law_interval", Range(part.confidence)},
         {"discrepancy", DiscrepancyObject(part.discrepancy, compared.fit.discrepancy)}});
  }
  return {{"at", AtObject(place.averaged.at)},
          {"value", Number(place.averaged.value)},
          {"interval", Range(place.averaged.prediction)},
          {"law_interval", Range(place.averaged.confidence)},
          {"between_sd_ln", Number(place.between)},
          {"parts", parts}};
}

}  // namespace

Json DiscrepancyObject(const Discrepancy& discrepancy, const DiscrepancySource& source) {
  if (std::isnan(discrepancy.fall)) return nullptr;
  return {{"sd_ln", Number(discrepancy.above)},
          {"sd_ln_below", Number(discrepancy.below)},
          {"fall", Number(discrepancy.fall)},
          {"calibrated_on", TextOrNull(SourceText(source))}};
}

Json ComparisonObject(const Comparison& comparison) {
  if (comparison.empty()) return nullptr;
  Json laws = Json::array();
  for (const ComparedLaw& compared : comparison.laws) laws.push_back(LawObject(compared));
  Json predictions = Json::array();
  for (const AveragedPrediction& place : comparison.predictions) {
    predictions.push_back(PlaceObject(comparison, place));
  }
  return {{"level", Number(comparison.level)},
          {"laws", laws},
          {"predictions", predictions},
          {"warnings", WarningTexts(comparison.warnings)},
          {"refusal", TextOrNull(RefusalText(comparison))}};
}

}  // namespace report_json

std::string CompareJson(const Comparison& comparison, const std::vector<DroppedPoint>& dropped) {
  report_json::Json json = report_json::Head("compare");
  report_json::Json object = report_json::ComparisonObject(comparison);
  // A table without a law of its columns has a refusal too.
  if (object.is_null()) object = {{"refusal", report_json::TextOrNull(RefusalText(comparison))}};
  json.update(object);
  json["dropped"] = report_json::Dropped(dropped);
  return report_json::Dump(json);
}

}  // namespace saelaw
