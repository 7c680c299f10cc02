// The threads of LibTorch's own pool, for the CPU kernels.
#pragma once

#include "sae/cpu/entries.h"

namespace saelaw {

// Tasks are handed out as threads become free. As many threads as at::set_num_threads said.
Parallel AllThreads();

}  // namespace saelaw
