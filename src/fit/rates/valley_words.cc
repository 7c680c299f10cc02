// The words are the same for rates and for sizes, since both are read off valleys.
#include "fit/rates/valley_words.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace saelaw {

std::string ShapesOf(const ValleyLaw& valleys) {
  constexpr double kWorthNaming = 0.05;
  std::vector<std::string> shapes;
  for (const ValleyCandidate& one : valleys.candidates) {
    if (one.weight < kWorthNaming) continue;
    shapes.push_back(fmt::format(
        "{}{} {:.0f} %", Name(one.kind), one.relative ? " of the loss" : "", 100 * one.weight));
  }
  return fmt::format("one shape for all valleys ({})", fmt::join(shapes, ", "));
}

void WarnOfMisfit(const ValleyLaw& valleys, std::vector<std::string>& warnings) {
  if (valleys.scatters) {
    warnings.push_back(
        fmt::format("lack of fit: the optima scatter {:.2g} times their sd about the law",
                    valleys.scatter_ratio));
  }
  if (!valleys.misfit) return;
  warnings.push_back(fmt::format(
      "lack of fit: the valleys miss the mean losses by {:.2g} %, replicates differ by {:.2g} %: "
      "the intervals allow for the misses",
      100 * valleys.misses_by,
      100 * valleys.ReplicateSd()));
}

}  // namespace saelaw
