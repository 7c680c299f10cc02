// The handler sets a flag and does nothing else, because little is safe in it. The checkpoint is
// written by ordinary code, between two batches, and never from within the handler.
#include "app/trainer/signals.h"

#include <csignal>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include <sys/prctl.h>
#include <unistd.h>

namespace saelaw {
namespace {

volatile std::sig_atomic_t stop_requested = 0;

void RequestStop(int) { stop_requested = 1; }

void DieWithParent() {
  const pid_t parent = ::getppid();
  // The kernel sends this signal when the parent ends, however that happens.
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  // It may have ended just before the call.
  if (::getppid() != parent) stop_requested = 1;
}

}  // namespace

void ListenForStop() {
  struct sigaction action = {};
  action.sa_handler = RequestStop;
  // Reads and writes go on after a signal, so that it may come at any time.
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
    // What was ignored at the start stays so: nohup ignores SIGHUP.
    struct sigaction before = {};
    ::sigaction(signal, nullptr, &before);
    if (before.sa_handler != SIG_IGN) ::sigaction(signal, &action, nullptr);
  }
  const char* wish = std::getenv("SAELAW_DIE_WITH_PARENT");
  if (wish != nullptr && std::string_view(wish) == "1") DieWithParent();
}

bool StopRequested() { return stop_requested != 0; }

}  // namespace saelaw
