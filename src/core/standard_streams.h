// The three streams that every process is meant to begin with.
#pragma once

namespace saelaw {

// Opens /dev/null in the place of whichever of stdin, stdout and stderr is closed, so that no file
// opened later (a database, a checkpoint) takes its number and receives what is printed. Writing to
// such a stdout still fails, so that lost output is noticed; such a stderr swallows what it gets.
void OpenMissingStreams();

}  // namespace saelaw
