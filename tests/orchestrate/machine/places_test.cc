#include "orchestrate/machine/places.h"

#include <cstdlib>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

Execution OnDevices(std::vector<std::string> devices, int workers) {
  Execution execution;
  execution.device = devices.size() > 1 ? "cuda" : devices.front();
  execution.devices = std::move(devices);
  execution.workers = workers;
  return execution;
}

TEST(ListPlaces, LeaveOneDeviceAsItIs) {
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_THAT(ListPlaces(OnDevices({"cuda:1"}, 2)), ElementsAre(IsEmpty(), IsEmpty()));
}

TEST(ListPlaces, GiveEachTrainerOneOfSeveralGpus) {
  ::unsetenv("CUDA_VISIBLE_DEVICES");
  EXPECT_THAT(ListPlaces(OnDevices({"cuda:0", "cuda:3"}, 1)),
              ElementsAre(ElementsAre(Pair("CUDA_VISIBLE_DEVICES", "0")),
                          ElementsAre(Pair("CUDA_VISIBLE_DEVICES", "3"))));
}

TEST(ListPlaces, CountAmongTheGpusThatThisProcessMaySee) {
  ::setenv("CUDA_VISIBLE_DEVICES", "5,GPU-7", 1);
  EXPECT_THAT(ListPlaces(OnDevices({"cuda:1", "cuda:0"}, 1)),
              ElementsAre(ElementsAre(Pair("CUDA_VISIBLE_DEVICES", "GPU-7")),
                          ElementsAre(Pair("CUDA_VISIBLE_DEVICES", "5"))));
  try {
    ListPlaces(OnDevices({"cuda:0", "cuda:2"}, 1));
    ADD_FAILURE() << "a GPU that is not there";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    EXPECT_THAT(error.what(), HasSubstr("names cuda:2, but CUDA_VISIBLE_DEVICES lists 2 devices"));
  }
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST(ListPlaces, FindNoGpuWhereNoneIsVisible) {
  ::setenv("CUDA_VISIBLE_DEVICES", "", 1);
  EXPECT_THROW(ListPlaces(OnDevices({"cuda:0", "cuda:1"}, 1)), Error);
  ::unsetenv("CUDA_VISIBLE_DEVICES");
}

TEST(ResolveThreads, SharesTheCoresAndKeepsWhatIsTold) {
  Execution told = OnDevices({"cpu"}, 4);
  told.threads = 3;
  ResolveThreads(&told);
  EXPECT_EQ(told.threads, 3);
  Execution crowded = OnDevices({"cpu"}, 100000);
  ResolveThreads(&crowded);
  EXPECT_EQ(crowded.threads, 1);
}

TEST(TrainerPath, IsWhatTheEnvironmentNames) {
  ::setenv("SAELAW_TRAINER", "/opt/trainer", 1);
  EXPECT_EQ(TrainerPath(), "/opt/trainer");
  ::unsetenv("SAELAW_TRAINER");
}

}  // namespace
}  // namespace saelaw
