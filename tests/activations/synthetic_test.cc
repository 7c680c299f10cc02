#include "activations/synthetic.h"

#include <cmath>

#include <ATen/ATen.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "activations/expect_error.h"

namespace saelaw {
namespace {

using ::testing::HasSubstr;

SourceSpec Spec() {
  SourceSpec spec;
  spec.kind = SourceKind::kSynthetic;
  spec.held_out_tokens = 1000;
  spec.normalisation_tokens = 65536;
  return spec;
}

at::Tensor FirstBatch(const SourceSpec& spec, std::uint64_t stream_seed, std::int64_t tokens) {
  const auto source = OpenSource(spec, {});
  return source->OpenStream(stream_seed, tokens, 0)->Next().clone();
}

TEST(SyntheticDictionary, HasUnitVectorsAndTheExpectedNumberOfActiveLatents) {
  SyntheticSource spec;
  const SyntheticDictionary dictionary(spec);
  double sum = 0;
  for (std::size_t i = 0; i < 256; ++i) {
    double squared_norm = 0;
    for (std::size_t k = 0; k < 64; ++k)
      squared_norm += std::pow(dictionary.vectors()[i * 64 + k], 2);
    EXPECT_NEAR(squared_norm, 1, 1e-6);
    sum += dictionary.probabilities()[i];
  }
  EXPECT_NEAR(sum, 8, 1e-12);
  EXPECT_NEAR(dictionary.probabilities()[0] / dictionary.probabilities()[99], 10, 1e-9);
}

TEST(SyntheticDictionary, CutsProbabilitiesAtOneAndKeepsTheirSum) {
  SyntheticSource spec;
  spec.dictionary_size = 20;
  spec.active_latents = 12;
  spec.frequency_exponent = 1.5;
  const SyntheticDictionary dictionary(spec);
  double sum = 0;
  for (const double p : dictionary.probabilities()) {
    EXPECT_LE(p, 1);
    sum += p;
  }
  EXPECT_EQ(dictionary.probabilities()[0], 1);
  EXPECT_LT(dictionary.probabilities()[19], 1);
  EXPECT_NEAR(sum, 12, 1e-9);
}

// In one dimension with one latent of known sign a vector is 0 or ±(1 + |N|): countable.
TEST(SyntheticDictionary, DrawsLatentsWithTheirProbability) {
  SyntheticSource spec;
  spec.d_in = 1;
  spec.dictionary_size = 1;
  spec.active_latents = 0.1;
  spec.noise_sd = 0;
  const SyntheticDictionary dictionary(spec);
  constexpr std::int64_t kTokens = 200'000;
  std::vector<float> drawn(kTokens, 0);
  dictionary.Draw(5, kTokens, drawn.data());
  int active = 0;
  double magnitude = 0;
  for (const float x : drawn) {
    if (x == 0) continue;
    ++active;
    magnitude += std::abs(x);
    EXPECT_GE(std::abs(x), 1);
  }
  EXPECT_NEAR(active, 20'000, 5 * std::sqrt(18'000));               // binomial
  EXPECT_NEAR(magnitude / active, 1 + std::sqrt(2 / M_PI), 0.025);  // 5 · 0.6 / √20000
}

TEST(SyntheticDictionary, NoiseHasTheDocumentedShareOfTheNorm) {
  SyntheticSource spec;
  spec.noise_sd = 0.5;
  const auto mean_squared_norm = [](const SyntheticSource& synthetic) {
    const SyntheticDictionary dictionary(synthetic);
    const at::Tensor x = at::zeros({50'000, 64});
    dictionary.Draw(1, 50'000, x.data_ptr<float>());
    return x.to(at::kDouble).square().sum(1).mean().item<double>();
  };
  const double with_noise = mean_squared_norm(spec);
  spec.noise_sd = 0;
  // Noise adds noise_sd² of the mean squared norm; 1 % is 3 standard errors of 50,000 vectors.
  EXPECT_NEAR(with_noise / mean_squared_norm(spec), 1.25, 0.0125);
}

TEST(SyntheticSource, StreamIsAFunctionOfItsSeeds) {
  const SourceSpec spec = Spec();
  const at::Tensor batch = FirstBatch(spec, 0, 512);
  EXPECT_EQ(batch.sizes(), (at::IntArrayRef{512, 64}));
  EXPECT_EQ(batch.scalar_type(), at::kFloat);
  EXPECT_TRUE(at::equal(batch, FirstBatch(spec, 0, 512)));
  EXPECT_FALSE(at::equal(batch, FirstBatch(spec, 1, 512)));
  SourceSpec other = spec;
  other.synthetic.dictionary_seed = 1;
  EXPECT_FALSE(at::equal(batch, FirstBatch(other, 0, 512)));
}

TEST(SyntheticSource, SeekEqualsReadingOn) {
  const auto source = OpenSource(Spec(), {});
  const auto stream = source->OpenStream(2, 3000, 0);  // batches straddle blocks of 8,192
  std::vector<at::Tensor> batches;
  for (int i = 0; i < 8; ++i) batches.push_back(stream->Next());
  for (const std::int64_t first : {1, 2, 5, 7}) {
    const at::Tensor sought = source->OpenStream(2, 3000, first)->Next();
    EXPECT_TRUE(at::equal(sought, batches[static_cast<std::size_t>(first)])) << first;
  }
}

TEST(SyntheticSource, HeldOutIsInNoStream) {
  const auto source = OpenSource(Spec(), {});
  const at::Tensor held_out = source->HeldOut().x;
  ASSERT_EQ(held_out.sizes(), (at::IntArrayRef{1000, 64}));
  for (const std::uint64_t seed : {0, 1, 2}) {
    const at::Tensor batch = source->OpenStream(seed, 2000, 0)->Next();
    EXPECT_GT(at::cdist(held_out, batch).min().item<float>(), 1e-3);
  }
}

TEST(SyntheticSource, RejectsWhatCannotBe) {
  SourceSpec spec = Spec();
  spec.synthetic.active_latents = 300;
  const auto message = [](const SourceSpec& wrong) {
    return MakeMessage(ExitCode::kConfiguration, [&] { OpenSource(wrong, {}); });
  };
  EXPECT_THAT(message(spec), HasSubstr("at most dictionary_size = 256"));
  spec = Spec();
  spec.d_in = 32;
  EXPECT_THAT(message(spec), HasSubstr("d_in 64, where 32"));
  spec = Spec();
  spec.held_out_tokens = 0;
  EXPECT_THAT(message(spec), HasSubstr("held_out_tokens is 0"));
}

}  // namespace
}  // namespace saelaw
