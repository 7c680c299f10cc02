// The numbers of a criticism, one list for each kind. criticism_tables.cc points into these lists,
// and so the two files change together.
#include "report/json_parts.h"
#include "report/tables/fit_words.h"

namespace saelaw::report_json {
namespace {

Json HeldOut(const HeldOutScale& held) {
  return {{"tokens", Number(held.tokens)},
          {"points", held.points},
          {"measured", Number(held.measured)},
          {"predicted", Number(held.prediction.value)},
          {"interval", Range(held.prediction.prediction)},
          {"error", Number(held.error)},
          {"inside", Inside(held.inside, held.prediction.prediction)},
          {"largest", held.largest}};
}

// A law that could not be fitted has nothing to compare, so null stands in its place.
Json FloorObject(const LawFit& fit) {
  if (!fit.ok()) return nullptr;
  return {{"params", Values(fit.params)}, {"rms_residual", Number(fit.rms_residual)}};
}

// The lists differ only in how one of their items is written.
template <typename Item, typename Make>
Json Rows(const std::vector<Item>& items, Make make) {
  Json rows = Json::array();
  for (const Item& item : items) rows.push_back(make(item));
  return rows;
}

}  // namespace

Json CriticismObject(const Criticism& criticism) {
  if (criticism.empty()) return nullptr;
  Json json = {{"held_out", Rows(criticism.held_out, HeldOut)},
               {"with_floor", FloorObject(criticism.with_floor)},
               {"without_floor", FloorObject(criticism.without_floor)},
               {"floor_worth", Number(criticism.floor_worth)},
               {"seed_noise", Number(criticism.seed_noise)}};
  json["influence"] = Rows(criticism.influence, [](const Influence& point) -> Json {
    return {{"row", point.row},
            {"whole_scale", point.whole_scale},
            {"tokens", Number(point.tokens)},
            {"exponent", Number(point.exponent)},
            {"shift", Number(point.shift)},
            {"at_target", Number(point.at_target)},
            {"run", TextOrNull(point.run)}};
  });
  json["local_exponents"] = Rows(criticism.local_exponents, [](const LocalExponent& local) -> Json {
    return {{"from_tokens", Number(local.from_tokens)},
            {"to_tokens", Number(local.to_tokens)},
            {"exponent", Number(local.exponent)},
            {"interval", Range(local.interval)}};
  });
  json["next_runs"] = Rows(criticism.next_runs, [](const NextRun& next) -> Json {
    return {{"at", AtObject(next.at)},
            {"narrows", Number(next.narrows)},
            {"relative_cost", Number(next.relative_cost)},
            {"repeats", next.repeats}};
  });
  json["would_change"] = ChangeTexts(criticism.would_change);
  json["warnings"] = WarningTexts(criticism.warnings);
  return json;
}

}  // namespace saelaw::report_json
