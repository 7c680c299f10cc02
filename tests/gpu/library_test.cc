#include "gpu/library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "gpu/code.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

template <typename Call>
std::pair<ExitCode, std::string> Failure(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {ExitCode::kComplete, ""};
}

TEST(GpuLibrary, IsExpectedBesideTheFolderOfTheExecutable) {
  EXPECT_THAT(DefaultGpuLibrary(), EndsWith("/lib/libsaelaw_cuda.so"));
}

TEST(GpuLibrary, SaysWhatToDoWhereThereIsNone) {
  const auto [code, message] = Failure([] { GpuTable("/no/such/library.so", "table", 1); });
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_THAT(message,
              AllOf(HasSubstr("the CUDA library /no/such/library.so cannot be opened ("),
                    HasSubstr("set execution.kernels: reference")));
}

// The C library is a library that has no such table.
TEST(GpuLibrary, RefusesALibraryWithoutTheTable) {
  const auto [code, message] = Failure([] { GpuTable("libc.so.6", "saelaw_no_such_table", 1); });
  EXPECT_EQ(code, ExitCode::kConfiguration);
  EXPECT_EQ(message,
            "the CUDA library libc.so.6 is not of this version of saelaw; build both anew");
}

TEST(CheckGpu, WhatADeviceCannotDoIsAMatterOfTheConfiguration) {
  EXPECT_NO_THROW(CheckGpu(kSaelawGpuOk, "", "a product"));
  const auto unsupported = Failure([] { CheckGpu(kSaelawGpuUnsupported, "too wide", "a norm"); });
  EXPECT_EQ(unsupported.first, ExitCode::kConfiguration);
  EXPECT_EQ(unsupported.second, "GPU, a norm: too wide");
  const auto failed = Failure([] { CheckGpu(kSaelawGpuFailed, "out of memory", "a product"); });
  EXPECT_EQ(failed.first, ExitCode::kFailure);
  EXPECT_EQ(failed.second, "GPU, a product: out of memory");
}

}  // namespace
}  // namespace saelaw
