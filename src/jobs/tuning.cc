// What was measured of a machine is stored as it was found, shape by shape; later versions read
// what earlier ones did not know as absent.
#include "jobs/tuning.h"

#include <algorithm>

#include "jobs/json.h"

namespace saelaw {
namespace json {

Json TuningToJson(const StepTuning& tuning) {
  Json shapes = Json::array();
  for (const TunedShape& tuned : tuning.shapes) {
    shapes.push_back({{"d_sae", tuned.shape.d_sae},
                      {"batch_tokens", tuned.shape.batch_tokens},
                      {"algorithms", tuned.algorithms}});
  }
  return {{"path", tuning.path},
          {"dense_above_fp32", tuning.dense_above_fp32},
          {"dense_above_bf16", tuning.dense_above_bf16},
          {"machine", tuning.machine},
          {"shapes", shapes}};
}

StepTuning TuningFromJson(const Json& json) {
  StepTuning tuning;
  json.at("path").get_to(tuning.path);
  json.at("dense_above_fp32").get_to(tuning.dense_above_fp32);
  json.at("dense_above_bf16").get_to(tuning.dense_above_bf16);
  // What an earlier version wrote has neither of these.
  tuning.machine = json.value("machine", "");
  for (const Json& shape : json.value("shapes", Json::array())) {
    tuning.shapes.push_back(
        {{shape.at("d_sae").get<std::int64_t>(), shape.at("batch_tokens").get<std::int64_t>()},
         shape.at("algorithms").get<std::vector<int>>()});
  }
  return tuning;
}

}  // namespace json

const TunedShape* FindShape(const StepTuning& tuning, const StepShape& shape) {
  const auto found = std::find_if(tuning.shapes.begin(),
                                  tuning.shapes.end(),
                                  [&](const TunedShape& tuned) { return tuned.shape == shape; });
  return found == tuning.shapes.end() ? nullptr : &*found;
}

std::string ToJson(const StepTuning& tuning) { return json::TuningToJson(tuning).dump(); }

StepTuning StepTuningFromJson(std::string_view text) {
  return json::Read("tuning", text, json::TuningFromJson);
}

}  // namespace saelaw
