// LibTorch's pool gives each thread one call, in which it takes tasks from a common counter until
// none is left. Tasks of unequal length are so spread evenly, which a fixed division would not do.
#include "sae/cpu/parallel.h"

#include <atomic>

#include <ATen/Parallel.h>

namespace saelaw {

Parallel AllThreads() {
  return [](std::size_t count, const std::function<void(std::size_t)>& task) {
    std::atomic<std::size_t> next{0};
    at::parallel_for(0, at::get_num_threads(), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t thread = begin; thread < end; ++thread) {
        for (std::size_t i = next++; i < count; i = next++) task(i);
      }
    });
  };
}

}  // namespace saelaw
