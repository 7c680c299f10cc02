#include "activations/model_source.h"

#include <algorithm>
#include <set>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/expect_error.h"
#include "activations/model_folder.h"
#include "llm/llama.h"
#include "temporary_folder.h"
#include "tokens/corpus.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ModelSourceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    at::set_num_threads(1);  // so small a model loses more to the hand-over than it gains
    folder_ = std::make_unique<ModelFolder>();
    source_ = OpenSource(folder_->Spec(), {});
  }
  static void TearDownTestSuite() {
    source_.reset();
    folder_.reset();
  }
  static std::unique_ptr<ModelFolder> folder_;
  static std::unique_ptr<ActivationSource> source_;
};
std::unique_ptr<ModelFolder> ModelSourceTest::folder_;
std::unique_ptr<ActivationSource> ModelSourceTest::source_;

Corpus CorpusOf(const SourceSpec& spec) {
  return LoadCorpus(MakeCorpusSpec(spec), Tokenizer::Load(spec.model.model), "");
}

// The usable vectors of the contexts one by one through the model, in their order: the reference.
at::Tensor OneByOne(const SourceSpec& spec,
                    const Corpus& corpus,
                    const std::vector<Context>& contexts,
                    Hook hook = Hook::kMlpOut) {
  const LlamaModel model(spec.model.model, spec.model.layer + 1, LlamaPrecision::kFp32, at::kCPU);
  std::vector<at::Tensor> vectors;
  for (const Context& context : contexts) {
    std::vector<std::int32_t> ids(static_cast<std::size_t>(context.tokens));
    corpus.CopyTokens(context, ids);
    const at::Tensor tokens = at::tensor(ids, at::kInt).to(at::kLong).unsqueeze(0);
    const at::Tensor used = at::tensor(corpus.UsablePositions(context), at::kLong);
    vectors.push_back(model.Activations(tokens, hook, spec.model.layer)[0].index_select(0, used));
  }
  return at::cat(vectors);
}

// One number for each vector, in ascending order: equal for equal sets of vectors.
at::Tensor Fingerprints(const at::Tensor& vectors) {
  const at::Tensor direction = at::arange(1, vectors.size(1) + 1, at::kDouble).cos();
  return std::get<0>(vectors.to(at::kDouble).matmul(direction).sort());
}

TEST_F(ModelSourceTest, StreamHoldsEachTrainingVectorOnceShuffled) {
  const SourceSpec spec = folder_->Spec();
  const Corpus corpus = CorpusOf(spec);
  const std::int64_t tokens = source_->training_tokens();
  ASSERT_EQ(tokens, corpus.usable_training_tokens());
  ASSERT_GT(tokens, 2 * 32 * 160);  // more than one block
  const at::Tensor stream = source_->OpenStream(0, tokens, 0)->Next();
  const at::Tensor expected = OneByOne(spec, corpus, corpus.training_contexts());
  EXPECT_EQ(stream.sizes(), (at::IntArrayRef{tokens, 32}));
  EXPECT_TRUE(at::allclose(Fingerprints(stream), Fingerprints(expected), 1e-6, 5e-5));
  EXPECT_LT((stream - expected).abs().amax(1).lt(1e-6).sum().item<std::int64_t>(), 100);
}

TEST_F(ModelSourceTest, HeldOutIsTheHeldOutContextsDocumentByDocument) {
  const SourceSpec spec = folder_->Spec();
  const Corpus corpus = CorpusOf(spec);
  const at::Tensor expected = OneByOne(spec, corpus, corpus.held_out_contexts());
  const HeldOutVectors& held_out = source_->HeldOut();
  ASSERT_EQ(held_out.x.size(0), corpus.usable_held_out_tokens());
  ASSERT_GE(held_out.x.size(0), 2000);
  EXPECT_TRUE(at::allclose(held_out.x, expected, 1e-5, 1e-7));
  ASSERT_EQ(held_out.begins.size(), 1 + 60u);  // a fifth of the documents
  std::int64_t token = 0;
  std::size_t document = 0;
  for (std::size_t i = 0; i < corpus.held_out_contexts().size(); ++i) {
    const Context& context = corpus.held_out_contexts()[i];
    const bool begins = i == 0 || context.document != corpus.held_out_contexts()[i - 1].document;
    if (begins) {
      EXPECT_EQ(held_out.begins[document], token);
      ++document;
    }
    token += context.usable;
  }
  EXPECT_EQ(held_out.begins.back(), token);
}

// The two tests above tie stream and held-out set to these two lists.
TEST_F(ModelSourceTest, HeldOutDocumentsAreInNoStream) {
  const Corpus corpus = CorpusOf(folder_->Spec());
  std::set<std::int32_t> training;
  for (const Context& context : corpus.training_contexts()) training.insert(context.document);
  for (const Context& context : corpus.held_out_contexts()) {
    EXPECT_EQ(training.count(context.document), 0);
  }
}

TEST_F(ModelSourceTest, SameSeedSameStreamAndSeekEqualsReadingOn) {
  SourceSpec spec = folder_->Spec();
  spec.model.mixing_tokens = 7000;  // batches straddle blocks of somewhat more
  const auto source = OpenSource(spec, {});
  const auto stream = source->OpenStream(3, 3000, 0);
  std::vector<at::Tensor> batches;
  for (int i = 0; i < 11; ++i) batches.push_back(stream->Next());
  const auto again = OpenSource(spec, {});
  for (const std::int64_t first : {0, 2, 4, 7, 10}) {
    const at::Tensor sought = again->OpenStream(3, 3000, first)->Next();
    EXPECT_TRUE(at::equal(sought, batches[static_cast<std::size_t>(first)])) << first;
  }
  EXPECT_FALSE(at::equal(source->OpenStream(4, 3000, 0)->Next(), batches[0]));
}

// Asked some times per context (once a block of the model), so that the 80th time is inside a block
// of the stream.
TEST_F(ModelSourceTest, StopsInsideABlockAndHarmsNothing) {
  int asked = 0, told = 0;
  SourceOptions options;
  options.stop_requested = [&] { return ++asked >= 80; };
  options.on_reading = [&](std::int64_t done, std::int64_t total) {
    told += 1;
    EXPECT_LT(done, total);
  };
  const auto source = OpenSource(folder_->Spec(), options);
  EXPECT_THROW(source->OpenStream(3, 1000, 0)->Next(), Stopped);
  EXPECT_LT(asked, 90);
  EXPECT_GT(told, 0);
  EXPECT_THROW(source->HeldOut(), Stopped);
  options.stop_requested = {};
  const auto again = OpenSource(folder_->Spec(), options);
  EXPECT_TRUE(
      at::equal(again->OpenStream(3, 1000, 0)->Next(), source_->OpenStream(3, 1000, 0)->Next()));
  EXPECT_TRUE(at::equal(again->HeldOut().x, source_->HeldOut().x));
}

// Batches, like the held-out vectors, are bf16 numbers in fp32, whatever the threads.
TEST_F(ModelSourceTest, InBf16TheThreadsChangeNoBit) {
  SourceSpec spec = folder_->Spec();
  spec.model.precision = Precision::kBf16;
  const auto first = [&](int threads) {
    at::set_num_threads(threads);
    return OpenSource(spec, {})->OpenStream(0, 500, 2)->Next();
  };
  const at::Tensor alone = first(1);
  EXPECT_TRUE(at::equal(alone, first(3)));
  at::set_num_threads(1);
  EXPECT_EQ(alone.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(alone.to(at::kBFloat16).to(at::kFloat), alone));
}

TEST_F(ModelSourceTest, GivesTheSameBitsFromItsCache) {
  const TemporaryFolder cache;
  SourceSpec spec = folder_->Spec();
  spec.identity = "a name";
  SourceOptions options;
  options.cache_folder = cache.path().string();
  options.vector_cache_bytes = 1e9;
  int told = 0;  // of blocks that were computed
  options.on_reading = [&](std::int64_t, std::int64_t) { told += 1; };
  const auto read = [&] {
    const auto source = OpenSource(spec, options);
    const at::Tensor batch = source->OpenStream(3, 1000, 1)->Next();
    return at::cat({batch, source->HeldOut().x});
  };
  const at::Tensor computed = read();
  const int computed_parts = told;
  EXPECT_GT(computed_parts, 0);
  EXPECT_TRUE(at::equal(read(), computed));
  EXPECT_EQ(told, computed_parts);
  EXPECT_TRUE(at::equal(computed.narrow(0, 0, 1000), source_->OpenStream(3, 1000, 1)->Next()));
}

TEST_F(ModelSourceTest, SplicesAsManyContextsAsAskedFor) {
  SourceSpec spec = folder_->Spec();
  spec.model.spliced_contexts = 2;
  std::int64_t vectors = 0;
  const auto source = OpenSource(spec, {});
  const std::vector<SplicedDocument> documents =
      source->Spliced()->CrossEntropies([&](const at::Tensor& part) {
        vectors += part.size(0);
        return part;
      });
  EXPECT_EQ(documents.size(), 2u);
  const Corpus corpus = CorpusOf(spec);
  std::int64_t usable = 0;
  for (const Context& context : corpus.HeldOutSample(2)) usable += context.usable;
  EXPECT_EQ(vectors, usable);
  spec.model.spliced_contexts = 0;
  EXPECT_EQ(OpenSource(spec, {})->Spliced(), nullptr);
}

TEST_F(ModelSourceTest, SeedsDifferInTheContextsThatComeFirst) {
  const auto first_block = [](std::uint64_t seed) {
    return Fingerprints(source_->OpenStream(seed, 5120, 0)->Next());
  };
  EXPECT_FALSE(at::allclose(first_block(0), first_block(1), 0, 1e-6));
}

TEST_F(ModelSourceTest, NeverRepeatsText) {
  const auto stream = source_->OpenStream(0, 44'000, 0);
  EXPECT_THAT(MakeMessage(ExitCode::kConfiguration, [&] { stream->Next(); }),
              HasSubstr(fmt::format("has {} training tokens", source_->training_tokens())));
}

TEST_F(ModelSourceTest, MeasuresUnitMeanSquaredNorm) {
  const Measurement measured = Measure(folder_->Spec(), *source_);
  // As Measure cuts the stream: batches of 256, all of them that are whole.
  const std::int64_t batches = source_->training_tokens() / 256;
  const auto stream = source_->OpenStream(0, 256, 0);
  double sum = 0;
  for (std::int64_t i = 0; i < batches; ++i) {
    const at::Tensor batch = stream->Next() * measured.activation_scale;
    sum += batch.square().sum().item<double>();
  }
  EXPECT_NEAR(sum / static_cast<double>(256 * batches), 1, 1e-5);
  EXPECT_EQ(measured.d_in, 32);
  EXPECT_EQ(measured.training_tokens, source_->training_tokens());
}

TEST_F(ModelSourceTest, TakesTheHookThatIsAskedFor) {
  SourceSpec spec = folder_->Spec();
  spec.model.hook = "mlp_act";
  spec.d_in = 48;  // the checkpoint's intermediate size
  const auto source = OpenSource(spec, {});
  const Corpus corpus = CorpusOf(spec);
  const at::Tensor expected = OneByOne(spec, corpus, corpus.held_out_contexts(), Hook::kMlpAct);
  EXPECT_TRUE(at::allclose(source->HeldOut().x, expected, 1e-5, 1e-7));
}

// Against the model itself, context by context: all used positions spliced, and the losses of what
// is predicted from those.
TEST_F(ModelSourceTest, SplicesAContextOfEachDocument) {
  const SourceSpec spec = folder_->Spec();
  const Corpus corpus = CorpusOf(spec);
  const LlamaModel model(spec.model.model, 3, LlamaPrecision::kFp32, at::kCPU);
  const auto mean_loss = [&](bool zeroed) {
    double sum = 0, tokens = 0;
    for (const Context& context : corpus.HeldOutSample(64)) {
      std::vector<std::int32_t> ids(static_cast<std::size_t>(context.tokens));
      corpus.CopyTokens(context, ids);
      const at::Tensor row = at::tensor(ids, at::kInt).to(at::kLong).unsqueeze(0);
      at::Tensor residual;
      at::Tensor activations = model.Activations(row, Hook::kMlpOut, 1, {}, &residual).clone();
      if (zeroed) activations.narrow(1, 1, context.tokens - 1).zero_();
      const at::Tensor losses = model.NextTokenLosses(row, Hook::kMlpOut, 1, residual, activations);
      sum += losses.narrow(1, 1, context.tokens - 2).sum(at::kDouble).item<double>();
      tokens += static_cast<double>(context.tokens - 2);
    }
    return sum / tokens;
  };
  const auto spliced_loss = [&](const SplicedModel::Replacement& replacement) {
    double sum = 0, tokens = 0;
    for (const SplicedDocument& document : source_->Spliced()->CrossEntropies(replacement)) {
      sum += document.sum;
      tokens += static_cast<double>(document.tokens);
    }
    return sum / tokens;
  };
  std::vector<at::Tensor> asked;
  const double own = spliced_loss([&](const at::Tensor& vectors) {
    asked.push_back(vectors.clone());
    return vectors;
  });
  EXPECT_NEAR(own, mean_loss(false), 1e-5);
  EXPECT_TRUE(at::allclose(Fingerprints(at::cat(asked)),
                           Fingerprints(OneByOne(spec, corpus, corpus.HeldOutSample(64))),
                           0,
                           1e-6));
  const double zero =
      spliced_loss([](const at::Tensor& vectors) { return at::zeros_like(vectors); });
  EXPECT_NEAR(zero, mean_loss(true), 1e-5);
  EXPECT_GT(std::abs(zero - own), 1e-3);
}

// What is left out is counted by Measure, in no batch and not in the held-out set.
TEST_F(ModelSourceTest, LeavesOutVectorsOfMassiveNorm) {
  const SourceSpec spec = folder_->Spec();
  const at::Tensor norms = at::linalg_vector_norm(source_->HeldOut().x, 2, {1});
  SourceOptions options;
  options.largest_norm = std::get<0>(norms.sort())[norms.size(0) - 100].item<double>();
  const auto source = OpenSource(spec, options);
  EXPECT_EQ(source->HeldOut().x.size(0), norms.size(0) - 99);
  EXPECT_EQ(source->HeldOut().begins.back(), norms.size(0) - 99);
  EXPECT_EQ(source->training_tokens(), source_->training_tokens());
  const at::Tensor plain = source_->OpenStream(0, 2000, 0)->Next();
  const at::Tensor batch = source->OpenStream(0, 2000, 0)->Next();
  const at::Tensor large = at::linalg_vector_norm(plain, 2, {1}).gt(options.largest_norm);
  EXPECT_GT(large.sum().item<std::int64_t>(), 20);
  EXPECT_LE(at::linalg_vector_norm(batch, 2, {1}).max().item<double>(), options.largest_norm);
  const at::Tensor kept = large.logical_not();
  EXPECT_TRUE(at::equal(batch.index({kept}), plain.index({kept})));
}

TEST_F(ModelSourceTest, RejectsMoreHeldOutTokensThanThereAre) {
  SourceSpec spec = folder_->Spec();
  spec.held_out_tokens = 44'000;
  EXPECT_THAT(MakeMessage(ExitCode::kConfiguration, [&] { OpenSource(spec, {}); }),
              AllOf(HasSubstr("43500 usable"), HasSubstr("44000")));
}

}  // namespace
}  // namespace saelaw
