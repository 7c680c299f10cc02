// What a trainer says where it cannot open a GPU.
#include "app/trainer/cuda_library.h"

#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/headeronly/version.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Refusal(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    return error.what();
  }
  return "";
}

TEST(CheckTorchVersion, NamesBothVersionsInOneLine) {
  EXPECT_EQ(Refusal([] { CheckTorchVersion(TORCH_ABI_VERSION); }), "");
  // A patch release has another C++ interface.
  const std::uint64_t other = TORCH_ABI_VERSION + (std::uint64_t{1} << 40);
  EXPECT_THAT(Refusal([&] { CheckTorchVersion(other); }),
              AllOf(HasSubstr("torch 2.11.1 is installed"),
                    HasSubstr(fmt::format("built against {}", TORCH_VERSION)),
                    Not(HasSubstr("\n"))));
}

TEST(OpenDevice, OpensNothingForACpu) {
  OpenDevice("cpu", false, [](const std::string& line) { ADD_FAILURE() << line; });
  EXPECT_EQ(QueryMemory("cpu").total, 0);
}

// The libraries that scripts/setup installs are not enough for a GPU, and a number is no device.
TEST(OpenDevice, NamesWhatIsMissing) {
  const std::string line =
      Refusal([] { OpenDevice("cuda:1000", true, [](const std::string&) {}); });
  EXPECT_THAT(line, AllOf(HasSubstr("device cuda:1000"), HasSubstr("use device cpu")));
}

}  // namespace
}  // namespace saelaw
