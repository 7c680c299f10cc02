// The lines of a corpus's summary: each number once, singular and plural, warnings where they
// belong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tokens/corpus.h"
#include "tokens/fixtures.h"

namespace saelaw {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::MakeStore;
using ::testing::Not;
using Ids = std::vector<std::int32_t>;

// A corpus about which there is nothing to warn.
CorpusSummary Sound() {
  CorpusSummary summary;
  summary.documents = 1200;
  summary.tokens = 2'500'000;
  summary.training_documents = 1136;
  summary.training_contexts = 9000;
  summary.training_tokens = 2'300'000;
  summary.held_out_documents = 64;
  summary.held_out_share = 0.0512;
  summary.measured_documents = 64;
  summary.measured_contexts = 65;
  summary.measured_tokens = 16'575;
  return summary;
}

TEST(DescribeCorpus, SaysWhatIsUsedHeldOutAndDropped) {
  CorpusSpec spec;
  spec.context_tokens = 40;
  spec.held_out_tokens = 100;
  std::vector<Ids> documents(60, Ids(100, 1));
  for (int i = 0; i < 60; ++i) documents[i][0] = i;
  documents.emplace_back(10, 3);
  const Corpus corpus(MakeStore(documents), spec, {}, {2});
  const std::vector<std::string> lines = DescribeCorpus(corpus.summary(), spec);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_THAT(lines[0], HasSubstr("text: 61 documents, 6.01K tokens; "));
  EXPECT_THAT(lines[1], HasSubstr("held out: 12 documents (20.0 % of the text)"));
  EXPECT_THAT(lines[2],
              HasSubstr("dropped: 10 tokens in documents or ends of them shorter than 16 tokens "
                        "(1 document gave no context)"));
  EXPECT_THAT(lines[3], HasSubstr("warning: held-out losses rest on 12 documents"));
}

TEST(DescribeCorpus, OfASoundCorpusSaysTwoLines) {
  EXPECT_THAT(DescribeCorpus(Sound(), {}),
              ElementsAre("text: 1.2K documents, 2.5M tokens; 2.3M usable for training in 9K "
                          "contexts of 1.14K documents",
                          "held out: 64 documents (5.1 % of the text); losses are measured on "
                          "16.6K tokens in 65 contexts of 64 documents"));
}

TEST(DescribeCorpus, NamesTheRuleThatDroppedAnEnd) {
  CorpusSummary summary = Sound();
  summary.dropped_tokens = 1;
  summary.dropped_documents = 2;
  CorpusSpec spec;
  EXPECT_THAT(DescribeCorpus(summary, spec),
              Contains("dropped: 1 token in documents or ends of them shorter than 16 tokens "
                       "(2 documents gave no context)"));
  spec.short_documents = ShortDocuments::kDrop;
  EXPECT_THAT(DescribeCorpus(summary, spec),
              Contains(HasSubstr("shorter than a context of 256 (short_documents: drop)")));
}

TEST(DescribeCorpus, CountsPositionsOfSpecialTokens) {
  CorpusSummary summary = Sound();
  summary.special_tokens = 1;
  EXPECT_THAT(DescribeCorpus(summary, {}),
              Contains("not used: 1 position of special tokens (bos, eos, padding, control)"));
}

// Twenty documents are enough; a sweep that holds nothing out has no held-out loss to doubt.
TEST(DescribeCorpus, WarnsOfFewOrLargeHeldOutDocuments) {
  CorpusSummary summary = Sound();
  summary.measured_documents = 20;
  EXPECT_THAT(DescribeCorpus(summary, {}), Each(Not(HasSubstr("warning: "))));
  summary.measured_documents = 1;
  EXPECT_THAT(DescribeCorpus(summary, {}).back(),
              HasSubstr("warning: held-out losses rest on 1 document: give more"));
  CorpusSpec nothing;
  nothing.held_out_tokens = 0;
  EXPECT_THAT(DescribeCorpus(summary, nothing), Each(Not(HasSubstr("warning: "))));
  summary = Sound();
  summary.has_large_held_out = true;
  EXPECT_THAT(DescribeCorpus(summary, {}).back(), HasSubstr("with more than 5 % of the text"));
}

}  // namespace
}  // namespace saelaw
