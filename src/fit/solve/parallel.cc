// Threads take the next item from a counter, so that items of unequal length are spread evenly. The
// calling thread works too, and one thread alone starts no other.
#include "fit/solve/parallel.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace saelaw {

void ParallelFor(int count, int threads, const std::function<void(int)>& body) {
  // hardware_concurrency may say 0, which the clamp below turns into one.
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  const int workers = std::clamp(threads > 0 ? threads : cores, 1, std::max(count, 1));
  std::atomic<int> next = 0;
  const auto work = [&] {
    for (int i = next++; i < count; i = next++) body(i);
  };
  std::vector<std::thread> pool;
  for (int t = 1; t < workers; ++t) pool.emplace_back(work);
  work();
  for (std::thread& thread : pool) thread.join();
}

}  // namespace saelaw
