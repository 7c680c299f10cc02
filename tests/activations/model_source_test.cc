#include "activations/model_source.h"

#include <algorithm>
#include <set>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/expect_error.h"
#include "activations/random.h"
#include "llm/llama.h"
#include "run/files.h"
#include "tensors/safetensors.h"
#include "tensors/temporary_folder.h"
#include "tokens/character_tokenizer.h"
#include "tokens/corpus.h"
#include "tokens/tokenizer.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

// How many documents the first contexts are of.
std::size_t DocumentsOf(const std::vector<Context>& contexts, std::size_t count) {
  std::set<std::int32_t> documents;
  for (std::size_t i = 0; i < count; ++i) documents.insert(contexts[i].document);
  return documents.size();
}

// The committed random checkpoint (3 layers, hidden size 32, contexts of at most 64) with that
// tokenizer, and 300 documents of 150 random characters.
class ModelFolder {
 public:
  ModelFolder() {
    fs::copy(fs::path(SAELAW_SOURCE_DIR) / "tests/llm/data/untied", model());
    WriteFile(model() / "tokenizer.json", CharacterTokenizer());
    fs::create_directory(folder_.path() / "text");
    Random random(1);
    for (int i = 0; i < 300; ++i) {
      std::string text;
      for (int k = 0; k < 150; ++k) text += static_cast<char>('!' + random.Below(94));
      WriteFile(folder_.path() / fmt::format("text/{}.txt", i), text);
    }
  }

  fs::path model() const { return folder_.path() / "model"; }

  // 4 contexts of 32 usable tokens in each document.
  SourceSpec Spec() const {
    SourceSpec spec;
    spec.kind = SourceKind::kModel;
    spec.model.model = model().string();
    spec.model.text = {(folder_.path() / "text").string()};
    spec.model.layer = 1;
    spec.model.context_tokens = 33;
    spec.model.precision = Precision::kFp32;
    spec.held_out_tokens = 2000;
    return spec;
  }

 private:
  TemporaryFolder folder_;
};

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
  CorpusSpec corpus;
  corpus.text = spec.model.text;
  corpus.context_tokens = spec.model.context_tokens;
  corpus.held_out_tokens = spec.held_out_tokens;
  return LoadCorpus(corpus, Tokenizer::Load(spec.model.model), "");
}

// The usable vectors of the contexts one by one through the model, in their order: the reference.
at::Tensor OneByOne(const SourceSpec& spec,
                    const Corpus& corpus,
                    const std::vector<Context>& contexts,
                    Hook hook = Hook::kMlpOut) {
  const LlamaModel model(spec.model.model, spec.model.layer + 1, LlamaPrecision::kFp32, at::kCPU);
  std::vector<at::Tensor> vectors;
  std::vector<std::int32_t> ids(33);
  for (const Context& context : contexts) {
    corpus.CopyTokens(context, ids);
    const at::Tensor tokens = at::tensor(ids, at::kInt).to(at::kLong).unsqueeze(0);
    vectors.push_back(model.Activations(tokens, hook, spec.model.layer)[0].narrow(0, 1, 32));
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
  ASSERT_EQ(tokens, 32 * static_cast<std::int64_t>(corpus.training_contexts().size()));
  ASSERT_GT(tokens, 32'768);  // more than one block
  const at::Tensor stream = source_->OpenStream(0, tokens, 0)->Next();
  const at::Tensor expected = OneByOne(spec, corpus, corpus.training_contexts());
  EXPECT_EQ(stream.sizes(), (at::IntArrayRef{tokens, 32}));
  EXPECT_TRUE(at::allclose(Fingerprints(stream), Fingerprints(expected), 0, 1e-6));
  EXPECT_LT((stream - expected).abs().amax(1).lt(1e-6).sum().item<std::int64_t>(), 100);
}

TEST_F(ModelSourceTest, HeldOutIsTheFirstHeldOutContextsInOrder) {
  const SourceSpec spec = folder_->Spec();
  const Corpus corpus = CorpusOf(spec);
  const at::Tensor expected = OneByOne(spec, corpus, corpus.held_out_contexts());
  ASSERT_EQ(source_->HeldOut().x.size(0), 2000);
  EXPECT_TRUE(at::allclose(source_->HeldOut().x, expected.narrow(0, 0, 2000), 1e-5, 1e-7));
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
  const auto stream = source_->OpenStream(3, 3000, 0);  // batch 10 straddles the blocks
  std::vector<at::Tensor> batches;
  for (int i = 0; i < 12; ++i) batches.push_back(stream->Next());
  const auto again = OpenSource(folder_->Spec(), {});
  for (const std::int64_t first : {0, 4, 10, 11}) {
    const at::Tensor sought = again->OpenStream(3, 3000, first)->Next();
    EXPECT_TRUE(at::equal(sought, batches[static_cast<std::size_t>(first)])) << first;
  }
  EXPECT_FALSE(at::equal(source_->OpenStream(4, 3000, 0)->Next(), batches[0]));
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
  OpenSource(spec, {})->Spliced()->CrossEntropies([&](const at::Tensor& part) {
    vectors += part.size(0);
    return part;
  });
  EXPECT_EQ(vectors, 2 * 32);
  spec.model.spliced_contexts = 0;
  EXPECT_EQ(OpenSource(spec, {})->Spliced(), nullptr);
}

TEST_F(ModelSourceTest, SeedsDifferInTheContextsThatComeFirst) {
  const auto first_block = [](std::uint64_t seed) {
    return Fingerprints(source_->OpenStream(seed, 32'768, 0)->Next());
  };
  EXPECT_FALSE(at::allclose(first_block(0), first_block(1), 0, 1e-6));
}

TEST_F(ModelSourceTest, NeverRepeatsText) {
  const auto stream = source_->OpenStream(0, 40'000, 0);
  EXPECT_THAT(MessageOf(ExitCode::kConfiguration, [&] { stream->Next(); }),
              HasSubstr(fmt::format("has {} training tokens", source_->training_tokens())));
}

TEST_F(ModelSourceTest, MeasuresUnitMeanSquaredNorm) {
  const Measurement measured = Measure(folder_->Spec(), *source_);
  const at::Tensor first = source_->OpenStream(0, 32'768, 0)->Next() * measured.activation_scale;
  EXPECT_NEAR(first.square().sum(1).mean().item<double>(), 1, 1e-5);
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
  EXPECT_TRUE(at::allclose(source->HeldOut().x, expected.narrow(0, 0, 2000), 1e-5, 1e-7));
}

// Against the model itself: of the first 16 held-out contexts, all positions but the first spliced,
// and the losses of what is predicted from those.
TEST_F(ModelSourceTest, SplicesTheFirstHeldOutContexts) {
  const SourceSpec spec = folder_->Spec();
  const Corpus corpus = CorpusOf(spec);
  const LlamaModel model(spec.model.model, 3, LlamaPrecision::kFp32, at::kCPU);
  std::vector<std::int32_t> ids(33);
  std::vector<at::Tensor> rows;
  for (std::size_t i = 0; i < 16; ++i) {
    corpus.CopyTokens(corpus.held_out_contexts()[i], ids);
    rows.push_back(at::tensor(ids, at::kInt).to(at::kLong));
  }
  const at::Tensor tokens = at::stack(rows);
  at::Tensor residual;
  const at::Tensor exact = model.Activations(tokens, Hook::kMlpOut, 1, {}, &residual);
  const auto mean_loss = [&](const at::Tensor& activations) {
    const at::Tensor losses =
        model.NextTokenLosses(tokens, Hook::kMlpOut, 1, residual, activations);
    return losses.narrow(1, 1, 31).mean().item<double>();
  };
  at::Tensor zeroed = exact.clone();
  zeroed.narrow(1, 1, 32).zero_();

  const SplicedModel* spliced = source_->Spliced();
  ASSERT_NE(spliced, nullptr);
  std::vector<at::Tensor> asked;
  const std::vector<SplicedDocument> documents =
      spliced->CrossEntropies([&](const at::Tensor& vectors) {
        asked.push_back(vectors.clone());
        return vectors;
      });
  const auto mean = [](const std::vector<SplicedDocument>& all) {
    double sum = 0;
    std::int64_t predicted = 0;
    for (const SplicedDocument& one : all) {
      sum += one.sum;
      predicted += one.tokens;
    }
    EXPECT_EQ(predicted, 16 * 31);
    return sum / static_cast<double>(predicted);
  };
  EXPECT_GT(documents.size(), 1U);
  EXPECT_EQ(documents.size(), DocumentsOf(corpus.held_out_contexts(), 16));
  const double own = mean(documents);
  EXPECT_TRUE(at::allclose(at::cat(asked), source_->HeldOut().x.narrow(0, 0, 16 * 32), 1e-5, 1e-6));
  EXPECT_NEAR(own, mean_loss(exact), 1e-5);
  const std::vector<SplicedDocument> without =
      spliced->CrossEntropies([](const at::Tensor& vectors) { return at::zeros_like(vectors); });
  EXPECT_NEAR(mean(without), mean_loss(zeroed), 1e-5);
  EXPECT_GT(std::abs(mean_loss(zeroed) - mean_loss(exact)), 1e-3);
}

TEST_F(ModelSourceTest, RejectsWhatDoesNotExistAndSaysWhatDoes) {
  const auto message = [](const SourceSpec& spec) {
    return MessageOf(ExitCode::kConfiguration, [&] { OpenSource(spec, {}); });
  };
  SourceSpec spec = folder_->Spec();
  spec.model.hook = "mlp_in";
  EXPECT_THAT(message(spec), HasSubstr("no hook 'mlp_in': mlp_out, mlp_act or resid_post"));
  spec = folder_->Spec();
  spec.model.layer = 3;
  EXPECT_THAT(message(spec), HasSubstr("no layer 3: its layers are 0 to 2"));
  spec = folder_->Spec();
  spec.model.context_tokens = 65;
  EXPECT_THAT(message(spec), HasSubstr("allows 2 to 64"));
  spec = folder_->Spec();
  spec.held_out_tokens = 40'000;
  EXPECT_THAT(message(spec), AllOf(HasSubstr("38400 usable"), HasSubstr("40000")));
}

// Replaces one tensor of a checkpoint by one large value.
void Overwrite(const fs::path& path, const std::string& name, float value) {
  const SafetensorsFile file(path);
  std::vector<TensorView> views;
  for (const auto& entry : file.tensors()) views.push_back(entry.second);
  const auto found =
      std::find_if(views.begin(), views.end(), [&](const auto& view) { return view.name == name; });
  ASSERT_NE(found, views.end());
  const std::vector<float> values(static_cast<std::size_t>(found->size()), value);
  found->bytes = std::as_bytes(std::span(values));
  WriteSafetensors(path, views, file.metadata());
}

TEST(ModelSource, NamesTheContextWhoseActivationsAreNotFinite) {
  const ModelFolder folder;
  Overwrite(folder.model() / "model.safetensors", "model.layers.1.mlp.down_proj.weight", 3e38F);
  SourceSpec spec = folder.Spec();
  spec.held_out_tokens = 32;
  const auto source = OpenSource(spec, {});
  EXPECT_THAT(MessageOf(ExitCode::kIo, [&] { source->HeldOut(); }),
              AllOf(HasSubstr("mlp_out of layer 1 are not finite"),
                    HasSubstr("begins at token 0 of document")));
}

}  // namespace
}  // namespace saelaw
