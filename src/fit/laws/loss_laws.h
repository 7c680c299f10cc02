// The table of the laws of loss. A new one is a file with its model and its LawInfo, and one line
// in loss_laws.cc.
#pragma once

#include <span>
#include <string_view>

#include "fit/laws/law_info.h"

namespace saelaw {

std::span<const LawInfo* const> LawsOfLoss();
// Null when there is no such law.
const LawInfo* FindLossLaw(std::string_view name);
// Throws UsageError listing the laws of the table.
const LawInfo& RequireLossLaw(std::string_view name);

}  // namespace saelaw
