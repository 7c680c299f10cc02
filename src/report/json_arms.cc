// The comparison of a study's arms as JSON: what each reached, and how they differ.
#include "report/json_parts.h"
#include "report/tables/arms_tables.h"

namespace saelaw {
namespace {

using report_json::Json;
using report_json::Number;
using report_json::Range;

Json SizeObject(const ArmAtSize& size) {
  return {{"tokens", Number(size.tokens)},
          {"lr", Number(size.lr)},
          {"fvu", Number(size.fvu)},
          {"l0", Number(size.l0)},
          {"dead_fraction", Number(size.dead_fraction)},
          {"seeds", size.log_fvu.size()},
          {"runs", size.runs},
          {"failed", size.failed},
          {"basin", Range({size.basin.lo, size.basin.hi})},
          {"basin_open", Json::array({size.basin.open_below, size.basin.open_above})},
          {"first_failure", Number(size.first_failure)}};
}

Json ArmObject(const ArmSummary& arm) {
  Json json = {{"arm", arm.label},
               {"recipe", report_json::TextOrNull(arm.recipe)},
               {"target_l0", arm.target_l0 > 0 ? Number(arm.target_l0) : Json(nullptr)},
               {"lr", arm.lr > 0 ? Number(arm.lr) : Json(nullptr)},
               {"fvu_predicted", Number(arm.fvu.value)},
               {"fvu_interval", Range(arm.fvu.interval)},
               {"l0_predicted", Number(arm.l0.value)},
               {"l0_interval", Range(arm.l0.interval)},
               {"runs", arm.runs},
               {"failed", arm.failed},
               {"seconds_per_token", Number(arm.seconds_per_token)},
               {"sizes", Json::array()}};
  for (const ArmAtSize& size : arm.sizes) json["sizes"].push_back(SizeObject(size));
  return json;
}

Json DifferenceObject(const ArmsComparison& comparison, const ArmDifference& difference) {
  Json json = {
      {"arms",
       Json::array({comparison.arms[difference.a].label, comparison.arms[difference.b].label})},
      {"log_fvu_ratio", Number(difference.log_ratio.value)},
      {"log_fvu_ratio_interval", Range(difference.log_ratio.interval)},
      {"same_sparsity", difference.same_sparsity()},
      {"decided", difference.decided()},
      {"sentence", DifferenceSentence(comparison, difference)},
      {"sizes", Json::array()}};
  for (const SizeDifference& size : difference.sizes) {
    json["sizes"].push_back({{"tokens", Number(size.tokens)},
                             {"log_fvu_ratio", Number(size.log_ratio)},
                             {"standard_error", Number(size.error)},
                             {"pairs", size.pairs}});
  }
  return json;
}

}  // namespace

std::string ArmsJson(const ArmsComparison& comparison) {
  Json json = report_json::Head("compare-arms");
  json["sweep"] = comparison.sweep;
  json["demonstration"] = comparison.demonstration;
  json["tokens"] = Number(comparison.tokens);
  json["arms"] = Json::array();
  for (const ArmSummary& arm : comparison.arms) json["arms"].push_back(ArmObject(arm));
  json["differences"] = Json::array();
  for (const ArmDifference& one : comparison.differences) {
    json["differences"].push_back(DifferenceObject(comparison, one));
  }
  return report_json::Dump(json);
}

}  // namespace saelaw
