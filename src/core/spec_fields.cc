#include "core/spec_fields.h"

#include <array>

#include "core/architecture_traits.h"
#include "core/hooks.h"

namespace saelaw {
namespace {

using namespace ranges;
using enum KeyType;

constexpr Range kBeta = {.low = 0, .high = 1, .high_open = true};

// clang-format off
constexpr std::array kFields = {
  SpecField{{"activations", kSection, "", "Where the vectors come from"}},
  SpecField{{"activations.source", kChoice, "", "Kind of source", kAny, "synthetic|model|shards"}, "kind", Member(&SourceSpec::kind)},
  SpecField{{"activations.synthetic", kSection, "", "Sparse combinations of a known dictionary, endless"}},
  SpecField{{"activations.synthetic.d_in", kCount, "64", "Width of a vector", kWidth}, "d_in", Member(&SyntheticSource::d_in)},
  SpecField{{"activations.synthetic.dictionary_size", kCount, "256", "Number of dictionary vectors", kWidth}, "dictionary_size", Member(&SyntheticSource::dictionary_size)},
  SpecField{{"activations.synthetic.active_latents", kNumber, "8", "Expected number active in one vector", kPositive}, "active_latents", Member(&SyntheticSource::active_latents)},
  SpecField{{"activations.synthetic.frequency_exponent", kNumber, "0.5", "Latent i fires in proportion to (i+1)^-exponent", {.low = 0, .high = 10}}, "frequency_exponent", Member(&SyntheticSource::frequency_exponent)},
  SpecField{{"activations.synthetic.noise_sd", kNumber, "0.05", "Norm of the noise, relative to the mean norm of a vector", kNotNegative}, "noise_sd", Member(&SyntheticSource::noise_sd)},
  SpecField{{"activations.synthetic.dictionary_seed", kCount, "0", "Seed of the dictionary", kFromZero}, "dictionary_seed", Member(&SyntheticSource::dictionary_seed)},
  SpecField{{"activations.model", kPath, "", "The language model: a GGUF file, or a folder as transformers writes it"}, "model", Member(&ModelSource::model), kNotHashed},
  SpecField{{"activations.card", kText, "", "Built-in shape of the model, for prices when its files are elsewhere; default: read from its files"}},
  SpecField{{"activations.shape", kSection, "", "Shape of a model that has no card; default: read from its files"}},
  SpecField{{"activations.shape.name", kText, "model", "Name of the model"}},
  SpecField{{"activations.shape.parameters", kNumber, "", "Number of parameters", kFromOne}},
  SpecField{{"activations.shape.layers", kCount, "", "Number of blocks", kWidth}},
  SpecField{{"activations.shape.hidden_size", kCount, "", "Width of the residual stream", kWidth}},
  SpecField{{"activations.shape.intermediate_size", kCount, "", "Width inside the MLP", kWidth}},
  SpecField{{"activations.shape.heads", kCount, "", "Number of attention heads", kWidth}},
  SpecField{{"activations.shape.kv_heads", kCount, "", "Number of key and value heads; default: heads", kWidth}},
  SpecField{{"activations.shape.head_dim", kCount, "", "Width of a head; default: hidden_size / heads", kWidth}},
  SpecField{{"activations.shape.vocabulary", kCount, "", "Number of token ids", {.low = 2, .high = 1 << 24}}},
  SpecField{{"activations.text", kPaths, "", "Text files, folders or patterns (*.txt; folder/**/*.txt looks into folders); JSON lines and arrays are read document by document"}, "text", Member(&ModelSource::text), kNotHashed | kBrief},
  SpecField{{"activations.text_key", kText, "text", "The key of the text in JSON files"}, "text_key", Member(&ModelSource::text_key), kNotHashed | kLater | kBrief},
  SpecField{{"activations.token_files", kPaths, "", "Files of token ids (.npy or .bin), instead of text"}, "token_files", Member(&ModelSource::token_files), kNotHashed | kBrief},
  SpecField{{"activations.token_dtype", kChoice, "u16", "Width of the ids in .bin files", kAny, "u16|u32"}, "token_dtype", Member(&ModelSource::token_dtype), kNotHashed | kBrief},
  SpecField{{"activations.document_separator", kCount, "", "Id that ends a document in token files; default: none, every 16 contexts are a document", {.low = 0, .high = 2147483647}}, "document_separator", Member(&ModelSource::document_separator), kNotHashed | kUnlessDefault | kBrief},
  SpecField{{"activations.add_bos", kChoice, "auto", "Whether each context begins with the model's BOS token; auto: as transformers would add it (the template in tokenizer.json decides)", kAny, "auto|true|false"}, "add_bos", Member(&ModelSource::add_bos), kNotHashed | kUnlessDefault | kBrief},
  SpecField{{"activations.hook", kChoice, "mlp_out", "Where in the block the vectors are taken", kAny, kHookChoices}, "hook", Member(&ModelSource::hook)},
  SpecField{{"activations.layer", kCount, "", "Block of the hook, from 0; default: the last of the first half, layers/2 - 1", {.low = 0, .high = 10000}}, "layer", Member(&ModelSource::layer), 0, "counted from 0"},
  SpecField{{"activations.context_tokens", kCount, "256", "Tokens of one context; its first token is never used", {.low = 2, .high = 1 << 24}}, "context_tokens", Member(&ModelSource::context_tokens)},
  SpecField{{"activations.precision", kChoice, "bf16", "Precision of the language model's forward pass", kAny, "fp32|bf16"}, "precision", Member(&ModelSource::precision)},
  SpecField{{"activations.short_documents", kChoice, "keep", "Documents, and ends of documents, shorter than a context: each a context of its own length, whose tokens see nothing else; or not used", kAny, "keep|drop"}, "short_documents", Member(&ModelSource::short_documents), kLater},
  SpecField{{"activations.held_out_documents", kCount, "64", "Documents that losses are measured on, at least, where the text has five times as many", {.low = 1, .high = 1e6}}, "held_out_documents", Member(&ModelSource::held_out_documents), kLater},
  SpecField{{"activations.mixing_tokens", kCount, "0", "Tokens of the stream that are shuffled together; 0: as many as hold 160 contexts and 32 batches", {.low = 0, .high = 1e9}}, "mixing_tokens", Member(&ModelSource::mixing_tokens), kUnlessDefault | kBrief},
  SpecField{{"activations.spliced_contexts", kCount, "64", "Held-out contexts, of as many documents, on which the language model's own loss is measured with the SAE in the MLP's place; 0: it is not", {.low = 0, .high = 4096}}, "spliced_contexts", Member(&ModelSource::spliced_contexts), kUnlessDefault},
  SpecField{{"activations.shards", kPath, "", "Folder that saelaw capture has written"}, "shards", Member(&SourceSpec::shards), kNotHashed},
  SpecField{{"activations.held_out_tokens", kCount, "16384", "Tokens that no run trains on and every loss is measured on, at least; a few contexts of each held-out document", {.low = 64, .high = 1e9}}, "held_out_tokens", Member(&SourceSpec::held_out_tokens)},
  SpecField{{"activations.normalisation_tokens", kCount, "65536", "Tokens on which the scale is measured", {.low = 64, .high = 1e9}}, "normalisation_tokens", Member(&SourceSpec::normalisation_tokens)},
  SpecField{{"activations.normalise", kBool, "true", "Scale vectors to unit mean squared norm"}, "normalise", Member(&SourceSpec::normalise), 0, "to unit mean squared norm"},
  SpecField{{"activations.outlier_norm", kNumberOrOff, "10", "Vectors with a norm above so many times the median are left out (massive activations); off: of the scale alone", kNotNegative}, "outlier_norm", Member(&SourceSpec::outlier_norm), kLater},
  SpecField{{"activations.split_seed", kCount, "0", "Which documents are held out", kFromZero}, "split_seed", Member(&SourceSpec::split_seed)},
  SpecField{{}, "d_in", Member(&SourceSpec::d_in), kNotHashed},
  SpecField{{}, "identity", Member(&SourceSpec::identity)},
  SpecField{{}, "weights", Member(&DataParts::weights), kNotHashed},
  SpecField{{}, "configuration", Member(&DataParts::configuration), kNotHashed},
  SpecField{{}, "tokenizer", Member(&DataParts::tokenizer), kNotHashed},
  SpecField{{}, "text", Member(&DataParts::text), kNotHashed},
  SpecField{{}, "shards", Member(&DataParts::shards), kNotHashed},

  SpecField{{"sae", kSection, "", "The sparse autoencoder"}},
  SpecField{{"sae.d_sae", kCount, "", "Number of latents", kWidth}, "d_sae", Member(&SaeSpec::d_sae)},
  SpecField{{"sae.architecture", kChoice, "jump_relu", "What decides which latents are active: a trained threshold of each (jump_relu), or being among the k largest of a token (topk) or among the k times batch_tokens largest of a batch (batch_topk)", kAny, "jump_relu|topk|batch_topk"}, "architecture", Member(&SaeSpec::architecture), kUnlessDefault | kBrief},
  SpecField{{"sae.k", kNumber, "", "Of topk and batch_topk: active latents a token, a whole number for topk", kPositive}, "k", Member(&SaeSpec::k), kUnlessDefault | kBrief, "active latents per token", kOfK},
  SpecField{{"sae.pre_encoder_bias", kBool, "true", "Subtract b_dec before the encoder"}, "pre_encoder_bias", Member(&SaeSpec::pre_encoder_bias)},
  SpecField{{"sae.b_dec_init", kChoice, "auto", "Where b_dec begins: at the measured mean of the scaled training vectors, or at zeros; auto: at the mean where it has half of the mean squared norm or more", kAny, "auto|mean|zeros"}, "b_dec_init", Member(&SaeSpec::b_dec_init), kUnlessDefault | kBrief},
  SpecField{{"sae.w_enc_init_scale", kNumber, "", "W_enc begins as the transpose of W_dec times this; default: 1 up to 8 times as wide as the input; wider, what makes the first reconstruction no larger than the input", {.low = 0, .high = 100, .low_open = true}}, "w_enc_init_scale", Member(&SaeSpec::w_enc_init_scale), kUnlessDefault | kBrief},
  SpecField{{"sae.threshold", kSection, "", "The JumpReLU's threshold, one for each latent"}},
  SpecField{{"sae.threshold.parametrisation", kChoice, "raw", "What is learned: the threshold itself, or its logarithm", kAny, "raw|log"}, "threshold_parametrisation", Member(&SaeSpec::threshold_parametrisation), 0, {}, kOfThresholds},
  SpecField{{"sae.threshold.init", kNumber, "0.001", "Threshold at the start, in units of the scaled vectors", kPositive}, "threshold_init", Member(&SaeSpec::threshold_init), 0, {}, kOfThresholds},
  SpecField{{"sae.bandwidth", kNumber, "0.001", "Width of the kernel that gives the threshold its gradient, in the same units", kPositive}, "bandwidth", Member(&SaeSpec::bandwidth), 0, "in units of the normalised activations", kOfThresholds},
  SpecField{{"sae.input_gradients", kBool, "false", "The kernel also gives pre-activations inside its window a gradient, so that encoder and b_enc learn by it as the threshold does"}, "input_gradients", Member(&SaeSpec::input_gradients), kUnlessDefault | kBrief, {}, kOfThresholds},

  SpecField{{"training", kSection, "", "The recipe that every run starts from"}},
  SpecField{{"training.batch_tokens", kCount, "4096", "Tokens of one step", {.low = 1, .high = 1 << 24}}, "batch_tokens", Member(&TrainingSpec::batch_tokens)},
  SpecField{{"training.lr", kNumber, "7e-5", "Learning rate at its peak", kRate}, "lr", Member(&TrainingSpec::lr)},
  SpecField{{"training.threshold_lr", kNumber, "", "The threshold's own step; default: bandwidth/4 (log: bandwidth/4 / threshold.init)", kRate}, "threshold_lr", Member(&TrainingSpec::threshold_lr), 0, "fixed over the sweep, as in the law's runs", kOfThresholds},
  SpecField{{"training.schedule", kChoice, "cosine", "How lr falls after the warm-up", kAny, "cosine|constant|warmup-stable-decay"}, "schedule", Member(&TrainingSpec::schedule)},
  SpecField{{"training.lr_warmup", kStretch, "5%", "Length of the warm-up: a share of the run, or tokens", kNotNegative}, "lr_warmup", Member(&TrainingSpec::lr_warmup)},
  SpecField{{"training.lr_warmup_start", kFraction, "0.1", "lr at the start of the warm-up, as a share of lr", kShare}, "lr_warmup_start", Member(&TrainingSpec::lr_warmup_start), 0, "of lr"},
  SpecField{{"training.decay_fraction", kFraction, "20%", "warmup-stable-decay: share of the run in which lr falls to 0", kOpenShare}, "decay_fraction", Member(&TrainingSpec::decay_fraction)},
  SpecField{{"training.adam", kSection, "", "Adam's constants"}},
  SpecField{{"training.adam.beta1", kNumber, "0", "Decay of the mean gradient", kBeta}, "adam_beta1", Member(&TrainingSpec::adam_beta1)},
  SpecField{{"training.adam.beta2", kNumber, "0.999", "Decay of the mean squared gradient", kBeta}, "adam_beta2", Member(&TrainingSpec::adam_beta2)},
  SpecField{{"training.adam.epsilon", kNumber, "1e-8", "Added to the root of the mean square", kPositive}, "adam_epsilon", Member(&TrainingSpec::adam_epsilon)},
  SpecField{{"training.sparsity", kSection, "", "What makes the latents sparse"}},
  SpecField{{"training.sparsity.target_l0", kNumber, "", "Number of active latents to reach by a quadratic penalty; default: none, the penalty is linear", kPositive}, "target_l0", Member(&TrainingSpec::target_l0), kBrief, "active latents per token", kOfPenalty},
  SpecField{{"training.sparsity.controller", kBool, "false", "Hold target_l0 by moving the coefficient of a linear penalty during the run; the loss is then the mse"}, "l0_controller", Member(&TrainingSpec::l0_controller), kUnlessDefault | kBrief, {}, kOfPenalty},
  SpecField{{"training.sparsity.coefficient", kNumber, "2e-3", "Weight of the penalty on L0", kNotNegative}, "sparsity_coefficient", Member(&TrainingSpec::sparsity_coefficient), 0, {}, kOfPenalty},
  SpecField{{"training.sparsity.warmup", kStretch, "10%", "The coefficient rises from 0 over this share of the run, or tokens", kNotNegative}, "sparsity_warmup", Member(&TrainingSpec::sparsity_warmup), 0, {}, kOfPenalty},
  SpecField{{"training.sparsity.penalty", kChoice, "l0", "What an active latent costs: l0: the same, whatever it is; tanh: tanh(tanh_scale * latent), so that pre-activations have a gradient of it", kAny, "l0|tanh"}, "penalty", Member(&TrainingSpec::penalty), kUnlessDefault | kBrief, {}, kOfPenalty},
  SpecField{{"training.sparsity.tanh_scale", kNumber, "4", "tanh: from 1/tanh_scale on, in units of the scaled vectors, a latent costs most of 1", kPositive}, "tanh_scale", Member(&TrainingSpec::tanh_scale), kUnlessDefault | kBrief, {}, kOfPenalty},
  SpecField{{}, "sparsity", Member(&TrainingSpec::sparsity)},  // told by whether there is a target
  SpecField{{"training.gradient_clip", kNumberOrOff, "off", "Largest norm of the gradient", kNotNegative}, "gradient_clip", Member(&TrainingSpec::gradient_clip)},
  SpecField{{"training.dead_after_tokens", kCount, "0", "A latent silent for so long is dead; 0: the held-out tokens decide", kFromZero}, "dead_after_tokens", Member(&TrainingSpec::dead_after_tokens)},
  SpecField{{"training.dead_latents", kSection, "", "What is done for latents that were silent for dead_after_tokens"}},
  SpecField{{"training.dead_latents.method", kChoice, "none", "auxk: the most active of them predict the error that the others leave, as an auxiliary loss; resample: they begin anew at badly reconstructed tokens; pre_acts: what their pre-activations lack to their thresholds is an auxiliary loss", kAny, "none|auxk|resample|pre_acts"}, "dead_latents", Member(&TrainingSpec::dead_latents), kUnlessDefault | kBrief},
  SpecField{{"training.dead_latents.coefficient", kNumber, "0.03125", "auxk: weight of the auxiliary loss beside the mse", kPositive}, "auxk_coefficient", Member(&TrainingSpec::auxk_coefficient), kUnlessDefault | kBrief},
  SpecField{{"training.dead_latents.k", kCount, "0", "auxk: dead latents that predict a token's error; 0: half of d_in", kFromZero}, "auxk_latents", Member(&TrainingSpec::auxk_latents), kUnlessDefault | kBrief},
  SpecField{{"training.dead_latents.every", kStretch, "10%", "resample: so often, as a share of the run, or tokens", kPositive}, "resample_every", Member(&TrainingSpec::resample_every), kUnlessDefault | kBrief},
  SpecField{{"training.dead_latents.until", kStretch, "50%", "resample: no more after this share of the run, or tokens", kNotNegative}, "resample_until", Member(&TrainingSpec::resample_until), kUnlessDefault | kBrief},
  SpecField{{"training.dead_latents.pre_act_coefficient", kNumber, "3e-6", "pre_acts: weight of the auxiliary loss beside the mse", kPositive}, "pre_act_coefficient", Member(&TrainingSpec::pre_act_coefficient), kUnlessDefault | kBrief},
  SpecField{{"training.evaluations", kCount, "8", "Points of a run's held-out curve, the last at its end", {.low = 1, .high = 1000}}, "evaluations", Member(&TrainingSpec::evaluations)},
  SpecField{{"training.precision", kChoice, "bf16", "Precision of the SAE's products; weights, thresholds and sums are fp32", kAny, "fp32|bf16"}, "precision", Member(&TrainingSpec::precision)},

  SpecField{{"run", kSection, "", "The one run of a configuration", kAny, "", kInRun}},
  SpecField{{"run.tokens", kCount, "", "Tokens to train on", kFromOne, "", kInRun}, "tokens", Member(&RunSpec::tokens), 0, "the target's"},
  SpecField{{"run.seed", kCount, "0", "Seed of the initialisation", kFromZero, "", kInRun}, "seed", Member(&RunSpec::seed), 0, "of the initialisation"},
  SpecField{{"run.stream_seed", kCount, "0", "Seed of the order of the data", kFromZero, "", kInRun}, "stream_seed", Member(&RunSpec::stream_seed), 0, "of the order of the data"},
};
// clang-format on

}  // namespace

std::span<const SpecField> SpecFields() { return kFields; }

bool SaysSomething(const SpecField& field, SaeArchitecture architecture) {
  const ArchitectureTraits& traits = FindTraits(architecture);
  const unsigned has = (traits.thresholds ? kOfThresholds : 0U) |
                       (traits.penalty ? kOfPenalty : 0U) | (traits.keeps_k ? kOfK : 0U);
  return (field.of & ~has) == 0;
}

}  // namespace saelaw
