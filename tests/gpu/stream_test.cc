#include "gpu/stream.h"

#include <gtest/gtest.h>

namespace saelaw {
namespace {

TEST(CurrentStream, TheCpuHasNone) { EXPECT_EQ(CurrentStream(c10::Device("cpu")), nullptr); }

}  // namespace
}  // namespace saelaw
