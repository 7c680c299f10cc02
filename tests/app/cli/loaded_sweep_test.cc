#include "app/cli/loaded_sweep.h"

#include <cstdlib>

#include <gmock/gmock.h>

#include "core/errors.h"
#include "sweep/sweep_text.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(Overrides, AreStrongerAsFlagsThanAsVariables) {
  ::setenv("SAELAW_DEVICE", "cuda", 1);
  ::setenv("SAELAW_THREADS", "2", 1);
  EXPECT_THAT(Overrides("cpu", 3, 0),
              ElementsAre(Pair("execution.device", "cpu"),
                          Pair("execution.threads", "2"),
                          Pair("execution.workers", "3")));
  ::unsetenv("SAELAW_DEVICE");
  ::unsetenv("SAELAW_THREADS");
  EXPECT_THAT(Overrides("", 0, 0), IsEmpty());
}

// Of several devices YAML wants a list.
TEST(Overrides, PutSeveralDevicesInBrackets) {
  EXPECT_THAT(Overrides("cuda:0,cuda:1", 0, 0),
              ElementsAre(Pair("execution.device", "[cuda:0,cuda:1]")));
}

class LoadSweepTest : public ::testing::Test {
 protected:
  // What is said on stderr.
  std::string Load(const std::string& text) {
    const std::string path = folder_.Write("s.yaml", text).string();
    ::testing::internal::CaptureStderr();
    try {
      loaded_ = LoadSweep(path);
    } catch (const Error& error) {
      error_ = error.what();
      EXPECT_EQ(error.code(), ExitCode::kConfiguration);
    }
    std::string said = ::testing::internal::GetCapturedStderr();
    // Without the folder's name, which is another each time.
    const std::string folder = folder_.path().string() + "/";
    for (std::string* of : {&said, &error_}) {
      for (std::size_t at = 0; (at = of->find(folder)) != std::string::npos;) {
        of->erase(at, folder.size());
      }
    }
    return said;
  }
  TemporaryFolder folder_;
  LoadedSweep loaded_;
  std::string error_;
};

TEST_F(LoadSweepTest, PrintsAllMistakesAndThrowsOneLine) {
  EXPECT_EQ(
      Load(With("d_sae: 128", "d_sae: -1\n  sixe: 2")),
      "s.yaml:5:10: sae.d_sae must be from 1 to 16777216, got -1\n"
      "    5 |   d_sae: -1\n"
      "      |          ^\n"
      "s.yaml:6:3: unknown key 'sixe' in sae; known here: d_sae, "
      "architecture, k, pre_encoder_bias, b_dec_init, w_enc_init_scale, threshold, bandwidth, "
      "input_gradients\n"
      "    6 |   sixe: 2\n"
      "      |   ^\n");
  EXPECT_EQ(error_, "s.yaml: 2 mistakes");
}

TEST_F(LoadSweepTest, WarnsAndGoesOn) {
  EXPECT_EQ(Load(std::string(kSmallSweep)),
            "s.yaml:6:1: warning: training.lr_warmup: the shortest run, 32768 tokens, warms up "
            "over 6.4 steps; below 10 it is luck whether a run near the stability edge survives\n");
  EXPECT_EQ(loaded_.sweep.name, "small");
  EXPECT_GT(loaded_.sweep.execution.threads, 0);  // 0 in the file: as many as this machine has
}

// A sweep that tells the model's shape can be priced where the model is not.
TEST_F(LoadSweepTest, SeesWhetherTheShapeIsTold) {
  const std::string model = "source: model\n  model: m\n  text: t\n  card: llama-3.2-1b";
  Load(With("source: synthetic", model));
  EXPECT_TRUE(loaded_.shape_told);
  Load(std::string(kSmallSweep));
  EXPECT_FALSE(loaded_.shape_told);
}

TEST_F(LoadSweepTest, GivesOneArmAloneByItsLabel) {
  Load(With("study:\n", "study:\n  sparsity: [8, 16]\n"));
  EXPECT_EQ(loaded_.arms.list.size(), 2u);
  const Arms one = OnlyArm(loaded_.arms, "l0-16");
  EXPECT_FALSE(one.compares());
  EXPECT_EQ(one.first().training.target_l0, 16);
  EXPECT_EQ(one.name, "small/l0-16");
  try {
    OnlyArm(loaded_.arms, "l0-9");
    FAIL();
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "no arm 'l0-9' in small; there are l0-8, l0-16");
  }
}

}  // namespace
}  // namespace saelaw
