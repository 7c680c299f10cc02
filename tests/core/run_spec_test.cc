#include "core/run_spec.h"

#include <set>

#include <gtest/gtest.h>

#include "core/errors.h"
#include "core/run_result.h"

namespace saelaw {
namespace {

RunSpec SomeRun() {
  RunSpec spec;
  spec.source.d_in = 64;
  spec.source.identity = "abc";
  spec.sae.d_sae = 128;
  spec.training.batch_tokens = 512;
  spec.tokens = 65536;
  return spec;
}

TEST(RunId, DependsOnWhatDeterminesTheNumbers) {
  const RunSpec base = SomeRun();
  RunSpec other = base;
  other.training.lr = 1e-4;
  EXPECT_NE(ComputeId(base), ComputeId(other));
  other = base;
  other.stream_seed = 1;
  EXPECT_NE(ComputeId(base), ComputeId(other));
  other = base;
  other.source.identity = "abd";
  EXPECT_NE(ComputeId(base), ComputeId(other));
}

TEST(RunId, DoesNotDependOnPaths) {
  RunSpec base = SomeRun();
  base.source.kind = SourceKind::kModel;
  RunSpec moved = base;
  moved.source.model.model = "/elsewhere/model.gguf";
  moved.source.model.text = {"/elsewhere"};
  moved.source.parts.weights = "known";
  EXPECT_EQ(ComputeId(base), ComputeId(moved));
}

// The name of a fixed run: it changes when a field, a default or the canonical form changes, and
// with it every stored run loses its name. Made by this test on the first release.
TEST(RunId, IsStable) { EXPECT_EQ(ComputeId(SomeRun()), "672722470ee437b0"); }

TEST(StreamKey, IsSharedByRunsOfOneStream) {
  const RunSpec base = SomeRun();
  RunSpec other = base;
  other.training.lr = 1e-2;
  other.sae.d_sae = 999;
  other.tokens = 1 << 20;
  other.seed = 5;
  EXPECT_EQ(StreamKey(base), StreamKey(other));
  other.stream_seed = 5;
  EXPECT_NE(StreamKey(base), StreamKey(other));
}

TEST(RunSpecJson, RoundTrips) {
  RunSpec spec = SomeRun();
  spec.source.kind = SourceKind::kModel;
  spec.source.model.text = {"a", "b"};
  spec.training.lr_warmup = {0, 4096, true};
  spec.training.schedule = Schedule::kWarmupStableDecay;
  spec.source.parts = {"w", "c", "t", "x", "s"};
  const RunSpec back = RunSpecFromJson(ToJson(spec));
  EXPECT_EQ(back.source.parts, spec.source.parts);
  EXPECT_EQ(CanonicalJson(back), CanonicalJson(spec));
  EXPECT_EQ(back.source.model.text, spec.source.model.text);
  EXPECT_EQ(ToJson(spec).find("add_bos"), std::string::npos);
  spec.source.model.add_bos = false;
  EXPECT_EQ(RunSpecFromJson(ToJson(spec)).source.model.add_bos, false);
}

TEST(RunSpecJson, RefusesDamage) {
  EXPECT_THROW(RunSpecFromJson("{}"), Error);
  EXPECT_THROW(RunSpecFromJson("{\"source\":"), Error);
}

TEST(RunResultJson, KeepsNanAsNull) {
  RunResult result;
  result.id = "x";
  result.end = RunEnd::kNonFinite;
  result.final.loss = std::numeric_limits<double>::quiet_NaN();
  result.curve.push_back({512, 1.5, 1, 0.5, 20, 0});
  const RunResult back = RunResultFromJson(ToJson(result));
  EXPECT_TRUE(back.final.loss != back.final.loss);
  EXPECT_EQ(back.end, RunEnd::kNonFinite);
  EXPECT_EQ(back.curve.front().l0, 20);
}

// A run in which no field has its default.
RunSpec EveryField(SourceKind kind) {
  RunSpec spec;
  SourceSpec& source = spec.source;
  source.kind = kind;
  source.d_in = 576;
  source.shards = "/s";
  source.held_out_tokens = 100;
  source.normalisation_tokens = 200;
  source.outlier_norm = 8;
  source.split_seed = 3;
  source.identity = "abc";
  source.parts = {"w", "c", "t", "x", "h"};
  source.synthetic = {65, 257, 9, 0.25, 0.0625, 4};
  ModelSource& model = source.model;
  model.model = "/m";
  model.text = {"a", "b"};
  model.text_key = "body";
  model.token_files = {"t.bin"};
  model.token_dtype = "u32";
  model.document_separator = 2;
  model.add_bos = true;
  model.hook = "mlp_act";
  model.layer = 3;
  model.context_tokens = 512;
  model.precision = Precision::kFp32;
  model.short_documents = ShortDocuments::kDrop;
  model.held_out_documents = 65;
  model.mixing_tokens = 1000;
  model.spliced_contexts = 32;
  spec.sae = {1152, false, ThresholdParametrisation::kLog, 0.25, 0.5, BiasStart::kMean, 0.75};
  TrainingSpec& training = spec.training;
  training.batch_tokens = 512;
  training.lr = 1e-3;
  training.threshold_lr = 2e-3;
  training.schedule = Schedule::kWarmupStableDecay;
  training.lr_warmup = {0, 4096, true};
  training.lr_warmup_start = 0.2;
  training.decay_fraction = 0.3;
  training.adam_beta1 = 0.9;
  training.adam_beta2 = 0.99;
  training.adam_epsilon = 1e-7;
  training.sparsity = SparsityRule::kTargetL0;
  training.sparsity_coefficient = 0.01;
  training.target_l0 = 64;
  training.sparsity_warmup = {0.25, 0, false};
  training.gradient_clip = 1.5;
  training.dead_after_tokens = 7;
  training.evaluations = 9;
  training.precision = Precision::kFp32;
  spec.tokens = 65536;
  spec.seed = 5;
  spec.stream_seed = 18446744073709551615ULL;
  return spec;
}

struct Names {
  SourceKind kind;
  const char *run, *stream, *source;
};

// Names over every field, as the versions before the table of fields made them: each is the name of
// stored runs.
TEST(RunId, IsStableOverEveryField) {
  for (const Names& names :
       {Names{SourceKind::kSynthetic, "96fa66fe1291eb47", "8722cd4fcc552d6b", "8a523741f2435173"},
        Names{SourceKind::kShards, "eb7a692b37668c2d", "d4e07973bb822f13", "b15a73e682481e3f"},
        Names{SourceKind::kModel, "b0cf019162577a3a", "36bc73b54f7e70d8", "587effa842163162"}}) {
    const RunSpec spec = EveryField(names.kind);
    EXPECT_EQ(ComputeId(spec), names.run);
    EXPECT_EQ(StreamKey(spec), names.stream);
    EXPECT_EQ(SourceKey(spec.source), names.source);
  }
  EXPECT_EQ(ComputeId(RunSpec{}), "fad464710b09616d");
}

// Fields of later versions name a run only where they say something.
TEST(RunId, DependsOnTheArchitectureWhereItIsNotTheDefault) {
  const RunSpec base = SomeRun();
  EXPECT_EQ(ToJson(base).find("architecture"), std::string::npos);
  RunSpec topk = base;
  topk.sae.architecture = SaeArchitecture::kTopK;
  topk.sae.k = 32;
  RunSpec batch_topk = topk;
  batch_topk.sae.architecture = SaeArchitecture::kBatchTopK;
  RunSpec revived = base;
  revived.training.dead_latents = DeadLatents::kAuxK;
  revived.training.auxk_coefficient = 0.5;
  revived.training.auxk_latents = 9;
  RunSpec inputs = base;
  inputs.sae.input_gradients = true;
  RunSpec resampled = base;
  resampled.training.dead_latents = DeadLatents::kResample;
  RunSpec often = resampled;
  often.training.resample_every = {0, 4096, true};
  RunSpec seldom = resampled;
  seldom.training.resample_until = {0.25, 0, false};
  RunSpec pulled = base;
  pulled.training.dead_latents = DeadLatents::kPreActs;
  pulled.training.pre_act_coefficient = 1e-5;
  RunSpec tanh = base;
  tanh.training.penalty = PenaltyShape::kTanh;
  RunSpec steep = tanh;
  steep.training.tanh_scale = 8;
  std::set<RunId> names = {ComputeId(base)};
  for (const RunSpec& run :
       {topk, batch_topk, revived, inputs, resampled, often, seldom, pulled, tanh, steep}) {
    EXPECT_TRUE(names.insert(ComputeId(run)).second);
    EXPECT_EQ(StreamKey(run), StreamKey(base));
    EXPECT_EQ(ComputeId(RunSpecFromJson(ToJson(run))), ComputeId(run));
  }
}

// The text under the hash, likewise.
TEST(CanonicalJson, IsWhatItWas) {
  EXPECT_EQ(
      CanonicalJson(EveryField(SourceKind::kModel)),
      R"({"numeric_version":2,"sae":{"b_dec_init":"mean","bandwidth":0.5,"d_sae":1152,)"
      R"("pre_encoder_bias":false,"threshold_init":0.25,"threshold_parametrisation":"log",)"
      R"("w_enc_init_scale":0.75},"seed":5,"source":{"held_out_tokens":100,"identity":"abc",)"
      R"("kind":"model","model":{"context_tokens":512,"held_out_documents":65,)"
      R"("hook":"mlp_act","layer":3,"mixing_tokens":1000,"precision":"fp32",)"
      R"("short_documents":"drop","spliced_contexts":32},"normalisation_tokens":200,)"
      R"("normalise":true,"outlier_norm":8.0,"split_seed":3},)"
      R"("stream_seed":18446744073709551615,"tokens":65536,"training":{"adam_beta1":0.9,)"
      R"("adam_beta2":0.99,"adam_epsilon":1e-07,"batch_tokens":512,"dead_after_tokens":7,)"
      R"("decay_fraction":0.3,"evaluations":9,"gradient_clip":1.5,"lr":0.001,)"
      R"("lr_warmup":{"tokens":4096},"lr_warmup_start":0.2,"precision":"fp32",)"
      R"("schedule":"warmup-stable-decay","sparsity":"target-l0","sparsity_coefficient":0.01,)"
      R"("sparsity_warmup":{"fraction":0.25},"target_l0":64.0,"threshold_lr":0.002}})");
}

TEST(RunSpecJson, IsStoredAsEver) {
  const RunSpec spec = EveryField(SourceKind::kModel);
  EXPECT_EQ(
      ToJson(spec),
      R"({"sae":{"b_dec_init":"mean","bandwidth":0.5,"d_sae":1152,"pre_encoder_bias":false,)"
      R"("threshold_init":0.25,"threshold_parametrisation":"log","w_enc_init_scale":0.75},)"
      R"("seed":5,"source":{"d_in":576,"held_out_tokens":100,"identity":"abc","kind":"model",)"
      R"("model":{"add_bos":true,"context_tokens":512,"document_separator":2,)"
      R"("held_out_documents":65,"hook":"mlp_act","layer":3,"mixing_tokens":1000,)"
      R"("model":"/m","precision":"fp32","short_documents":"drop","spliced_contexts":32,)"
      R"("text":["a","b"],"text_key":"body","token_dtype":"u32","token_files":["t.bin"]},)"
      R"("normalisation_tokens":200,"normalise":true,"outlier_norm":8.0,)"
      R"("parts":{"configuration":"c","shards":"h","text":"x","tokenizer":"t","weights":"w"},)"
      R"("shards":"/s","split_seed":3,"synthetic":{"active_latents":9.0,"d_in":65,)"
      R"("dictionary_seed":4,"dictionary_size":257,"frequency_exponent":0.25,)"
      R"("noise_sd":0.0625}},"stream_seed":18446744073709551615,"tokens":65536,)"
      R"("training":{"adam_beta1":0.9,"adam_beta2":0.99,"adam_epsilon":1e-07,)"
      R"("batch_tokens":512,"dead_after_tokens":7,"decay_fraction":0.3,"evaluations":9,)"
      R"("gradient_clip":1.5,"lr":0.001,"lr_warmup":{"tokens":4096},"lr_warmup_start":0.2,)"
      R"("precision":"fp32","schedule":"warmup-stable-decay","sparsity":"target-l0",)"
      R"("sparsity_coefficient":0.01,"sparsity_warmup":{"fraction":0.25},"target_l0":64.0,)"
      R"("threshold_lr":0.002}})");
  EXPECT_EQ(ToJson(RunSpecFromJson(ToJson(spec))), ToJson(spec));
}

// Fields that came later, from a text of before.
TEST(RunSpecJson, ReadsWhatEarlierVersionsStored) {
  std::string text = ToJson(EveryField(SourceKind::kModel));
  for (const std::string field : {R"("text_key":"body",)",
                                  R"("outlier_norm":8.0,)",
                                  R"("short_documents":"drop",)",
                                  R"("held_out_documents":65,)"}) {
    const std::size_t at = text.find(field);
    ASSERT_NE(at, std::string::npos) << field;
    text.erase(at, field.size());
  }
  const RunSpec read = RunSpecFromJson(text);
  EXPECT_EQ(read.source.model.text_key, "text");
  EXPECT_EQ(read.source.outlier_norm, 0);  // 0.1.0 had no such rule
  EXPECT_EQ(read.source.model.short_documents, ShortDocuments::kKeep);
  EXPECT_EQ(read.source.model.held_out_documents, 64);
}

}  // namespace
}  // namespace saelaw
