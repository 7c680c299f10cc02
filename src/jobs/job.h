// A job is what one trainer process does, as it stands in a job file, and what the process reports.
// jobs/job_folder.h says where these files lie and who may write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/run_result.h"
#include "core/run_spec.h"
#include "core/start.h"
#include "jobs/tuning.h"

namespace saelaw {

enum class JobKind { kTrain, kMeasure, kCapture };

struct CaptureSpec {
  std::string folder;  // where shards and manifest go
  std::int64_t tokens = 0;
  std::string dtype = "bf16";  // bf16 | fp32
};

struct Job {
  std::string id;
  JobKind kind = JobKind::kTrain;
  SourceSpec source;
  // Multiplies raw activations so that their mean squared norm is 1; measured once per source.
  double activation_scale = 1;
  // Raw vectors with a larger norm are left out (Measurement::largest_norm); 0: none is.
  double largest_norm = 0;
  // Of raw training vectors, as measured; the mean only where a run begins at it.
  VectorMoments moments;
  std::vector<RunSpec> runs;   // kTrain: a gang, all of one stream key
  CaptureSpec capture;         // kCapture
  std::string device = "cpu";  // cpu | cuda | cuda:N
  int threads = 1;
  // kTrain: how its steps are taken. kMeasure: of `machine`, on which the measuring is to be done,
  // the path that it should have (empty: whatever it has), and the shapes to measure.
  StepTuning tuning;
  // A checkpoint is due when so much has gone by since the last, whichever comes first.
  double checkpoint_seconds = 300;
  std::int64_t checkpoint_tokens = 0;  // of the stream; 0: time alone decides
  // Ids of jobs whose gangs had all of these runs as members, the likeliest first. A job without a
  // checkpoint of its own goes on from one of theirs where stream, scale, tuning, threads and
  // device are its own: that is what it would have computed itself.
  std::vector<std::string> continues;
  std::string cache_folder;       // tokenised corpora, vectors; empty: none is kept
  double vector_cache_bytes = 0;  // room in it for a language model's vectors; 0: none is kept
};

// The job's id: hash of its kind, source, runs and capture, and of a kMeasure job what is to be
// measured where; equal jobs have equal folders.
std::string ComputeId(const Job& job);
std::string ToJson(const Job& job);
// Throws IoError when the text is not such an object.
Job JobFromJson(std::string_view json);
std::string_view Name(JobKind kind);

// What a kMeasure job finds out about a source.
struct Measurement {
  std::string source_key;
  std::int64_t d_in = 0;
  std::int64_t training_tokens = -1;  // usable; -1: endless
  std::int64_t held_out_tokens = 0;
  std::int64_t held_out_documents = 0;  // 0: an earlier version did not say
  double activation_scale = 1;
  // Before scaling. The mean, and the mean vector, are without outliers (SourceSpec::outlier_norm).
  double mean_squared_norm = 0, max_squared_norm = 0, median_norm = 0;
  double mean_vector_share = 0;  // ‖mean‖² / mean squared norm
  std::int64_t measured_tokens = 0, outliers = 0;
  double largest_norm = 0;          // what has more is left out; 0: nothing is
  double document_correlation = 0;  // of two vectors of one document; 0 where there are none
  // Of the language model by itself on held-out text, and of one that knows nothing (ln V): nats a
  // token; 0: not measured.
  double model_cross_entropy = 0, uniform_cross_entropy = 0;
  std::vector<double> mean_vector;  // [d_in]; empty: of an earlier version
  double tokens_per_second = 0;     // of the source alone
  StepTuning tuning;                // of the machine, for vectors of d_in
  // Memory of the GPU, and how much was free before anything was loaded; 0: a CPU, or not known.
  double device_bytes_total = 0, device_bytes_free = 0;
};
std::string ToJson(const Measurement& measurement);
Measurement MeasurementFromJson(std::string_view json);

struct MemberProgress {
  RunId id;
  std::int64_t tokens = 0;
  std::int64_t total_tokens = 0;
  double loss = 0;  // of the latest batch
  double l0 = 0;
};

struct Progress {
  std::string phase;  // loading | measuring | training | evaluating | capturing
  double tokens_per_second = 0;
  double eta_seconds = -1;  // -1: not known yet
  std::vector<MemberProgress> members;
};
std::string ToJson(const Progress& progress);
Progress ProgressFromJson(std::string_view json);
// "training 8 runs: 1.2M of 2.1M tokens, loss 0.4123, L0 55.2, 812K tokens/s, 12 min left".
std::string ProgressLine(const Progress& progress);

// Why an attempt failed; written as error.json before the trainer ends with that code.
struct JobFailure {
  int exit_code = 1;
  std::string message;
};
std::string ToJson(const JobFailure& failure);
JobFailure JobFailureFromJson(std::string_view json);

}  // namespace saelaw
