// Ctrl-C and its like, told once at once, forced the second time.
#pragma once

#include <string>

#include "core/errors.h"
#include "store/lock_watch.h"

namespace saelaw {

// Installs handlers for SIGINT, SIGTERM and SIGHUP that count and say what happens, and ignores
// SIGPIPE. A signal that is ignored already stays ignored. Signals within a second of the first are
// the same wish: a wrapper such as `timeout` passes on what the terminal has sent to both.
void ListenForInterrupts();
int InterruptCount();
// How a command that trains waits for a database that another program keeps locked: for minutes, it
// says once what it waits for, and a signal ends the waiting.
LockWatch PatientWatch(const std::string& database);
// How a command that only looks waits: for seconds, and it says so.
LockWatch ShortWatch(const std::string& database);
// kInterrupted after SIGINT, kIncomplete after the others.
ExitCode InterruptExitCode();

}  // namespace saelaw
