// The end of a step, latent by latent: projection, Adam with β1 = 0, renormalisation, operand
// copies, bias and threshold, by gradients that are summed here (sparse) or read (dense). A sparse
// step updates W_dec's rows and W_enc's by kernels of their own, so that the rows which each sums,
// the errors' or the inputs', stay in the cache.
#pragma once

#include "sae/gpu/entries.cuh"

namespace saelaw::gpu {

struct UpdateLists {
  EntryLists entries;
  Parts<float> sums;
};
// Of each row every thread sees only its own columns.
struct UpdateShared {
  UpdateLists& lists;
  float* gradient;  // [width]
  float* row;       // W_dec's before its update, then after it
  float* encoder;   // Σ db_enc·W_enc over the group's latents; not for W_dec's kernel
};
// The lists come first in shared memory, padded so that the rows behind them are aligned.
constexpr std::size_t kUpdateListBytes = (sizeof(UpdateLists) + 15) / 16 * 16;
constexpr std::size_t UpdateSharedBytes(int width, int rows) {
  return kUpdateListBytes + rows * sizeof(float) * static_cast<std::size_t>(width);
}
constexpr int kDecoderRows = 2, kUpdateRows = 3;
SAELAW_DEVICE UpdateShared SharedOfUpdate(int width) {
  unsigned char* memory = SharedMemory();
  auto* rows = reinterpret_cast<float*>(memory + kUpdateListBytes);
  return {*reinterpret_cast<UpdateLists*>(memory), rows, rows + width, rows + 2 * width};
}

struct Adam {
  float carry, one_less_beta, unbias, rate, epsilon;
};

// This is the one rule of the file; every parameter goes through it.
// v = carry·v + (1-β2)·g²; returns w - rate·g/(√v·unbias + ε).
SAELAW_DEVICE float Updated(const Adam& adam, float gradient, float w, float& v) {
  v = adam.carry * v + adam.one_less_beta * gradient * gradient;
  return w - adam.rate * FastQuotient(gradient, FastRoot(v) * adam.unbias + adam.epsilon);
}

// Says how many updates passed since the latent's last one. It must be asked before a barrier that
// comes before UpdateScalars, which overwrites what is read here.
SAELAW_DEVICE int UpdatesMissed(const StepView& view, int latent) {
  return view.now->updates - view.model.row_updates[latent];
}
// Second moments of a latent that was left alone for some updates have decayed meanwhile.
SAELAW_DEVICE Adam AdamAfter(const StepView& view, int missed) {
  // A power in double is slow on a GPU, so the usual case, a latent that missed nothing, does
  // without.
  const float carry = missed == 1 ? view.beta2_once : static_cast<float>(pow(view.beta2, missed));
  return {carry, view.one_less_beta, view.now->unbias, view.now->lr, view.epsilon};
}

// Updates W_enc's row, and adds the row as it was before to what b_dec's gradient receives.
SAELAW_DEVICE void UpdateEncoder(
    const StepView& view, int latent, const Adam& adam, float d_bias, const UpdateShared& shared) {
  const Sizes& sizes = view.sizes;
  const std::size_t row = static_cast<std::size_t>(latent) * sizes.d_in;
  float* master = view.model.parameters.w_enc + row;
  float* second = view.model.second.w_enc + row;
  ForOwnColumns(sizes.width, [&](int c) {
    Eight w = LoadEightOnce(master, c, sizes.d_in);
    Eight v = LoadEightOnce(second, c, sizes.d_in);
    Eight passed = LoadShared(shared.encoder + c);
    Add(passed, d_bias, w);
    StoreShared(shared.encoder + c, passed);
    const Eight gradient = LoadShared(shared.gradient + c);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      w.value[i] = Updated(adam, gradient.value[i], w.value[i], v.value[i]);
    }
    StoreEightOnce(master, c, sizes.d_in, w);
    StoreEightOnce(second, c, sizes.d_in, v);
    StorePacked(view.w_enc + static_cast<std::size_t>(latent) * sizes.width + c, Pack(w));
  });
}

// Updates W_dec's row by its gradient less the part along the row, and brings it to unit norm.
SAELAW_DEVICE void UpdateDecoder(const StepView& view,
                                 int latent,
                                 const Adam& adam,
                                 const UpdateShared& shared) {
  const Sizes& sizes = view.sizes;
  const std::size_t row = static_cast<std::size_t>(latent) * sizes.d_in;
  float* master = view.model.parameters.w_dec + row;
  float* second = view.model.second.w_dec + row;
  float along = 0;
  // The part of the gradient along the row is taken out, because the row's length is not free.
  ForOwnColumns(sizes.width, [&](int c) {
    const Eight w = LoadEightOnce(master, c, sizes.d_in);
    along += Dot(LoadShared(shared.gradient + c), w);
    StoreShared(shared.row + c, w);
  });
  along = BlockSum(along, shared.lists.sums);
  // The updated row waits in shared memory until its norm is known, so that memory is written once.
  float squares = 0;
  ForOwnColumns(sizes.width, [&](int c) {
    const Eight w = LoadShared(shared.row + c);
    Eight v = LoadEightOnce(second, c, sizes.d_in);
    Eight updated = LoadShared(shared.gradient + c);
    Add(updated, -along, w);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      updated.value[i] = Updated(adam, updated.value[i], w.value[i], v.value[i]);
    }
    squares += Dot(updated, updated);
    StoreShared(shared.row + c, updated);
    StoreEightOnce(second, c, sizes.d_in, v);
  });
  const float scale = 1 / sqrtf(BlockSum(squares, shared.lists.sums));
  ForOwnColumns(sizes.width, [&](int c) {
    Eight w = LoadShared(shared.row + c);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) w.value[i] *= scale;
    StoreEightOnce(master, c, sizes.d_in, w);
    StorePacked(view.w_dec + static_cast<std::size_t>(latent) * sizes.width + c, Pack(w));
  });
}

// One thread does this work for its latent.
SAELAW_DEVICE void UpdateScalars(const StepView& view,
                                 int latent,
                                 Adam adam,
                                 const LatentSums& sums) {
  const SaelawGpuParameters& own = view.model.parameters;
  const SaelawGpuParameters& second = view.model.second;
  own.b_enc[latent] = Updated(adam, sums.bias, own.b_enc[latent], second.b_enc[latent]);
  adam.rate = view.now->threshold_lr;
  const float jump = -sums.window / view.bandwidth;
  float threshold = Updated(adam,
                            view.log_threshold != 0 ? jump * view.theta[latent] : jump,
                            own.threshold[latent],
                            second.threshold[latent]);
  // The comparison is written so that a NaN fails it and stays one.
  if (view.log_threshold == 0 && threshold < view.lowest_threshold) {
    threshold = view.lowest_threshold;
  }
  own.threshold[latent] = threshold;
  // From here on the latent counts as up to date.
  view.model.row_updates[latent] = view.now->updates;
}

// A block sums over all latents of its group, so the sum is cleared once, before the first.
SAELAW_DEVICE void ClearEncoderSum(const StepView& view, const UpdateShared& shared) {
  ForOwnColumns(view.sizes.width, [&](int c) { StoreShared(shared.encoder + c, Eight{}); });
}
SAELAW_DEVICE void StoreEncoderSum(const StepView& view, const UpdateShared& shared) {
  const Sizes& sizes = view.sizes;
  float* to = view.partial_encoder + static_cast<std::size_t>(blockIdx.x) * sizes.d_in;
  ForOwnColumns(sizes.width,
                [&](int c) { StoreEight(to, c, sizes.d_in, LoadShared(shared.encoder + c)); });
}

// A block takes one latent. This kernel must come before UpdateEncoders, which changes the biases
// that a latent's entries are known by. A latent without entries has gradients of 0: it is left
// alone, and the decay of its second moments is made up for at its next update.
SAELAW_KERNEL_OF(6) UpdateDecoders(StepView view) {
  const UpdateShared shared = SharedOfUpdate(view.sizes.width);
  EntryLists& entries = shared.lists.entries;
  const int latent = static_cast<int>(blockIdx.x);
  const int total = ListTokens(view, latent, 0, entries);
  if (total == 0) return;
  SumEntries<Matrix::kDecoder>(view, latent, total, entries, shared.gradient);
  UpdateDecoder(view, latent, AdamAfter(view, UpdatesMissed(view, latent)), shared);
}

// A block takes a group of latents, and updates W_enc, b_enc and the thresholds.
SAELAW_KERNEL UpdateEncoders(StepView view) {
  const UpdateShared shared = SharedOfUpdate(view.sizes.width);
  EntryLists& entries = shared.lists.entries;
  ClearEncoderSum(view, shared);
  // The groups are dealt by number and not by whoever is free, so that their sums are always the
  // same.
  for (int latent = static_cast<int>(blockIdx.x); latent < view.sizes.d_sae;
       latent += static_cast<int>(gridDim.x)) {
    const int missed = UpdatesMissed(view, latent);
    const int total = ListTokens(view, latent, 0, entries);
    LatentSums sums;
    if (total > 0) {
      sums = SumEntries<Matrix::kEncoder>(view, latent, total, entries, shared.gradient);
      const Adam adam = AdamAfter(view, missed);
      UpdateEncoder(view, latent, adam, sums.bias, shared);
      if (threadIdx.x == 0) UpdateScalars(view, latent, adam, sums);
    }
    if (threadIdx.x == 0) view.now->fired[latent] = static_cast<float>(sums.fired);
  }
  StoreEncoderSum(view, shared);
}

// Brings a latent's gradient, which a product left in bf16, into shared memory.
SAELAW_DEVICE void LoadGradient(const Bf16* from, int width, const UpdateShared& shared) {
  ForOwnColumns(width, [&](int c) { StoreShared(shared.gradient + c, LoadEight(from + c)); });
}

// Updates both matrices from gradients that are there as matrices. Every latent is visited, so that
// a dense step leaves no decay to make up for.
SAELAW_KERNEL UpdateDense(StepView view) {
  const int width = view.sizes.width;
  const UpdateShared shared = SharedOfUpdate(width);
  ClearEncoderSum(view, shared);
  for (int latent = static_cast<int>(blockIdx.x); latent < view.sizes.d_sae;
       latent += static_cast<int>(gridDim.x)) {
    const std::size_t row = static_cast<std::size_t>(latent) * width;
    LatentSums sums;
    sums.bias = view.d_b_enc[latent];
    sums.window = view.d_window[latent];
    const Adam adam = AdamAfter(view, UpdatesMissed(view, latent));
    LoadGradient(view.d_w_dec + row, width, shared);
    UpdateDecoder(view, latent, adam, shared);
    LoadGradient(view.d_w_enc + row, width, shared);
    UpdateEncoder(view, latent, adam, sums.bias, shared);
    if (threadIdx.x == 0) UpdateScalars(view, latent, adam, sums);
  }
  StoreEncoderSum(view, shared);
}

}  // namespace saelaw::gpu
