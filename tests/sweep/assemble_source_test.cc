// Which keys of a source belong together.
#include "sweep/sweep_text.h"
#include "temporary_folder.h"

namespace saelaw {
namespace {

TEST(AssembleSource, SaysWhatDoesNotBelongTogether) {
  ExpectMistakes({
      {"source: synthetic",
       "source: synthetic\n  synthetic: {active_latents: 300}",
       "s.yaml:4:31: activations.synthetic.active_latents must be at most dictionary_size, 256, "
       "got 300"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: llama-3.2-1b",
       "s.yaml:2:1: activations.text is missing: text files, folders or patterns; or give "
       "activations.token_files"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: llama-3.2-1b\n  text: t\n  layer: 16",
       "s.yaml:7:10: activations.layer must be less than the model's 16 blocks (counted from 0), "
       "got 16"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: llama-3.2-1b\n  text: t\n  hook: mlp",
       "s.yaml:7:9: activations.hook must be one of mlp_out, mlp_act, resid_post, resid_pre, "
       "attn_out, got 'mlp'"},
      {"source: synthetic",
       "source: model\n  model: m\n  card: gpt-2\n  text: t",
       "s.yaml:5:9: activations.card must be one of llama-3.2-1b, smollm2-135m, gemma-2-2b, got "
       "'gpt-2'; or give activations.shape"},
      {"source: synthetic",
       "source: model\n  model: /nowhere/m.gguf\n  text: /tmp",
       "s.yaml:4:10: activations.model: /nowhere/m.gguf does not exist; to plan without it, give "
       "activations.card or activations.shape"},
  });
}

// Shards may be captured later: planning goes on, with a card or shape even with prices.
TEST(AssembleSource, WarnsOfShardsThatAreNotThere) {
  const std::string text = With("source: synthetic", "source: shards\n  shards: /no/such/folder");
  EXPECT_EQ(WarningsOf(text),
            "s.yaml:4:11: activations.shards: /no/such/folder does not exist; `saelaw run` needs "
            "it, and without activations.card or activations.shape nothing can be priced\n");
  EXPECT_EQ(Good(text).source.d_in, 0);
  const std::string carded = With("source: synthetic",
                                  "source: shards\n  shards: /no/such/folder\n  card: "
                                  "smollm2-135m\n  hook: mlp_act");
  EXPECT_EQ(WarningsOf(carded),
            "s.yaml:4:11: activations.shards: /no/such/folder does not exist; `saelaw run` needs "
            "it\n");
  EXPECT_EQ(Good(carded).source.d_in, 1536);
}

TEST(AssembleSource, TakesASeparatorOfTokenFiles) {
  const std::string model = "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n";
  const auto source = [&](const std::string& rest) {
    return Good(With("source: synthetic", model + rest)).source.model;
  };
  EXPECT_EQ(source("  token_files: t.bin\n  document_separator: 0").document_separator, 0);
  EXPECT_FALSE(source("  token_files: t.bin").document_separator);
  EXPECT_FALSE(source("  text: t\n  document_separator: 3").document_separator);
}

TEST(AssembleSource, LeavesBosToTheTokenizerUnlessTold) {
  const auto add_bos = [&](const std::string& rest) {
    const std::string model = "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n  text: t\n";
    return Good(With("source: synthetic", model + rest)).source.model.add_bos;
  };
  EXPECT_EQ(add_bos(""), std::nullopt);
  EXPECT_EQ(add_bos("  add_bos: auto"), std::nullopt);
  EXPECT_EQ(add_bos("  add_bos: true"), true);
  EXPECT_EQ(add_bos("  add_bos: false"), false);
}

TEST(AssembleSource, TakesTheKeyOfTheText) {
  const std::string model = "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n  text: t";
  const auto key = [&](const std::string& rest) {
    return Good(With("source: synthetic", model + rest)).source.model.text_key;
  };
  EXPECT_EQ(key(""), "text");
  EXPECT_EQ(key("\n  text_key: content"), "content");
}

TEST(AssembleSource, TakesTheWidthFromTheHook) {
  const std::string text = With("source: synthetic",
                                "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n"
                                "  text: t\n  hook: mlp_act");
  const Sweep sweep = Good(text);
  EXPECT_EQ(sweep.source.d_in, 8192);
  EXPECT_EQ(sweep.source.model.layer, 7);
  ASSERT_TRUE(sweep.model_shape);
  EXPECT_EQ(sweep.model_shape->parameters, 1'200'000'000);
}

TEST(AssembleSource, WarnsOfKeysWithoutEffect) {
  EXPECT_EQ(WarningsOf(With("source: synthetic", "source: synthetic\n  hook: mlp_act")),
            "s.yaml:4:9: activations.hook has no effect with source: synthetic\n");
  EXPECT_EQ(WarningsOf(With("source: synthetic", "source: synthetic\n  document_separator: 3")),
            "s.yaml:4:23: activations.document_separator has no effect with source: synthetic\n");
  EXPECT_EQ(WarningsOf(With("lr: 4e-3", "decay_fraction: 10%")),
            "s.yaml:8:19: training.decay_fraction has no effect unless schedule is "
            "warmup-stable-decay\n");
}

// Another width than the files' would price another model than the one that is trained.
TEST(AssembleSource, RefusesACardThatTheFilesContradict) {
  const TemporaryFolder folder;
  folder.Write("config.json",
               R"({"num_hidden_layers": 2, "hidden_size": 64, "intermediate_size": 128,
      "num_attention_heads": 4, "vocab_size": 100})");
  const std::string model =
      "source: model\n  text: /tmp\n  model: " + folder.path().string() + "\n  card: ";
  EXPECT_EQ(MistakesOf(With("source: synthetic", model + "llama-3.2-1b")),
            "s.yaml:6:9: activations.card says hidden_size 2048, but the model's files say 64\n");
}

TEST(AssembleSource, TakesOneFormOfText) {
  const std::string model =
      "source: model\n  model: m.gguf\n  card: llama-3.2-1b\n  text: t\n  token_files: t.bin";
  EXPECT_EQ(MistakesOf(With("source: synthetic", model)),
            "s.yaml:7:16: give activations.text or activations.token_files, not both\n");
}

TEST(AssembleSource, KeepsTheRuleOfOutliersOffOrdinaryText) {
  const auto norm = [](const std::string& value) {
    return With("source: synthetic", "source: synthetic\n  outlier_norm: " + value);
  };
  EXPECT_EQ(MistakesOf(norm("3")),
            "s.yaml:4:17: activations.outlier_norm must be at least 4 (times the median norm) or "
            "off, got 3\n");
  EXPECT_EQ(Good(norm("4")).source.outlier_norm, 4);
  EXPECT_EQ(Good(norm("off")).source.outlier_norm, 0);
}

}  // namespace
}  // namespace saelaw
