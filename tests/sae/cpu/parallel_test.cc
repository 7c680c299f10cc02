#include "sae/cpu/parallel.h"

#include <atomic>
#include <vector>

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(AllThreads, DoEachTaskOnceHoweverManyThereAre) {
  const int before = at::get_num_threads();
  for (const int threads : {1, 3}) {
    at::set_num_threads(threads);
    for (const std::size_t count : {0, 1, 2, 1000}) {
      std::vector<std::atomic<int>> done(count);
      AllThreads()(count, [&](std::size_t task) { done.at(task) += 1; });
      for (const std::atomic<int>& times : done) EXPECT_EQ(times, 1);
    }
  }
  at::set_num_threads(before);
}

}  // namespace
}  // namespace saelaw
