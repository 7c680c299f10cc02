// Attempts tell what they did by files, and their processes by how they end. The end is asked for
// before the files are read: what an ended process wrote is then all there.
#include "dispatch/folder_runner.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <utility>
#include <variant>

#include <fmt/format.h>
#include <poll.h>

#include "jobs/checkpoints.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;

// False when a signal came meanwhile: whoever waits should look at what it asked for.
bool Pause(milliseconds time) {
  return ::poll(nullptr, 0, static_cast<int>(time.count())) == 0 || errno != EINTR;
}

// A process that died before it could write error.json has said something, as a rule.
std::string ReadLastLine(const fs::path& log) {
  constexpr std::streamoff kTail = 4096;
  std::ifstream file(log, std::ios::binary | std::ios::ate);
  if (!file) return {};
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - kTail));
  std::string line, last;
  while (std::getline(file, line)) {
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  }
  return last;
}

std::string SignalMessage(int signal) {
  const char* hint = signal == SIGKILL ? "; the machine may have run out of memory" : "";
  return fmt::format(
      "the trainer was ended by signal {} ({}){}", signal, ::strsignal(signal), hint);
}

AttemptEnd ReadEnd(const AttemptReader& reader, const fs::path& log, int code) {
  if (code == 0) return {code, ""};
  std::string message = reader.Message();
  if (code < 0 && message.empty()) message = SignalMessage(-code);
  if (message.empty()) message = ReadLastLine(log);
  if (message.empty()) message = fmt::format("the trainer ended with code {}", code);
  return {code, message};
}

decltype(JobEvent::what) AsEvent(AttemptNews news) {
  return std::visit([](auto& what) -> decltype(JobEvent::what) { return std::move(what); }, news);
}

}  // namespace

FolderRunner::FolderRunner(const fs::path& jobs_folder, std::unique_ptr<Executor> executor)
    : jobs_folder_(fs::absolute(jobs_folder)), executor_(std::move(executor)) {}

std::vector<JobEvent> FolderRunner::Collect(const Job& job) {
  std::vector<JobEvent> events;
  for (EarlierNews& earlier : FindFolder(job.id).Collect(job)) {
    events.push_back({job.id, earlier.attempt_id, AsEvent(std::move(earlier.news))});
  }
  return events;
}

void FolderRunner::Start(const Job& job, const std::string& attempt_id) {
  const JobFolder folder = FindFolder(job.id);
  folder.Prepare(job, attempt_id);
  const fs::path log = folder.NameLog(attempt_id);
  executor_->Start({job.id, attempt_id, folder.job_file(), log});
  attempts_.insert_or_assign(job.id,
                             Attempt{AttemptReader(folder.path(), job, attempt_id), log, false});
}

std::vector<JobEvent> FolderRunner::Wait(milliseconds at_most) {
  const auto until = SteadyClock::now() + at_most;
  for (;;) {
    std::vector<JobEvent> events = Look();
    const auto left = std::chrono::ceil<milliseconds>(until - SteadyClock::now());
    if (!events.empty() || left <= milliseconds(0)) return events;
    if (!Pause(std::min(left, executor_->LookEvery()))) return {};
  }
}

std::vector<JobEvent> FolderRunner::Look() {
  std::vector<JobEvent> events;
  for (auto entry = attempts_.begin(); entry != attempts_.end();) {
    auto& [job_id, attempt] = *entry;
    // Asked before its files are read: what an ended process wrote is all there.
    const std::optional<int> end = executor_->TakeEnd(job_id);
    ReadNews(job_id, attempt, events);
    RemoveEarlierCheckpoints(FindFolder(job_id).path(), attempt.reader.attempt_id());
    if (end) {
      events.push_back(
          {job_id, attempt.reader.attempt_id(), ReadEnd(attempt.reader, attempt.log, *end)});
    }
    entry = end ? attempts_.erase(entry) : std::next(entry);
  }
  return events;
}

void FolderRunner::ReadNews(const std::string& job_id,
                            Attempt& attempt,
                            std::vector<JobEvent>& events) const {
  const std::string& attempt_id = attempt.reader.attempt_id();
  std::vector<AttemptNews> news = attempt.reader.Read();
  // Either sign of life will do, whichever is seen first; it is told once.
  if (!attempt.begun && executor_->IsKnownToRun(job_id)) news.insert(news.begin(), AttemptBegun{});
  for (AttemptNews& one : news) {
    const bool begins = std::holds_alternative<AttemptBegun>(one);
    if (begins && std::exchange(attempt.begun, true)) continue;
    events.push_back({job_id, attempt_id, AsEvent(std::move(one))});
  }
}

void FolderRunner::RemoveCheckpoints(const std::string& job_id) {
  KeepNewestOfJob(FindFolder(job_id).path(), 0);
}

}  // namespace saelaw
