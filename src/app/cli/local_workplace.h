// The workplace of commands that train on this machine: a database that is theirs alone, the folder
// of its jobs, Ctrl-C, and trainers as processes.
#pragma once

#include <string>

#include "orchestrate/loop/workplace.h"
#include "orchestrate/machine/jobs_lock.h"

namespace saelaw {

class LocalWorkplace {
 public:
  // Listens for interrupts from now on, opens the database for writing (waiting as PatientWatch
  // says) and takes the folder of jobs. Keeps the references. Throws what Store::OpenForWriting and
  // JobsLock throw.
  LocalWorkplace(const std::string& database, Cache& cache, Watcher& watcher);
  LocalWorkplace(const LocalWorkplace&) = delete;
  LocalWorkplace& operator=(const LocalWorkplace&) = delete;

  Workplace& work() { return work_; }

 private:
  Store store_;
  JobsLock lock_;
  Workplace work_;
};

}  // namespace saelaw
