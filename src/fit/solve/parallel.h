// A loop over independent items on all cores; results do not depend on the number of threads.
#pragma once

#include <functional>

namespace saelaw {

// Calls body(i) for i in [0, count), each once, on `threads` threads (0: all cores). `body` must
// not throw and writes only what belongs to i.
void ParallelFor(int count, int threads, const std::function<void(int)>& body);

}  // namespace saelaw
