// The end of a step, latent by latent: the gradients of its two rows (sparse: short sums of rows;
// dense: read), projection, Adam with β1 = 0, renormalisation, operand copies, bias and threshold.
#pragma once

#include "sae/gpu/differentiate.cuh"

namespace saelaw::gpu {

struct UpdateLists {
  int tokens[kListed];
  float latents[kListed];     // as operands; 0 where the entry is not active
  float d_pre_acts[kListed];  // likewise
  LatentParts parts;
  Parts<int> counts;
  Parts<float> sums;
  float carry;  // β2 to the power of the updates since the latent's last
};
// Of each row every thread sees only its own columns.
struct UpdateShared {
  UpdateLists& lists;
  float* d_w_enc;  // [width]
  float* d_w_dec;
  float* encoder;  // Σ db_enc·W_enc over the group's latents
};
constexpr std::size_t kUpdateListBytes = (sizeof(UpdateLists) + 15) / 16 * 16;
constexpr std::size_t UpdateSharedBytes(int width) {
  return kUpdateListBytes + 3 * sizeof(float) * static_cast<std::size_t>(width);
}
SAELAW_DEVICE UpdateShared SharedOfUpdate(int width) {
  unsigned char* memory = SharedMemory();
  auto* rows = reinterpret_cast<float*>(memory + kUpdateListBytes);
  return {*reinterpret_cast<UpdateLists*>(memory), rows, rows + width, rows + 2 * width};
}

SAELAW_DEVICE int ListTokens(const StepView& view, int latent, int first, UpdateLists& lists) {
  const int words = view.sizes.token_words;
  return ListBits(view.latent_bits + static_cast<std::size_t>(latent) * words,
                  words,
                  first,
                  kListed,
                  lists.tokens,
                  lists.counts);
}

// The factors of the listed entries.
SAELAW_DEVICE void FillFactors(
    const StepView& view, int latent, int count, UpdateLists& lists, LatentSums& sums) {
  const float bias = view.model.parameters.b_enc[latent];
  const float theta = view.theta[latent];
  const std::size_t row = static_cast<std::size_t>(latent) * view.sizes.row;
  for (int k = static_cast<int>(threadIdx.x); k < count; k += static_cast<int>(blockDim.x)) {
    const int token = lists.tokens[k];
    const float pre = ToFloat(view.products[row + token]) + bias;
    const float d_latent = ToFloat(view.d_latents[row + token]);
    const bool active = AddPair(pre, theta, view.half_window, d_latent, view.slopes[token], sums);
    lists.latents[k] = active ? Rounded(pre) : 0;
    lists.d_pre_acts[k] = active ? d_latent : 0;
  }
  __syncthreads();
}

// Adds the listed entries' shares to both gradients.
SAELAW_DEVICE void AddRows(const StepView& view, int count, const UpdateShared& shared) {
  const int width = view.sizes.width;
  const UpdateLists& lists = shared.lists;
  ForOwnColumns(width, [&](int c) {
    Eight encoder = LoadShared(shared.d_w_enc + c);
    Eight decoder = LoadShared(shared.d_w_dec + c);
    SAELAW_UNROLL_BY(4)
    for (int k = 0; k < count; ++k) {
      const std::size_t row = static_cast<std::size_t>(lists.tokens[k]) * width + c;
      Add(encoder, lists.d_pre_acts[k], LoadEight(view.inputs + row));
      Add(decoder, lists.latents[k], LoadEight(view.errors + row));
    }
    StoreShared(shared.d_w_enc + c, encoder);
    StoreShared(shared.d_w_dec + c, decoder);
  });
}

// The gradients of a latent with `total` entries, of which the first are listed.
SAELAW_DEVICE LatentSums SumEntries(const StepView& view,
                                    int latent,
                                    int total,
                                    const UpdateShared& shared) {
  ForOwnColumns(view.sizes.width, [&](int c) {
    StoreShared(shared.d_w_enc + c, Eight{});
    StoreShared(shared.d_w_dec + c, Eight{});
  });
  LatentSums sums;
  for (int first = 0; first < total; first += kListed) {
    if (first > 0) {
      __syncthreads();
      ListTokens(view, latent, first, shared.lists);
    }
    const int count = total - first < kListed ? total - first : kListed;
    FillFactors(view, latent, count, shared.lists, sums);
    AddRows(view, count, shared);
  }
  return BlockSum(sums, shared.lists.parts);
}

struct Adam {
  float carry, one_less_beta, unbias, rate, epsilon;
};

// v = carry·v + (1-β2)·g²; returns w - rate·g/(√v·unbias + ε).
SAELAW_DEVICE float Updated(const Adam& adam, float gradient, float w, float& v) {
  v = adam.carry * v + adam.one_less_beta * gradient * gradient;
  return w - adam.rate * FastQuotient(gradient, FastRoot(v) * adam.unbias + adam.epsilon);
}

// Updates W_enc's row; returns this thread's share of d_w_dec·W_dec.
SAELAW_DEVICE float UpdateEncoder(
    const StepView& view, int latent, const Adam& adam, float d_bias, const UpdateShared& shared) {
  const Sizes& sizes = view.sizes;
  const std::size_t row = static_cast<std::size_t>(latent) * sizes.d_in;
  float* master = view.model.parameters.w_enc + row;
  float* second = view.model.second.w_enc + row;
  const float* decoder = view.model.parameters.w_dec + row;
  float along = 0;
  ForOwnColumns(sizes.width, [&](int c) {
    Eight w = LoadEight(master, c, sizes.d_in);
    Eight v = LoadEight(second, c, sizes.d_in);
    along += Dot(LoadShared(shared.d_w_dec + c), LoadEight(decoder, c, sizes.d_in));
    Eight passed = LoadShared(shared.encoder + c);
    Add(passed, d_bias, w);
    StoreShared(shared.encoder + c, passed);
    const Eight gradient = LoadShared(shared.d_w_enc + c);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      w.value[i] = Updated(adam, gradient.value[i], w.value[i], v.value[i]);
    }
    StoreEight(master, c, sizes.d_in, w);
    StoreEight(second, c, sizes.d_in, v);
    StorePacked(view.w_enc + static_cast<std::size_t>(latent) * sizes.width + c, Pack(w));
  });
  return along;
}

// Updates W_dec's row by its gradient less the part along the row, and brings it to unit norm.
SAELAW_DEVICE void UpdateDecoder(
    const StepView& view, int latent, const Adam& adam, float along, const UpdateShared& shared) {
  const Sizes& sizes = view.sizes;
  const std::size_t row = static_cast<std::size_t>(latent) * sizes.d_in;
  float* master = view.model.parameters.w_dec + row;
  float* second = view.model.second.w_dec + row;
  float squares = 0;
  ForOwnColumns(sizes.width, [&](int c) {
    const Eight w = LoadEight(master, c, sizes.d_in);
    Eight v = LoadEight(second, c, sizes.d_in);
    Eight updated = LoadShared(shared.d_w_dec + c);
    Add(updated, -along, w);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) {
      updated.value[i] = Updated(adam, updated.value[i], w.value[i], v.value[i]);
    }
    squares += Dot(updated, updated);
    StoreShared(shared.d_w_dec + c, updated);
    StoreEight(second, c, sizes.d_in, v);
  });
  const float scale = 1 / sqrtf(BlockSum(squares, shared.lists.sums));
  ForOwnColumns(sizes.width, [&](int c) {
    Eight w = LoadShared(shared.d_w_dec + c);
    SAELAW_UNROLL
    for (int i = 0; i < kEight; ++i) w.value[i] *= scale;
    StoreEight(master, c, sizes.d_in, w);
    StorePacked(view.w_dec + static_cast<std::size_t>(latent) * sizes.width + c, Pack(w));
  });
}

// One thread's work.
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
  // A NaN stays one.
  if (view.log_threshold == 0 && threshold < view.lowest_threshold) {
    threshold = view.lowest_threshold;
  }
  own.threshold[latent] = threshold;
  view.model.row_updates[latent] = view.now->updates;
}

// Second moments of a latent that was left alone for some updates have decayed meanwhile.
SAELAW_DEVICE float Carry(const StepView& view, int latent) {
  const int missed = view.now->updates - view.model.row_updates[latent];
  return missed == 1 ? view.beta2_once : static_cast<float>(pow(view.beta2, missed));
}

// The gradients of the rows are in shared memory.
SAELAW_DEVICE void UpdateLatent(const StepView& view,
                                int latent,
                                const LatentSums& sums,
                                const UpdateShared& shared) {
  if (threadIdx.x == 0) shared.lists.carry = Carry(view, latent);
  __syncthreads();
  const Adam adam{
      shared.lists.carry, view.one_less_beta, view.now->unbias, view.now->lr, view.epsilon};
  float along = UpdateEncoder(view, latent, adam, sums.bias, shared);
  along = BlockSum(along, shared.lists.sums);
  UpdateDecoder(view, latent, adam, along, shared);
  if (threadIdx.x == 0) UpdateScalars(view, latent, adam, sums);
}

SAELAW_DEVICE void ClearEncoderSum(const StepView& view, const UpdateShared& shared) {
  ForOwnColumns(view.sizes.width, [&](int c) { StoreShared(shared.encoder + c, Eight{}); });
}
SAELAW_DEVICE void StoreEncoderSum(const StepView& view, const UpdateShared& shared) {
  const Sizes& sizes = view.sizes;
  float* to = view.partial_encoder + static_cast<std::size_t>(blockIdx.x) * sizes.d_in;
  ForOwnColumns(sizes.width,
                [&](int c) { StoreEight(to, c, sizes.d_in, LoadShared(shared.encoder + c)); });
}

// A block for each group of latents. A latent without entries has gradients 0: it is left alone,
// and the decay of its second moments made up for at its next update.
SAELAW_KERNEL UpdateSparse(StepView view) {
  const UpdateShared shared = SharedOfUpdate(view.sizes.width);
  ClearEncoderSum(view, shared);
  for (int latent = static_cast<int>(blockIdx.x); latent < view.sizes.d_sae;
       latent += static_cast<int>(gridDim.x)) {
    const int total = ListTokens(view, latent, 0, shared.lists);
    LatentSums sums;
    if (total > 0) {
      sums = SumEntries(view, latent, total, shared);
      UpdateLatent(view, latent, sums, shared);
    }
    if (threadIdx.x == 0) view.now->fired[latent] = static_cast<float>(sums.fired);
  }
  StoreEncoderSum(view, shared);
}

// The same with gradients as matrices.
SAELAW_KERNEL UpdateDense(StepView view) {
  const int width = view.sizes.width;
  const UpdateShared shared = SharedOfUpdate(width);
  ClearEncoderSum(view, shared);
  for (int latent = static_cast<int>(blockIdx.x); latent < view.sizes.d_sae;
       latent += static_cast<int>(gridDim.x)) {
    const std::size_t row = static_cast<std::size_t>(latent) * width;
    ForOwnColumns(width, [&](int c) {
      StoreShared(shared.d_w_enc + c, LoadEight(view.d_w_enc + row + c));
      StoreShared(shared.d_w_dec + c, LoadEight(view.d_w_dec + row + c));
    });
    LatentSums sums;
    sums.bias = view.d_b_enc[latent];
    sums.window = view.d_window[latent];
    UpdateLatent(view, latent, sums, shared);
  }
  StoreEncoderSum(view, shared);
}

}  // namespace saelaw::gpu
