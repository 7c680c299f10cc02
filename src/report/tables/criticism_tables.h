// What speaks against a law.
#pragma once

#include <string>
#include <vector>

#include "fit/fit.h"
#include "report/document/document.h"

namespace saelaw {

// Every table of the criticism that has something to say; none without a criticism. `at`: where the
// JSON has it.
document::Blocks CriticismBlocks(const Criticism& criticism,
                                 const std::vector<std::string>& would_change,
                                 const std::string& at);

}  // namespace saelaw
