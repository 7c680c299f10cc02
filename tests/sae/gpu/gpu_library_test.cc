#include "sae/gpu/gpu_library.h"

#include <string>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "gpu/library.h"
#include "sae/tune/accelerations.h"

namespace saelaw {
namespace {

TEST(GpuLibrary, NamesWhatIsMissing) {
  EXPECT_FALSE(HasGpuLibrary());
  EXPECT_FALSE(CanRunOn(kCudaPath, at::Device("cuda:0")));
  try {
    OpenGpuLibrary("nowhere/libsaelaw_cuda.so");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_NE(std::string(error.what()).find("nowhere/libsaelaw_cuda.so"), std::string::npos);
  }
  EXPECT_NE(DefaultGpuLibrary().find("/lib/libsaelaw_cuda.so"), std::string::npos);
}

// Every part of a job may ask for it.
TEST(GpuLibrary, IsOpenedOnce) {
  const SaelawGpuTable table{};
  const SaelawGpuTable* before = SetGpuTableForTest(&table);
  EXPECT_EQ(before, nullptr);
  EXPECT_NO_THROW(OpenGpuLibrary("nowhere/libsaelaw_cuda.so"));
  EXPECT_EQ(&GpuLibrary(), &table);
  EXPECT_EQ(SetGpuTableForTest(nullptr), &table);
  EXPECT_FALSE(HasGpuLibrary());
}

}  // namespace
}  // namespace saelaw
