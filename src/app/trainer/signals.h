// How the trainer is asked to end: by a signal, which training looks at after each batch.
#pragma once

namespace saelaw {

// From now on SIGTERM, SIGINT and SIGHUP are requests to stop, not ends; those that are ignored
// already stay ignored. With
// SAELAW_DIE_WITH_PARENT=1 the end of the parent process is one as well (a SIGTERM); without it a
// trainer outlives whoever started it.
void ListenForStop();

bool StopRequested();

}  // namespace saelaw
