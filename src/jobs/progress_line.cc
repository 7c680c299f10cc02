// The one line in which the trainer and saelaw say how far a job is.
#include <cmath>

#include <fmt/format.h>

#include "core/quantities.h"
#include "jobs/job.h"

namespace saelaw {
namespace {

// The mean over the members still training whose numbers are known.
std::string Numbers(const std::vector<MemberProgress>& members) {
  double loss = 0, l0 = 0;
  int live = 0;
  for (const MemberProgress& member : members) {
    if (member.tokens == member.total_tokens || !std::isfinite(member.loss)) continue;
    loss += member.loss;
    l0 += member.l0;
    live += 1;
  }
  return live == 0 ? "" : fmt::format(", loss {:.4g}, L0 {:.4g}", loss / live, l0 / live);
}

}  // namespace

std::string ProgressLine(const Progress& progress) {
  std::string line = progress.phase;
  if (progress.members.empty()) return line;
  double tokens = 0, total = 0;
  for (const MemberProgress& member : progress.members) {
    tokens += static_cast<double>(member.tokens);
    total += static_cast<double>(member.total_tokens);
  }
  if (!progress.members.front().id.empty()) {
    const std::size_t runs = progress.members.size();
    line += fmt::format(" {} run{}", runs, runs == 1 ? "" : "s");
  }
  line += fmt::format(": {} of {} tokens", FormatCount(tokens), FormatCount(total));
  if (progress.phase == "training") line += Numbers(progress.members);
  if (progress.tokens_per_second > 0) {
    line += fmt::format(", {} tokens/s", FormatCount(progress.tokens_per_second));
  }
  if (progress.eta_seconds >= 0) line += ", " + FormatSeconds(progress.eta_seconds) + " left";
  return line;
}

}  // namespace saelaw
