// What each law of a study is called, wherever it is shown.
#pragma once

#include <string>

#include "study/findings/findings.h"

namespace saelaw {

struct LawWords {
  std::string json;  // its key among the laws. Read by others: do not change
  std::string csv;   // its quantity. Likewise
  std::string title;
};
LawWords WordsFor(const FoundLaw& law);

}  // namespace saelaw
