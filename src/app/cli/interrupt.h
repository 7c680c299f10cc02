// Ctrl-C and its like, told once at once, forced the second time.
#pragma once

#include "run/errors.h"

namespace saelaw {

// Installs handlers for SIGINT, SIGTERM and SIGHUP that count and say what happens.
void ListenForInterrupts();
int InterruptCount();
// kInterrupted after SIGINT, kIncomplete after the others.
ExitCode InterruptExitCode();

}  // namespace saelaw
