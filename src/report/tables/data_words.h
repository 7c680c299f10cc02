// What a measurement says of the data, in words: the only place that has them.
#pragma once

#include <string>
#include <vector>

#include "study/price/data_fact.h"

namespace saelaw {

// One line; it begins with "warning: " where something is to be looked at.
std::string FactText(const DataFact& fact);
std::vector<std::string> FactTexts(const std::vector<DataFact>& facts);

}  // namespace saelaw
