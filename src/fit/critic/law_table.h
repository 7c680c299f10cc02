// The table of all laws: what `saelaw fit --law` offers, in that order.
#pragma once

#include <span>
#include <string_view>

#include "fit/critic/answer_law.h"
#include "fit/laws/law_info.h"

namespace saelaw {

struct LawEntry {
  const LawInfo* info;
  // Fits the law and says what stands against it (fit/critic/answer_law.h).
  LawAnswer (*answer)(const LawQuestion&);
};

// The laws of loss (fit/laws/loss_laws.h), then those of rates and of compute.
std::span<const LawEntry> Laws();
// Throws UsageError listing the laws of the table.
const LawEntry& RequireLaw(std::string_view name);

}  // namespace saelaw
