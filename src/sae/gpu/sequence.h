// The order of a step's kernels and products, and what they are told. `Device` is who carries them
// out: CUDA, or the tests' emulator. It has
//   void Launch(kernel, Grid, int threads, std::size_t shared_bytes, arguments...);
//   void Multiply(SaelawGpuProduct, const StepView&);
// which throw what they like.
#pragma once

#include <algorithm>
#include <cmath>

#include "sae/gpu/decode.cuh"
#include "sae/gpu/differentiate.cuh"
#include "sae/gpu/finish.cuh"
#include "sae/gpu/prepare.cuh"
#include "sae/gpu/products.h"
#include "sae/gpu/tiles.cuh"
#include "sae/gpu/update.cuh"

namespace saelaw::gpu {

struct Grid {
  int x = 1, y = 1;
};

// The view of a stepper, without the scratch of a step.
inline StepView ViewOf(const SaelawGpuShape& shape,
                       const SaelawGpuSettings& settings,
                       const SaelawGpuModel& model,
                       void* own) {
  StepView view{};
  view.sizes = SizesOf(shape);
  view.model = model;
  view.pre_encoder_bias = settings.pre_encoder_bias;
  view.log_threshold = settings.log_threshold;
  view.target_rule = settings.target_rule;
  view.target_l0 = settings.target_l0;
  view.bandwidth = static_cast<float>(settings.bandwidth);
  view.half_window = view.bandwidth / 2;
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
  view.sizes = SizesOf({view.sizes.d_in, view.sizes.d_sae, tokens});
  PlaceScratch(view.sizes, dense, scratch, view);
  return view;
}

inline Now NowOf(const SaelawGpuSettings& settings, const SaelawGpuStep& step) {
  Now now{};
  now.x = step.x;
  now.totals = step.totals;
  now.fired = step.fired;
  now.lr = static_cast<float>(step.lr);
  now.threshold_lr = static_cast<float>(step.threshold_lr);
  now.unbias = static_cast<float>(
      1 / std::sqrt(1 - std::pow(settings.beta2, static_cast<double>(step.updates))));
  now.updates = static_cast<std::int32_t>(step.updates);
  // λ/B, or 4λ(L0(x) - L0*)/(L0*·B).
  const double share = step.coefficient / static_cast<double>(step.tokens);
  const double factor = 4 * share / settings.target_l0;
  const bool target = settings.target_rule != 0;
  now.slope_constant = static_cast<float>(target ? -factor * settings.target_l0 : share);
  now.slope_factor = static_cast<float>(target ? factor : 0);
  return now;
}

// The most shared memory that any kernel of a step asks for.
inline std::size_t MostSharedBytes(const Sizes& sizes) {
  return std::max(UpdateSharedBytes(sizes.width), DecodeSharedBytes(sizes.width));
}

template <typename Device>
void Prepare(Device& device, const StepView& view) {
  const Sizes& sizes = view.sizes;
  const Grid rows{sizes.d_sae};
  device.Launch(
      CopyOperands, rows, sizes.threads, 0, view, view.model.parameters.w_enc, view.w_enc);
  device.Launch(
      CopyOperands, rows, sizes.threads, 0, view, view.model.parameters.w_dec, view.w_dec);
}

template <typename Device>
void EnqueueStep(Device& device, const StepView& view, bool dense) {
  const Sizes& sizes = view.sizes;
  const Grid tiles{PartsOf(sizes.tokens, kTileTokens),
                   PartsOf(sizes.d_sae, kTileLatents * kTileWarps)};
  const Grid token_blocks{sizes.token_blocks}, groups{sizes.groups};
  const std::size_t decode_bytes = DecodeSharedBytes(sizes.width);
  const std::size_t update_bytes = UpdateSharedBytes(sizes.width);
  device.Launch(Centre, Grid{sizes.tokens}, sizes.threads, 0, view);
  device.Multiply(kSaelawGpuEncode, view);
  if (dense) {
    device.Launch(Activate, tiles, kTileWarps * kWarp, 0, view);
    device.Multiply(kSaelawGpuDecode, view);
    device.Launch(CompareDense, token_blocks, sizes.threads, decode_bytes, view);
    device.Multiply(kSaelawGpuDLatents, view);
    device.Launch(Differentiate, Grid{sizes.d_sae}, kMostThreads, kDifferentiateSharedBytes, view);
    device.Multiply(kSaelawGpuDDecoder, view);
    device.Multiply(kSaelawGpuDEncoder, view);
    device.Launch(UpdateDense, groups, sizes.threads, update_bytes, view);
  } else {
    device.Launch(MarkEntries, tiles, kTileWarps * kWarp, 0, view);
    device.Launch(Decode, token_blocks, sizes.threads, decode_bytes, view);
    device.Launch(UpdateSparse, groups, sizes.threads, update_bytes, view);
  }
  const Grid columns{PartsOf(sizes.d_in, kFinishColumns) + 1};
  device.Launch(Finish, columns, kFinishThreads, kFinishSharedBytes, view);
}

}  // namespace saelaw::gpu
