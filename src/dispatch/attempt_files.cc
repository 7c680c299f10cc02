#include "dispatch/attempt_files.h"

#include <algorithm>
#include <functional>

#include "core/errors.h"
#include "core/files.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

// The entries' names in order; none when there is no such folder (yet).
std::vector<std::string> NamesIn(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string TokenOf(const std::string& attempt_folder) {
  return attempt_folder.substr(0, attempt_folder.find('-'));
}

// Of all attempts, furthest on first.
std::vector<fs::path> CheckpointsIn(const fs::path& job_folder) {
  std::vector<std::pair<std::int64_t, fs::path>> found;
  const fs::path attempts = job_folder / kAttemptsFolder;
  for (const std::string& attempt : NamesIn(attempts)) {
    for (const std::string& name : NamesIn(attempts / attempt)) {
      if (CheckpointTokens(name) >= 0)
        found.emplace_back(CheckpointTokens(name), attempts / attempt / name);
    }
  }
  std::sort(found.begin(), found.end(), std::greater<>());
  std::vector<fs::path> files;
  for (auto& [tokens, file] : found) files.push_back(std::move(file));
  return files;
}

void Remove(const std::vector<fs::path>& files) {
  std::error_code ignored;
  for (const fs::path& file : files) fs::remove(file, ignored);
}

fs::path WeightsOf(const RunResult& result, const fs::path& folder) {
  return result.weights.empty() ? fs::path() : folder / result.weights;
}

}  // namespace

AttemptReader::AttemptReader(fs::path job_folder, const Job& job, std::string token)
    : job_folder_(std::move(job_folder)), job_id_(job.id), token_(std::move(token)) {
  for (const RunSpec& run : job.runs) results_.emplace(ResultFile(IdOf(run)), IdOf(run));
}

std::vector<JobEvent> AttemptReader::Read() {
  problem_.clear();
  std::vector<JobEvent> events;
  const fs::path attempts = job_folder_ / kAttemptsFolder;
  for (const std::string& name : NamesIn(attempts)) {
    if (TokenOf(name) == token_) ReadFolder(attempts / name, events);
  }
  return events;
}

void AttemptReader::ReadFolder(const fs::path& folder, std::vector<JobEvent>& events) {
  for (const std::string& name : NamesIn(folder)) {
    const fs::path file = folder / name;
    if (seen_.contains(file)) continue;
    try {
      const auto run = results_.find(name);
      if (run != results_.end()) {
        const RunResult result = RunResultFromJson(ReadFile(file));
        if (result.id != run->second) throw IoError(file.string() + " is another run's result");
        events.push_back(Event(FinishedRun{result, WeightsOf(result, folder)}));
        seen_.insert(file);
      } else if (name == kMeasurementFile) {
        events.push_back(Event(MeasurementFromJson(ReadFile(file))));
        seen_.insert(file);
      } else if (name == kProgressFile) {
        ReadProgress(file, events);
      }
    } catch (const Error& error) {
      problem_ = error.what();
    }
  }
}

void AttemptReader::ReadProgress(const fs::path& file, std::vector<JobEvent>& events) {
  std::string text = ReadFile(file);
  if (progress_[file] == text) return;
  events.push_back(Event(ProgressFromJson(text)));
  progress_[file] = std::move(text);
}

std::string AttemptReader::Message() const {
  const fs::path attempts = job_folder_ / kAttemptsFolder;
  for (const std::string& name : NamesIn(attempts)) {
    const fs::path file = attempts / name / kFailureFile;
    std::error_code ignored;
    if (TokenOf(name) != token_ || !fs::exists(file, ignored)) continue;
    try {
      return JobFailureFromJson(ReadFile(file)).message;
    } catch (const Error& error) {
      return error.what();
    }
  }
  return problem_;
}

std::vector<JobEvent> ReadAllAttempts(const fs::path& job_folder, const Job& job) {
  std::set<std::string> tokens;
  for (const std::string& name : NamesIn(job_folder / kAttemptsFolder))
    tokens.insert(TokenOf(name));
  std::vector<JobEvent> finished;
  for (const std::string& token : tokens) {
    for (JobEvent& event : AttemptReader(job_folder, job, token).Read()) {
      if (!std::holds_alternative<Progress>(event.what)) finished.push_back(std::move(event));
    }
  }
  return finished;
}

bool HasLeftSomething(const fs::path& job_folder) {
  const fs::path attempts = job_folder / kAttemptsFolder;
  for (const std::string& attempt : NamesIn(attempts)) {
    for (const std::string& name : NamesIn(attempts / attempt)) {
      if (CheckpointTokens(name) >= 0 || name.starts_with("result-")) return true;
    }
  }
  return false;
}

bool HasCheckpoint(const fs::path& job_folder) { return !CheckpointsIn(job_folder).empty(); }

void RemoveEarlierCheckpoints(const fs::path& job_folder, const std::string& token) {
  std::vector<fs::path> earlier;
  std::size_t own = 0;
  for (const fs::path& file : CheckpointsIn(job_folder)) {
    if (TokenOf(file.parent_path().filename().string()) == token) {
      own += 1;
    } else {
      earlier.push_back(file);
    }
  }
  if (own >= kCheckpointsKept) Remove(earlier);
}

void KeepNewestOfAllAttempts(const fs::path& job_folder, std::size_t count) {
  std::vector<fs::path> files = CheckpointsIn(job_folder);
  files.erase(files.begin(),
              files.begin() + static_cast<std::ptrdiff_t>(std::min(count, files.size())));
  const fs::path attempts = job_folder / kAttemptsFolder;
  for (const std::string& attempt : NamesIn(attempts)) {
    for (const std::string& name : NamesIn(attempts / attempt)) {
      if (name.starts_with("checkpoint-") && CheckpointTokens(name) < 0)
        files.push_back(attempts / attempt / name);
    }
  }
  Remove(files);
}

}  // namespace saelaw
