// The table of all laws with the function that answers for each. Laws of loss share one function
// and enter by their own table, so a new one appears here by itself.
#include "fit/critic/law_table.h"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/errors.h"
#include "fit/laws/loss_laws.h"

namespace saelaw {

std::span<const LawEntry> Laws() {
  static const std::vector<LawEntry> laws = [] {
    std::vector<LawEntry> all;
    for (const LawInfo* law : LawsOfLoss()) all.push_back({law, AnswerLossLaw});
    all.push_back({&LrLaw(), AnswerLrLaw});
    all.push_back({&LrEdgeLaw(), AnswerLrEdge});
    all.push_back({&LrSurfaceLaw(), AnswerLrSurface});
    all.push_back({&ComputeLaw(), AnswerComputeLaw});
    return all;
  }();
  return laws;
}

const LawEntry& RequireLaw(std::string_view name) {
  std::vector<std::string_view> names;
  // The names are gathered on the way, for the message that lists them.
  for (const LawEntry& law : Laws()) {
    if (law.info->name == name) return law;
    names.push_back(law.info->name);
  }
  throw UsageError(fmt::format("unknown law '{}': allowed are {}", name, fmt::join(names, ", ")));
}

}  // namespace saelaw
