// A job file is read by a trainer of the same version or a later one: keys that came later are
// optional. A job's id is the hash of what it is to do, so that the same work has the same folder.
#include "jobs/job.h"

#include <array>

#include "core/files.h"
#include "jobs/json.h"

namespace saelaw {
namespace {

using json::FromDouble;
using json::Json;
using json::ToDouble;

Json CaptureToJson(const CaptureSpec& capture) {
  return {{"folder", capture.folder}, {"tokens", capture.tokens}, {"dtype", capture.dtype}};
}

// What an earlier version wrote has none.
StepTuning TuningIn(const Json& json) {
  const auto found = json.find("tuning");
  return found == json.end() ? StepTuning{} : json::TuningFromJson(*found);
}

// What is to be measured, and where: what was found elsewhere, or for other shapes, is none of it.
Json MeasuringKey(const StepTuning& tuning) {
  return {{"path", tuning.path},
          {"machine", tuning.machine},
          {"shapes", json::TuningToJson(tuning).at("shapes")}};
}

Json MomentsToJson(const VectorMoments& moments) {
  return {{"mean_squared_norm", moments.mean_squared_norm},
          {"mean_share", moments.mean_share},
          {"mean", moments.mean}};
}

VectorMoments MomentsFrom(const Json& json) {
  VectorMoments moments;
  json.at("mean_squared_norm").get_to(moments.mean_squared_norm);
  json.at("mean_share").get_to(moments.mean_share);
  json.at("mean").get_to(moments.mean);
  return moments;
}

// What an earlier version wrote has none of these.
void ReadLaterAdditions(const Json& json, Job& job) {
  if (json.contains("checkpoint_tokens"))
    json.at("checkpoint_tokens").get_to(job.checkpoint_tokens);
  if (json.contains("continues")) json.at("continues").get_to(job.continues);
  job.vector_cache_bytes = json.value("vector_cache_bytes", 0.0);
  job.largest_norm = json.value("largest_norm", 0.0);
  if (json.contains("moments")) job.moments = MomentsFrom(json.at("moments"));
}

Job JobFrom(const Json& json) {
  Job job;
  json.at("id").get_to(job.id);
  job.kind = json::EnumNamed(json.at("kind"), JobKind::kCapture);
  job.source = json::SourceFromJson(json.at("source"));
  json.at("activation_scale").get_to(job.activation_scale);
  for (const Json& run : json.at("runs")) job.runs.push_back(json::SpecFromJson(run));
  const Json& capture = json.at("capture");
  job.capture = {capture.at("folder").get<std::string>(),
                 capture.at("tokens").get<std::int64_t>(),
                 capture.at("dtype").get<std::string>()};
  json.at("device").get_to(job.device);
  json.at("threads").get_to(job.threads);
  job.tuning = TuningIn(json);
  json.at("checkpoint_seconds").get_to(job.checkpoint_seconds);
  json.at("cache_folder").get_to(job.cache_folder);
  ReadLaterAdditions(json, job);
  return job;
}

Measurement MeasurementFrom(const Json& json) {
  Measurement measurement;
  json.at("source_key").get_to(measurement.source_key);
  json.at("d_in").get_to(measurement.d_in);
  json.at("training_tokens").get_to(measurement.training_tokens);
  json.at("held_out_tokens").get_to(measurement.held_out_tokens);
  json.at("activation_scale").get_to(measurement.activation_scale);
  json.at("mean_squared_norm").get_to(measurement.mean_squared_norm);
  json.at("max_squared_norm").get_to(measurement.max_squared_norm);
  json.at("mean_vector_share").get_to(measurement.mean_vector_share);
  json.at("tokens_per_second").get_to(measurement.tokens_per_second);
  measurement.tuning = TuningIn(json);
  if (json.contains("mean_vector")) json.at("mean_vector").get_to(measurement.mean_vector);
  // Absent from what an earlier version wrote.
  measurement.device_bytes_total = json.value("device_bytes_total", 0.0);
  measurement.device_bytes_free = json.value("device_bytes_free", 0.0);
  measurement.held_out_documents = json.value("held_out_documents", std::int64_t{0});
  measurement.median_norm = json.value("median_norm", 0.0);
  measurement.measured_tokens = json.value("measured_tokens", std::int64_t{0});
  measurement.outliers = json.value("outliers", std::int64_t{0});
  measurement.largest_norm = json.value("largest_norm", 0.0);
  measurement.document_correlation = json.value("document_correlation", 0.0);
  measurement.model_cross_entropy = json.value("model_cross_entropy", 0.0);
  measurement.uniform_cross_entropy = json.value("uniform_cross_entropy", 0.0);
  return measurement;
}

Progress ProgressFrom(const Json& json) {
  Progress progress;
  json.at("phase").get_to(progress.phase);
  progress.tokens_per_second = ToDouble(json.at("tokens_per_second"));
  progress.eta_seconds = ToDouble(json.at("eta_seconds"));
  for (const Json& member : json.at("members")) {
    progress.members.push_back({member.at("id").get<std::string>(),
                                member.at("tokens").get<std::int64_t>(),
                                member.at("total_tokens").get<std::int64_t>(),
                                ToDouble(member.at("loss")),
                                ToDouble(member.at("l0"))});
  }
  return progress;
}

}  // namespace

// Stored: do not change.
std::string_view Name(JobKind kind) {
  constexpr std::array<std::string_view, 3> kNames = {"train", "measure", "capture"};
  return kNames.at(static_cast<std::size_t>(kind));
}

std::string ComputeId(const Job& job) {
  Json runs = Json::array();
  for (const RunSpec& run : job.runs) runs.push_back(ComputeId(run));
  Json key = {{"kind", Name(job.kind)},
              {"source", SourceKey(job.source)},
              {"runs", runs},
              {"capture", CaptureToJson(job.capture)}};
  if (job.kind == JobKind::kMeasure) key["measuring"] = MeasuringKey(job.tuning);
  return HashBytes(key.dump()).substr(0, 16);
}

std::string ToJson(const Job& job) {
  Json runs = Json::array();
  for (const RunSpec& run : job.runs) runs.push_back(json::SpecToJson(run));
  const Json json = {{"id", job.id},
                     {"kind", Name(job.kind)},
                     {"source", json::SourceToJson(job.source)},
                     {"activation_scale", job.activation_scale},
                     {"largest_norm", job.largest_norm},
                     {"moments", MomentsToJson(job.moments)},
                     {"runs", runs},
                     {"capture", CaptureToJson(job.capture)},
                     {"device", job.device},
                     {"threads", job.threads},
                     {"tuning", json::TuningToJson(job.tuning)},
                     {"checkpoint_seconds", job.checkpoint_seconds},
                     {"checkpoint_tokens", job.checkpoint_tokens},
                     {"continues", job.continues},
                     {"cache_folder", job.cache_folder},
                     {"vector_cache_bytes", job.vector_cache_bytes}};
  return json.dump(1);
}

Job JobFromJson(std::string_view text) { return json::Read("job file", text, JobFrom); }

std::string ToJson(const Measurement& measurement) {
  const Json json = {{"source_key", measurement.source_key},
                     {"d_in", measurement.d_in},
                     {"training_tokens", measurement.training_tokens},
                     {"held_out_tokens", measurement.held_out_tokens},
                     {"held_out_documents", measurement.held_out_documents},
                     {"activation_scale", measurement.activation_scale},
                     {"mean_squared_norm", measurement.mean_squared_norm},
                     {"max_squared_norm", measurement.max_squared_norm},
                     {"median_norm", measurement.median_norm},
                     {"mean_vector_share", measurement.mean_vector_share},
                     {"measured_tokens", measurement.measured_tokens},
                     {"outliers", measurement.outliers},
                     {"largest_norm", measurement.largest_norm},
                     {"document_correlation", measurement.document_correlation},
                     {"model_cross_entropy", measurement.model_cross_entropy},
                     {"uniform_cross_entropy", measurement.uniform_cross_entropy},
                     {"mean_vector", measurement.mean_vector},
                     {"tokens_per_second", measurement.tokens_per_second},
                     {"tuning", json::TuningToJson(measurement.tuning)},
                     {"device_bytes_total", measurement.device_bytes_total},
                     {"device_bytes_free", measurement.device_bytes_free}};
  return json.dump();
}

Measurement MeasurementFromJson(std::string_view text) {
  return json::Read("measurement", text, MeasurementFrom);
}

std::string ToJson(const Progress& progress) {
  Json members = Json::array();
  for (const MemberProgress& member : progress.members) {
    members.push_back({{"id", member.id},
                       {"tokens", member.tokens},
                       {"total_tokens", member.total_tokens},
                       {"loss", FromDouble(member.loss)},
                       {"l0", FromDouble(member.l0)}});
  }
  const Json json = {{"phase", progress.phase},
                     {"tokens_per_second", FromDouble(progress.tokens_per_second)},
                     {"eta_seconds", FromDouble(progress.eta_seconds)},
                     {"members", members}};
  return json.dump();
}

Progress ProgressFromJson(std::string_view text) {
  return json::Read("progress", text, ProgressFrom);
}

std::string ToJson(const JobFailure& failure) {
  return Json{{"exit_code", failure.exit_code}, {"message", failure.message}}.dump();
}

JobFailure JobFailureFromJson(std::string_view text) {
  return json::Read("failure", text, [](const Json& json) {
    return JobFailure{json.at("exit_code").get<int>(), json.at("message").get<std::string>()};
  });
}

}  // namespace saelaw
