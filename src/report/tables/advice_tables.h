// The advice: its numbers, what they rest on, what it would cost.
#pragma once

#include <span>
#include <string>

#include "report/document/document.h"
#include "study/advice/recommendation.h"

namespace saelaw {

// `at` is throughout where the JSON has the recommendation, the price or the list.

// The answer at a glance. `config_path` is left out when empty.
document::Facts AnswerFacts(const Recommendation& recommendation,
                            const std::string& config_path,
                            const std::string& at);
// What of it a screen has room for, beside the verdict.
document::Bullets BriefAnswer(const Recommendation& recommendation, const std::string& config_path);
// Predictions against what was then measured, or that there are none.
document::Block HoldOutTable(std::span<const HoldOutCheck> checks, const std::string& at);
// Where the target differs from what was swept.
document::Table TransferTable(std::span<const Transfer> transfers);
document::Table AlternativesTable(std::span<const Alternative> alternatives, const std::string& at);
// FLOP and hours of the target, and what it needs of memory and disk.
document::Blocks PriceBlocks(const TargetPrice& price, const std::string& at);

}  // namespace saelaw
