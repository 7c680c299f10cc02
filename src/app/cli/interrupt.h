// Ctrl-C and its like, told once at once, forced the second time.
#pragma once

#include "run/errors.h"

namespace saelaw {

// Installs handlers for SIGINT, SIGTERM and SIGHUP that count and say what happens, and ignores
// SIGPIPE. A signal that is ignored already stays ignored. Signals within a second of the first are
// the same wish: a wrapper such as `timeout` passes on what the terminal has sent to both.
void ListenForInterrupts();
int InterruptCount();
// kInterrupted after SIGINT, kIncomplete after the others.
ExitCode InterruptExitCode();

}  // namespace saelaw
