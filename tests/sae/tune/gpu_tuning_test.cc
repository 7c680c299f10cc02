// Which algorithms are chosen, from a table whose times are made up.
#include "sae/tune/gpu_tuning.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Milliseconds by product and algorithm; negative: refused.
std::vector<std::vector<float>> times;
std::vector<int> trials;

SaelawGpuTable MadeUp() {
  SaelawGpuTable table{};
  table.version = kSaelawGpuVersion;
  table.last_error = [] { return "no such algorithm"; };
  table.algorithms = [](const SaelawGpuShape* shape, std::int32_t product, std::int32_t* count) {
    EXPECT_EQ(shape->tokens, 256);
    *count = static_cast<std::int32_t>(times[static_cast<std::size_t>(product)].size());
    return std::int32_t{kSaelawGpuOk};
  };
  table.measure_bytes = [](const SaelawGpuShape*) { return std::size_t{1000}; };
  table.measure = [](const SaelawGpuShape*,
                     std::int32_t product,
                     std::int32_t algorithm,
                     void* memory,
                     void*,
                     float* milliseconds) {
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 256, 0U);
    static_cast<char*>(memory)[999] = 1;  // the sanitizer sees what is not there
    trials[static_cast<std::size_t>(product)] += 1;
    const float time =
        times[static_cast<std::size_t>(product)][static_cast<std::size_t>(algorithm)];
    // The first trial of each is slow.
    *milliseconds = trials[static_cast<std::size_t>(product)] % 3 == 1 ? time + 10 : time;
    return time < 0 ? std::int32_t{kSaelawGpuUnsupported} : std::int32_t{kSaelawGpuOk};
  };
  return table;
}

class GpuTuning : public ::testing::Test {
 protected:
  GpuTuning() {
    times = {{1, 2, 3}, {3, 2, 1}, {2, 1, 1}, {-1, -1, 5, 4}, {7}};
    trials.assign(kSaelawGpuProducts, 0);
  }
  std::vector<int> Fastest() const { return FastestAlgorithms(table_, 64, {512, 256}, at::kCPU); }

  SaelawGpuTable table_ = MadeUp();
};

TEST_F(GpuTuning, TakesTheFastestOfEachProductThatTheDeviceDoes) {
  EXPECT_THAT(Fastest(), ElementsAre(0, 2, 1, 3, 0));
}

TEST_F(GpuTuning, RefusesWhatTheDeviceCannotDo) {
  times[1] = {-1, -1};
  try {
    Fastest();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("product 1"));
    EXPECT_THAT(error.what(), HasSubstr("d_sae 512 and 256 tokens (no such algorithm)"));
  }
}

TEST(FindGpuAlgorithms, AreThoseOfTheShape) {
  StepTuning tuning;
  tuning.shapes = {{{512, 256}, {1, 2, 3, 4, 5}}, {{512, 128}, {7}}};
  EXPECT_THAT(FindGpuAlgorithms(tuning, {512, 256}), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(FindGpuAlgorithms(tuning, {512, 128}), ElementsAre(7, 0, 0, 0, 0));
  EXPECT_THAT(FindGpuAlgorithms(tuning, {64, 64}), ElementsAre(0, 0, 0, 0, 0));
}

}  // namespace
}  // namespace saelaw
