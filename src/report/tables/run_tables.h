// The runs of a study: what they measured, on what, and which of them carry no law.
#pragma once

#include "report/document/document.h"
#include "study/findings/findings.h"

namespace saelaw {

// What the losses were measured on, and how far those of other documents would lie: by the run with
// the median error. None where no result says.
document::Blocks HeldOutParagraph(const Findings& findings);
// Runs that are no points of the loss law, and why.
document::Blocks LeftOutBlocks(const Findings& findings);
// Every run with its metrics, each with its standard error where it is known.
document::Table RunTable(const Findings& findings);

}  // namespace saelaw
