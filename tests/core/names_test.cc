#include "core/names.h"

#include <string>

#include <gtest/gtest.h>

#include "core/run_result.h"

namespace saelaw {
namespace {

// The words in the order of their values, each read back as the value that it names.
template <typename Enum>
std::string Words() {
  std::string words;
  for (std::size_t i = 0; i < kNamesOf<Enum>.size(); ++i) {
    const auto value = static_cast<Enum>(i);
    EXPECT_EQ(Named<Enum>(Name(value)), value);
    words += std::string(Name(value)) + " ";
  }
  EXPECT_EQ(Named<Enum>(""), std::nullopt);
  return words;
}

// They stand in files, databases and the hashes of run names: a changed word is another run.
TEST(Names, AreTheStoredOnes) {
  EXPECT_EQ(Words<SourceKind>(), "synthetic shards model ");
  EXPECT_EQ(Words<Precision>(), "fp32 bf16 ");
  EXPECT_EQ(Words<ThresholdParametrisation>(), "raw log ");
  EXPECT_EQ(Words<Schedule>(), "cosine constant warmup-stable-decay ");
  EXPECT_EQ(Words<SparsityRule>(), "coefficient target-l0 ");
  EXPECT_EQ(Words<ShortDocuments>(), "keep drop ");
  EXPECT_EQ(Words<BiasStart>(), "auto mean zeros ");
}

TEST(Names, OfEndsAreThoseOfResults) {
  EXPECT_EQ(Name(RunEnd::kCompleted), "completed");
  EXPECT_EQ(Name(RunEnd::kNonFinite), "non-finite");
  EXPECT_EQ(Name(RunEnd::kStopped), "stopped");
  EXPECT_EQ(Name(RunEnd::kOutOfMemory), "out-of-memory");
}

}  // namespace
}  // namespace saelaw
