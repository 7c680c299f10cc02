// Where everything of a step lies: sizes, the layout of the caller's memory, and the pointers that
// every kernel is given. Plain arithmetic, the same on both sides of the border.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#include "gpu/bf16.h"
#include "gpu/grid.h"
#include "sae/gpu/table.h"
#include "sae/model/jump_relu_pair.h"
#include "sae/model/l0_penalty.h"

namespace saelaw::gpu {

// Tokens of one block of Decode, whose sums over tokens are formed together.
constexpr int kBlockTokens = 4;
// Latents are updated by at most so many blocks, each of which takes every so-manieth; the same on
// every device, as sums over latents are formed by block.
constexpr int kMostGroups = 1024;
// Entries that a block lists at once: longer sums are made of sums of so many.
constexpr int kListed = 256;
// A latent of more entries is crowded: its sums are made beforehand, by a block for each list, of
// the first so many such latents. The sums are the same ones either way.
constexpr int kCrowded = 2 * kListed;
constexpr int kMostCrowded = 64;
// Columns that a block of Finish adds up, and the parts in which it does.
constexpr int kFinishColumns = 8;
constexpr int kFinishParts = 32;
constexpr std::size_t kProductScratch = std::size_t{32} << 20;

struct Sizes {
  int d_in, d_sae, tokens;
  int width;        // from one row of d_in operands to the next
  int row;          // from one latent's [tokens] to the next's
  int token_words;  // 32 tokens each
  int latent_words;
  int token_blocks;  // of kBlockTokens
  int groups;        // of latents
  int threads;       // of a block whose threads share a row of d_in
  int lists;         // of a latent that is active on every token
};

inline Sizes MakeSizes(const SaelawGpuShape& shape) {
  Sizes sizes{};
  sizes.d_in = static_cast<int>(shape.d_in);
  sizes.d_sae = static_cast<int>(shape.d_sae);
  sizes.tokens = static_cast<int>(shape.tokens);
  sizes.width = static_cast<int>(PaddedTo(shape.d_in, kEight));
  sizes.row = static_cast<int>(PaddedTo(shape.tokens, kEight));
  sizes.token_words = CountParts(shape.tokens, 32);
  sizes.latent_words = CountParts(shape.d_sae, 32);
  sizes.token_blocks = CountParts(shape.tokens, kBlockTokens);
  sizes.lists = CountParts(shape.tokens, kListed);
  sizes.groups = sizes.d_sae < kMostGroups ? sizes.d_sae : kMostGroups;
  const int wanted = static_cast<int>(PaddedTo(sizes.width / kEight, 32));
  sizes.threads = wanted < 64 ? 64 : wanted > 256 ? 256 : wanted;
  return sizes;
}

// What changes from step to step, in device memory, so that a recorded step can be repeated.
struct Now {
  const float* x;  // [tokens, d_in]
  double* totals;  // [3]
  float* fired;    // [d_sae]
  float lr, threshold_lr;
  float unbias;  // 1/√(1 - β2^updates)
  // The derivative of the penalty by each H(pre - θ): constant + factor·l0.
  float slope_constant, slope_factor;
  std::int32_t updates;
};

// What a latent's bias and threshold receive.
struct LatentSums {
  float bias = 0;    // Σ d_pre_acts
  float window = 0;  // Σ θ·d_latents + slope, over the tokens inside the window
  int fired = 0;     // active tokens
};

struct StepView {
  Sizes sizes;
  SaelawGpuModel model;
  // Settings.
  int pre_encoder_bias, log_threshold, target_rule;
  JumpWindow window;
  float bandwidth, lowest_threshold;
  double beta2, target_l0;
  float beta2_once, one_less_beta, epsilon;

  // The stepper's own.
  Now* now;
  Bf16 *w_enc, *w_dec;  // [d_sae, width], padded with zeros

  // Scratch of any step.
  float* theta;            // [d_sae]
  Bf16 *inputs, *errors;   // [tokens, width]: x - b_dec, (2/tokens)(recons - x)
  float* products;         // [d_sae, row] W_enc·x: thresholds may lie between bf16's numbers
  Bf16* d_latents;         // [d_sae, row] the loss's derivative by each latent
  int* l0;                 // [tokens]
  float* slopes;           // [tokens]
  double* squares;         // [tokens] ‖recons - x‖²
  float* partial_errors;   // [token_blocks, d_in] Σ errors
  float* partial_encoder;  // [groups, d_in] Σ db_enc·W_enc
  void* product_scratch;

  // Of a sparse step: which (latent, token) pairs are entries, seen from both sides.
  std::uint32_t* latent_bits;  // [d_sae, token_words]
  std::uint32_t* token_bits;   // [tokens, latent_words]
  int* slot_of;                // [d_sae]: place of a crowded latent below; -1: none
  int* crowded;                // [1 + kMostCrowded]: their number, those without place included
  float* crowded_rows;         // [kMostCrowded, lists, 2, width]: of W_enc's and W_dec's gradients
  LatentSums* crowded_sums;    // [kMostCrowded, lists]

  // Of a dense step.
  Bf16* latents;              // [d_sae, row]
  Bf16* recons;               // [tokens, width], without b_dec
  Bf16 *d_w_enc, *d_w_dec;    // [d_sae, width]
  float *d_b_enc, *d_window;  // [d_sae]
};

// Hands out pieces of one block of memory; without memory it only counts.
class Layout {
 public:
  explicit Layout(void* memory) : memory_(static_cast<unsigned char*>(memory)) {}
  template <typename T>
  void Place(T*& to, std::int64_t count) {
    to = memory_ == nullptr ? nullptr : reinterpret_cast<T*>(memory_ + bytes_);
    bytes_ += static_cast<std::size_t>(
        PaddedTo(count * static_cast<std::int64_t>(sizeof(T)), kAlignment));
  }
  std::size_t bytes() const { return bytes_; }

 private:
  static constexpr std::int64_t kAlignment = 256;
  unsigned char* memory_;
  std::size_t bytes_ = 0;
};

// Both return the bytes that they place, from `memory` on.
inline std::size_t PlaceOwn(const Sizes& sizes, void* memory, StepView& view) {
  Layout layout(memory);
  const std::int64_t weights = std::int64_t{1} * sizes.d_sae * sizes.width;
  layout.Place(view.now, 1);
  layout.Place(view.w_enc, weights);
  layout.Place(view.w_dec, weights);
  return layout.bytes();
}

inline std::size_t PlaceScratch(const Sizes& sizes, bool dense, void* memory, StepView& view) {
  Layout layout(memory);
  const std::int64_t d_sae = sizes.d_sae, tokens = sizes.tokens, d_in = sizes.d_in;
  layout.Place(view.theta, d_sae);
  layout.Place(view.inputs, tokens * sizes.width);
  layout.Place(view.errors, tokens * sizes.width);
  layout.Place(view.products, d_sae * sizes.row);
  layout.Place(view.d_latents, d_sae * sizes.row);
  layout.Place(view.l0, tokens);
  layout.Place(view.slopes, tokens);
  layout.Place(view.squares, tokens);
  layout.Place(view.partial_errors, sizes.token_blocks * d_in);
  layout.Place(view.partial_encoder, sizes.groups * d_in);
  auto* product_scratch = static_cast<unsigned char*>(nullptr);
  layout.Place(product_scratch, static_cast<std::int64_t>(kProductScratch));
  view.product_scratch = product_scratch;
  if (dense) {
    layout.Place(view.latents, d_sae * sizes.row);
    layout.Place(view.recons, tokens * sizes.width);
    layout.Place(view.d_w_enc, d_sae * sizes.width);
    layout.Place(view.d_w_dec, d_sae * sizes.width);
    layout.Place(view.d_b_enc, d_sae);
    layout.Place(view.d_window, d_sae);
  } else {
    layout.Place(view.latent_bits, d_sae * sizes.token_words);
    layout.Place(view.token_bits, tokens * sizes.latent_words);
    layout.Place(view.slot_of, d_sae);
    layout.Place(view.crowded, 1 + kMostCrowded);
    layout.Place(view.crowded_rows, std::int64_t{2} * kMostCrowded * sizes.lists * sizes.width);
    layout.Place(view.crowded_sums, kMostCrowded * sizes.lists);
  }
  return layout.bytes();
}

// The view of a stepper, without the scratch of a step.
inline StepView MakeStepView(const SaelawGpuShape& shape,
                             const SaelawGpuSettings& settings,
                             const SaelawGpuModel& model,
                             void* own) {
  StepView view{};
  view.sizes = MakeSizes(shape);
  view.model = model;
  view.pre_encoder_bias = settings.pre_encoder_bias;
  view.log_threshold = settings.log_threshold;
  view.target_rule = settings.target_rule;
  view.target_l0 = settings.target_l0;
  view.bandwidth = static_cast<float>(settings.bandwidth);
  view.window = {view.bandwidth / 2, settings.input_gradients != 0 ? 1 / view.bandwidth : 0};
  // Below ε/2 the window would reach negative pre-activations.
  view.lowest_threshold = view.bandwidth / 2;
  view.beta2 = settings.beta2;
  view.beta2_once = static_cast<float>(settings.beta2);
  view.one_less_beta = static_cast<float>(1 - settings.beta2);
  view.epsilon = static_cast<float>(settings.epsilon);
  PlaceOwn(view.sizes, own, view);
  return view;
}

// The same for one step, whose batch may be smaller.
inline StepView WithScratch(StepView view, std::int64_t tokens, bool dense, void* scratch) {
  view.sizes = MakeSizes({view.sizes.d_in, view.sizes.d_sae, tokens});
  PlaceScratch(view.sizes, dense, scratch, view);
  return view;
}

inline Now MakeNow(const SaelawGpuSettings& settings, const SaelawGpuStep& step) {
  Now now{};
  now.x = step.x;
  now.totals = step.totals;
  now.fired = step.fired;
  now.lr = static_cast<float>(step.lr);
  now.threshold_lr = static_cast<float>(step.threshold_lr);
  now.unbias = static_cast<float>(
      1 / std::sqrt(1 - std::pow(settings.beta2, static_cast<double>(step.updates))));
  now.updates = static_cast<std::int32_t>(step.updates);
  const L0Slope slope =
      SlopeOfL0(settings.target_rule != 0, settings.target_l0, step.coefficient, step.tokens);
  now.slope_constant = slope.Constant();
  now.slope_factor = slope.PerLatent();
  return now;
}

}  // namespace saelaw::gpu
