// This is where every failure of a job becomes an exit code and one line. Whoever started the
// trainer decides by that code whether to split the job, to try again or to give up, so each
// exception that means a lack of memory has to be recognised as one.
#include "app/trainer/run_job.h"

#include <chrono>
#include <exception>
#include <memory>
#include <new>

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "activations/source.h"
#include "app/trainer/checked_source.h"
#include "app/trainer/console.h"
#include "app/trainer/cuda_library.h"
#include "app/trainer/signals.h"
#include "core/files.h"
#include "jobs/job.h"
#include "sae/tune/step_tuning.h"
#include "train/attempt.h"
#include "train/train_job.h"

namespace saelaw {
namespace {

double SecondsNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Says how far the source is while a block of vectors is computed and nothing is trained. Without
// it such a time would look as if the job hung.
class ReadingReport {
 public:
  ReadingReport(const Attempt& attempt, Console& console) : attempt_(attempt), console_(console) {}

  // Keeps what was last said of the training, so that its members' state stays in sight.
  void After(const Progress& progress) { last_ = progress; }

  // Speaks at most once a second. The rate is that of this block alone, which begins with 0 done.
  void Tell(std::int64_t done, std::int64_t total) {
    const double now = SecondsNow();
    if (done == 0) begun_ = now;
    if (now - told_ < 1) return;
    told_ = now;
    Progress progress = last_;
    progress.phase = "reading the stream";
    progress.tokens_per_second = done == 0 ? 0 : static_cast<double>(done) / (now - begun_);
    if (progress.members.empty()) progress.members = {{"", done, total, 0, 0}};
    attempt_.WriteProgress(progress);
    console_.Show(progress);
  }

 private:
  const Attempt& attempt_;
  Console& console_;
  Progress last_;
  double begun_ = 0, told_ = 0;
};

std::unique_ptr<ActivationSource> MakeActivationSource(const Job& job, ReadingReport& report) {
  SourceOptions options;
  options.device = job.device;
  options.cache_folder = job.cache_folder;
  options.vector_cache_bytes = job.vector_cache_bytes;
  options.largest_norm = job.largest_norm;
  // A block of vectors can take minutes to compute, so the source looks at the wish to stop as
  // well.
  options.stop_requested = StopRequested;
  options.on_reading = [&](std::int64_t done, std::int64_t total) { report.Tell(done, total); };
  return OpenChecked(job.source, options);
}

ExitCode RunTrain(const Job& job, const Attempt& attempt, Console& console) {
  if (job.runs.empty()) throw ConfigurationError("a train job needs at least one run");
  ReadingReport reading(attempt, console);
  const auto source = MakeActivationSource(job, reading);
  // Training gets the clock, the wish to stop and the console as functions, so that tests can give
  // it others.
  TrainSeams seams;
  seams.clock = SecondsNow;
  seams.stop_requested = StopRequested;
  seams.on_progress = [&](const Progress& progress) {
    reading.After(progress);
    console.Show(progress);
  };
  seams.note = [&](const std::string& line) { console.Note(line); };
  seams.saelaw_version = SAELAW_VERSION;
  return Train(job, *source, attempt, seams);
}

ExitCode RunMeasure(const Job& job, const Attempt& attempt, Console& console) {
  ReadingReport reading(attempt, console);
  const DeviceMemory memory = QueryMemory(job.device);  // before anything is in it
  const auto source = MakeActivationSource(job, reading);
  attempt.WriteProgress({"measuring", 0, -1, {}});
  Measurement measurement = Measure(job.source, *source);
  MeasureLanguageModel(*source, measurement);
  // Which kernels are the fastest depends on the device and on the width of the vectors, so they
  // are chosen here, where both are known.
  measurement.tuning = TuneSteps(measurement.d_in, job.tuning, ChooseDevice(job));
  measurement.device_bytes_total = memory.total;
  measurement.device_bytes_free = memory.free;
  attempt.WriteMeasurement(measurement);
  return ExitCode::kComplete;
}

// A capture that is asked to stop leaves its shards to be continued.
ExitCode RunCapture(const Job& job, const Attempt& attempt, Console& console) {
  ReadingReport reading(attempt, console);
  const auto source = MakeActivationSource(job, reading);
  const double started = SecondsNow();
  std::int64_t first = -1;
  const auto report = [&](std::int64_t tokens) {
    // A capture that is continued begins with the tokens of before, which took no time now.
    if (first < 0) first = tokens;
    const double rate = static_cast<double>(tokens - first) / (SecondsNow() - started);
    const double left = static_cast<double>(job.capture.tokens - tokens);
    const Progress progress{
        "capturing", rate, rate > 0 ? left / rate : -1, {{"", tokens, job.capture.tokens, 0, 0}}};
    attempt.WriteProgress(progress);
    reading.After(progress);
    console.Show(progress);
    // When another attempt was named, this one must not go on writing the same shards.
    if (StopRequested() || !attempt.IsCurrent()) throw Stopped();
  };
  Capture(job.source, *source, job.capture, report);
  return ExitCode::kComplete;
}

ExitCode RunKind(const Job& job, const Attempt& attempt, Console& console) {
  ChooseDevice(job);  // refuses a name that is none
  // This comes before all else that asks LibTorch, which looks for CUDA only once.
  OpenDevice(job.device, job.tuning.path == "reference", [&](const std::string& line) {
    console.Note("saelaw-trainer: " + line);
  });
  ConfigureNumerics(job);
  attempt.WriteProgress({"loading", 0, -1, {}});
  switch (job.kind) {
    case JobKind::kTrain:
      return RunTrain(job, attempt, console);
    case JobKind::kMeasure:
      return RunMeasure(job, attempt, console);
    case JobKind::kCapture:
      return RunCapture(job, attempt, console);
  }
  return ExitCode::kFailure;
}

// LibTorch's message goes on with a stack trace; its first line is what people need.
std::string FirstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

JobFailure OutOfMemory(const std::string& detail) {
  return {static_cast<int>(ExitCode::kOutOfMemory),
          fmt::format("out of memory: {}; use fewer runs in a job, or a smaller batch or d_sae",
                      detail)};
}

// Finds the code and the line of the exception in flight. The order matters: LibTorch's error of
// memory is also a c10::Error, and both are std::exceptions.
JobFailure FailureInFlight() {
  const auto failure = [](ExitCode code, const std::string& message) {
    return JobFailure{static_cast<int>(code), message};
  };
  try {
    throw;
  } catch (const Error& error) {
    return failure(error.code(), error.what());
  } catch (const c10::OutOfMemoryError& error) {
    return OutOfMemory(FirstLine(error.what_without_backtrace()));
  } catch (const std::bad_alloc&) {
    // This one is thrown by the C++ library, and its text says nothing.
    return OutOfMemory("an allocation failed");
  } catch (const c10::Error& error) {
    const std::string line = FirstLine(error.what_without_backtrace());
    // LibTorch's allocator on the CPU has no exception of its own.
    const bool memory = line.find("DefaultCPUAllocator: can't allocate") != std::string::npos ||
                        line.find("not enough memory") != std::string::npos;
    return memory ? OutOfMemory(line) : failure(ExitCode::kFailure, line);
  } catch (const std::exception& error) {
    return failure(ExitCode::kFailure, FirstLine(error.what()));
  }
}

// The attempt's folder may be what failed: then stderr is all there is.
void Leave(const Attempt& attempt, const JobFailure& failure, Console& console) {
  try {
    // An attempt that was replaced says nothing any more: its job is another's.
    if (attempt.IsCurrent()) attempt.WriteFailure(failure);
  } catch (const Error& error) {
    console.Note(fmt::format("saelaw-trainer: {}", error.what()));
  }
}

}  // namespace

ExitCode RunJobFile(const std::filesystem::path& job_file, const std::string& attempt_id) {
  Console console(SecondsNow);
  std::unique_ptr<Attempt> attempt;
  try {
    const Job job = JobFromJson(ReadFile(job_file));
    const auto folder = std::filesystem::absolute(job_file).parent_path();
    // From here on a failure can be left in the attempt's folder.
    attempt = std::make_unique<Attempt>(folder, attempt_id);
    return RunKind(job, *attempt, console);
  } catch (const Stopped&) {
    // To be stopped is no failure: no error is written, and the job goes on from what it has saved.
    return ExitCode::kIncomplete;
  } catch (...) {
    const JobFailure failure = FailureInFlight();
    console.Note(fmt::format("saelaw-trainer: {}", failure.message));
    if (attempt) Leave(*attempt, failure, console);
    return static_cast<ExitCode>(failure.exit_code);
  }
}

ExitCode CheckDeviceNamed(const std::string& device) {
  Console console(SecondsNow);
  try {
    Job job;
    job.device = device;
    ChooseDevice(job);
    // Our own CUDA library is not needed to say whether the device is there.
    OpenDevice(device, /*reference=*/true, [](const std::string&) {});
    return ExitCode::kComplete;
  } catch (...) {
    const JobFailure failure = FailureInFlight();
    console.Note(fmt::format("saelaw-trainer: {}", failure.message));
    return static_cast<ExitCode>(failure.exit_code);
  }
}

}  // namespace saelaw
