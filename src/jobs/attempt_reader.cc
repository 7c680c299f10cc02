// The folder is read again and again while it grows, and each file is told of once. A file that
// cannot be read yet is a problem to be named later, and no error: it may be complete next time.
#include "jobs/attempt_reader.h"

#include <utility>

#include "core/errors.h"
#include "core/files.h"
#include "jobs/attempt_folder.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

fs::path WeightsIn(const fs::path& folder, const RunResult& result) {
  return result.weights.empty() ? fs::path() : folder / result.weights;
}

}  // namespace

AttemptReader::AttemptReader(fs::path job_folder, const Job& job, std::string attempt_id)
    : job_folder_(std::move(job_folder)), attempt_id_(std::move(attempt_id)) {
  for (const RunSpec& run : job.runs) results_.emplace(ResultFile(ComputeId(run)), ComputeId(run));
}

std::vector<fs::path> AttemptReader::Folders() const {
  std::vector<fs::path> own;
  for (const fs::path& folder : AttemptFoldersIn(job_folder_)) {
    if (AttemptIdIn(folder) == attempt_id_) own.push_back(folder);
  }
  return own;
}

std::vector<AttemptNews> AttemptReader::Read() {
  problem_.clear();
  std::vector<AttemptNews> news;
  for (const fs::path& folder : Folders()) {
    if (!std::exchange(begun_, true)) news.emplace_back(AttemptBegun{});
    ReadFolder(folder, news);
  }
  return news;
}

void AttemptReader::ReadFolder(const fs::path& folder, std::vector<AttemptNews>& news) {
  for (const std::string& name : NamesIn(folder)) {
    const fs::path file = folder / name;
    if (seen_.contains(file)) continue;
    try {
      const auto run = results_.find(name);
      if (run != results_.end()) {
        const RunResult result = RunResultFromJson(ReadFile(file));
        if (result.id != run->second) throw IoError(file.string() + " is another run's result");
        news.emplace_back(FinishedRun{result, WeightsIn(folder, result)});
        seen_.insert(file);
      } else if (name == kMeasurementFile) {
        news.emplace_back(MeasurementFromJson(ReadFile(file)));
        seen_.insert(file);
      } else if (name == kProgressFile) {
        ReadProgress(file, news);
      }
    } catch (const Error& error) {
      problem_ = error.what();
    }
  }
}

void AttemptReader::ReadProgress(const fs::path& file, std::vector<AttemptNews>& news) {
  std::string text = ReadFile(file);
  if (progress_[file] == text) return;
  news.emplace_back(ProgressFromJson(text));
  progress_[file] = std::move(text);
}

std::string AttemptReader::Message() const {
  for (const fs::path& folder : Folders()) {
    const fs::path file = folder / kFailureFile;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) continue;
    try {
      return JobFailureFromJson(ReadFile(file)).message;
    } catch (const Error& error) {
      return error.what();
    }
  }
  return problem_;
}

}  // namespace saelaw
