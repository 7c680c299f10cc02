#include "core/machine.h"

#include <fstream>

#include <gtest/gtest.h>

#include "temporary_folder.h"

namespace saelaw {
namespace {

class Machine : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  std::string Of(const std::string& device) const { return NameMachine(device, folder_.path()); }

  TemporaryFolder folder_;
};

// As Linux 6.1 writes it, shortened.
TEST_F(Machine, OfACpuIsItsNameAndItsInstructions) {
  Write("cpuinfo",
        "processor\t: 0\nmodel name\t: AMD EPYC 9004\nflags\t\t: fpu avx2 avx512f sse2\n"
        "processor\t: 1\nmodel name\t: another\n");
  EXPECT_EQ(Of("cpu"), "AMD EPYC 9004 avx2 avx512f");
}

// As the driver 580 writes them.
TEST_F(Machine, OfGpusIsTheirModelsAndTheDriver) {
  Write("driver/nvidia/version",
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 2025\n"
        "GCC version:  gcc version 12.2.0\n");
  Write("driver/nvidia/gpus/0000:1b:00.0/information", "Model: \t\t NVIDIA H200\nIRQ: 1\n");
  const std::string one = Of("cuda");
  EXPECT_EQ(one, "NVIDIA H200, driver 580.65.06");
  EXPECT_EQ(Of("cuda:0"), one);
  Write("driver/nvidia/gpus/0000:1c:00.0/information", "Model: \t\t NVIDIA A100\n");
  EXPECT_EQ(Of("cuda"), "NVIDIA A100 + NVIDIA H200, driver 580.65.06");
}

TEST_F(Machine, HasItsGpuLibraryInLibOrBesideTheTrainer) {
  const std::filesystem::path trainer = folder_.path() / "bin/saelaw-trainer";
  EXPECT_EQ(FindGpuLibrary(trainer), folder_.path() / "lib/libsaelaw_cuda.so");
  Write("bin/libsaelaw_cuda.so", "");
  EXPECT_EQ(FindGpuLibrary(trainer), folder_.path() / "bin/libsaelaw_cuda.so");
  Write("lib/libsaelaw_cuda.so", "");
  EXPECT_EQ(FindGpuLibrary(trainer), folder_.path() / "lib/libsaelaw_cuda.so");
}

TEST_F(Machine, IsNeverEmptyAndACpuIsNoGpu) {
  EXPECT_FALSE(Of("cpu").empty());
  EXPECT_FALSE(Of("cuda").empty());
  EXPECT_NE(Of("cpu"), Of("cuda"));
  EXPECT_FALSE(NameMachine("cpu").empty());
}

}  // namespace
}  // namespace saelaw
