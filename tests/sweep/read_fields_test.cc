#include "sweep/read_fields.h"

#include <gtest/gtest.h>

#include "sweep/sweep_text.h"

namespace saelaw {
namespace {

template <typename Struct>
void ExpectDefaults(std::initializer_list<std::string_view> without) {
  Reading reading("s.yaml", kInRun);
  Struct read;
  ReadFields(reading, read, without);
  const Struct expected;
  ForEachField<Struct>([&](const SpecField& field, auto member) {
    EXPECT_TRUE(read.*member == expected.*member) << field.key.path;
  });
}

// The default that a user sees is the one that a spec has by itself, but where it follows from
// other values.
TEST(ReadFields, GivesTheSpecsOwnDefaults) {
  ExpectDefaults<SyntheticSource>({});
  ExpectDefaults<ModelSource>({"activations.token_dtype"});
  ExpectDefaults<SourceSpec>({});
  ExpectDefaults<SaeSpec>({});
  ExpectDefaults<TrainingSpec>({"training.threshold_lr"});
  ExpectDefaults<RunSpec>({});
}

// What may not be given stays as it is.
TEST(ReadFieldsFor, LeavesOutWhatSaysNothingOfTheArchitecture) {
  Reading reading("s.yaml", kInRun);
  SaeSpec read;
  read.bandwidth = 0.25;
  ReadFieldsFor(reading, SaeArchitecture::kTopK, read);
  EXPECT_EQ(read.bandwidth, 0.25);
  EXPECT_TRUE(reading.mistakes().empty());
  ReadFieldsFor(reading, SaeArchitecture::kJumpRelu, read);
  EXPECT_EQ(read.bandwidth, SaeSpec{}.bandwidth);
}

TEST(WhyNothing, NamesTheOtherArchitectures) {
  EXPECT_EQ(WhyNothing("sae.bandwidth", SaeArchitecture::kBatchTopK),
            "sae.bandwidth says nothing of a batch_topk SAE, whose active latents are sae.k a "
            "token: leave it out, or take sae.architecture: jump_relu");
}

}  // namespace
}  // namespace saelaw
