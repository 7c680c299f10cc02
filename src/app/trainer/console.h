// What the trainer says on stderr while it works.
#pragma once

#include <functional>
#include <string>

#include "jobs/job.h"

namespace saelaw {

// Prints ProgressLine: on a terminal in place at every call, else a line every 10 s.
class Console {
 public:
  using Clock = std::function<double()>;  // seconds, monotone
  explicit Console(Clock clock);
  void Show(const Progress& progress);
  // A line of its own.
  void Note(const std::string& line);

 private:
  Clock clock_;
  bool terminal_;
  bool line_open_ = false;
  double next_ = 0;
};

}  // namespace saelaw
