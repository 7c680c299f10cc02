// What OpenSource checks of any source, and the blocks that stand in for documents.
#include "activations/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/expect_error.h"

namespace saelaw {
namespace {

using ::testing::ElementsAre;

TEST(CutIntoBlocks, AreEqualAsFarAsTheyCanBe) {
  EXPECT_THAT(CutIntoBlocks(10, 3), ElementsAre(0, 3, 6, 10));
  EXPECT_THAT(CutIntoBlocks(2, 5), ElementsAre(0, 1, 2));  // a vector each at least
  EXPECT_EQ(CutIntoBlocks(1000).size(), 65u);
}

TEST(OpenSource, NamesCountsThatCannotBe) {
  const auto message = [](const SourceSpec& spec) {
    return MakeMessage(ExitCode::kConfiguration, [&] { OpenSource(spec, {}); });
  };
  SourceSpec spec;
  spec.held_out_tokens = 0;
  EXPECT_EQ(message(spec), "held_out_tokens is 0: it must be at least 1");
  spec = {};
  spec.normalisation_tokens = 0;
  EXPECT_EQ(message(spec), "normalisation_tokens is 0: it must be at least 1");
  spec.normalise = false;  // then nothing is measured on them
  EXPECT_EQ(message(spec), "no error");
}

TEST(OpenSource, RefusesAWidthThatWasNotPlanned) {
  SourceSpec spec;
  spec.synthetic.d_in = 8;
  spec.d_in = 8;
  EXPECT_EQ(OpenSource(spec, {})->d_in(), 8);
  spec.d_in = 16;
  EXPECT_EQ(MakeMessage(ExitCode::kConfiguration, [&] { OpenSource(spec, {}); }),
            "the source's vectors have d_in 8, where 16 was planned");
}

// A synthetic source is endless, has no text and no language model.
TEST(ActivationSource, SaysWhatItDoesNotHave) {
  const auto source = OpenSource(SourceSpec(), {});
  EXPECT_EQ(source->training_tokens(), -1);
  EXPECT_EQ(source->TextIdentity(), "");
  EXPECT_EQ(source->Spliced(), nullptr);
}

}  // namespace
}  // namespace saelaw
