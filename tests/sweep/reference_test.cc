#include <cstdlib>

#include <gtest/gtest.h>

#include "core/files.h"
#include "sweep/sweep.h"

namespace saelaw {
namespace {

// To write the page anew: SAELAW_WRITE_DOCS=1 sweep_test.
TEST(SweepReference, IsThePageInTheDocs) {
  const std::string path = SAELAW_SOURCE_DIR "/docs/sweep.md";
  if (std::getenv("SAELAW_WRITE_DOCS") != nullptr) WriteFile(path, SweepReference());
  EXPECT_EQ(ReadFile(path), SweepReference());
}

}  // namespace
}  // namespace saelaw
