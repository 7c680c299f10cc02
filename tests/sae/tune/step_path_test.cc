// As if on a GPU: nothing is asked of it.
#include "sae/tune/step_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/errors.h"
#include "sae/gpu/gpu_library.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

class Resolved : public ::testing::Test {
 protected:
  Resolved() : before_(SetGpuTableForTest(&table_)) {
    tuning_.path = "cuda";
    tuning_.machine = "this machine";
    tuning_.shapes = {{{512, 256}, {1, 2, 3, 4, 5}}};
  }
  ~Resolved() override { SetGpuTableForTest(before_); }
  StepTuning On(const char* device, bool begun, const char* machine = "this machine") const {
    return ResolvedTuning(tuning_, at::Device(device), machine, begun);
  }
  std::string Refusal(const char* device, bool begun, const char* machine) const {
    try {
      On(device, begun, machine);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::kConfiguration);
      return error.what();
    }
    return "";
  }

  SaelawGpuTable table_{};  // one that is there is enough
  const SaelawGpuTable* before_;
  StepTuning tuning_;
};

TEST_F(Resolved, IsWhatWasMeasuredOnThisMachine) {
  for (const bool begun : {false, true}) EXPECT_EQ(ToJson(On("cuda", begun)), ToJson(tuning_));
  tuning_.machine.clear();  // an earlier version's
  EXPECT_EQ(ToJson(On("cuda", true)), ToJson(tuning_));
}

TEST_F(Resolved, OnAnotherMachineGoesOnWithNothingThatWasBegun) {
  EXPECT_THAT(Refusal("cuda", true, "another"),
              HasSubstr("taken on 'this machine', this is 'another': continue the job on"));
  const StepTuning fresh = On("cuda", false, "another");
  EXPECT_EQ(fresh.machine, "another");
  EXPECT_TRUE(fresh.shapes.empty());
}

TEST_F(Resolved, RefusesAPathThatTheDeviceLacks) {
  EXPECT_THAT(Refusal("cpu", false, "this machine"), HasSubstr("the device cpu cannot"));
  tuning_.path = "abacus";
  EXPECT_THAT(Refusal("cuda", false, "this machine"),
              HasSubstr("'abacus', the fastest it has is cuda"));
}

TEST_F(Resolved, TakesACpusPathOnAGpuForTheReferenceAsItWas) {
  tuning_.path = "amx";
  EXPECT_EQ(On("cuda", true, "another").path, "reference");
  tuning_.path.clear();
  EXPECT_EQ(On("cuda", false).path, "cuda");
}

}  // namespace
}  // namespace saelaw
