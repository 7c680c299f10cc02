// What a study of several recipes, or sparsities, says: which is better, by how much, and how wide
// its basin of learning rates is.
#pragma once

#include <string>

#include "report/document/document.h"
#include "report/document/figure.h"
#include "study/arms/arms_comparison.h"

namespace saelaw {

// "At L0 64 and 1M tokens controller has the lower FVU than plain, by 3.1 % (95 % interval 1.2 to
// 5 %).": one sentence for each difference.
std::string DifferenceSentence(const ArmsComparison& comparison, const ArmDifference& difference);

document::Table ArmsTable(const ArmsComparison& comparison);
// Of each arm with each number of tokens.
document::Table ArmSizesTable(const ArmsComparison& comparison);
// Pair by pair, size by size.
document::Table DifferencesTable(const ArmsComparison& comparison);

// FVU against L0 with each number of tokens, and at the target.
document::Figure FrontierFigure(const ArmsComparison& comparison);

}  // namespace saelaw
