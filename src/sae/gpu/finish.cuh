// The last kernel of a step: sums over blocks, in their order; the update of b_dec; the totals.
#pragma once

#include "sae/gpu/update.cuh"

namespace saelaw::gpu {

struct FinishShared {
  float parts[kFinishParts][kFinishColumns];
  Parts<double> totals;
};
constexpr std::size_t kFinishSharedBytes = sizeof(FinishShared);
constexpr int kFinishThreads = kFinishColumns * kFinishParts;

// Sums a column over one of kFinishParts parts of `rows` [count, d_in]. How the parts are cut
// depends on the sizes alone, so that the sum is the same on every device.
SAELAW_DEVICE float ColumnSum(const float* rows, int d_in, int column, int part, int count) {
  const int share = (count + kFinishParts - 1) / kFinishParts;
  const int end = (part + 1) * share < count ? (part + 1) * share : count;
  float sum = 0;
  SAELAW_UNROLL_BY(8)
  for (int i = part * share; i < end; ++i) sum += rows[static_cast<std::size_t>(i) * d_in + column];
  return sum;
}

// Gives this thread's part of Σ errors - [pre_encoder_bias] Σ db_enc·W_enc.
SAELAW_DEVICE float PartOfColumn(const StepView& view, int column, int part) {
  const int d_in = view.sizes.d_in;
  float sum = ColumnSum(view.partial_errors, d_in, column, part, view.sizes.token_blocks);
  if (view.pre_encoder_bias != 0) {
    sum -= ColumnSum(view.partial_encoder, d_in, column, part, view.sizes.groups);
  }
  return sum;
}

SAELAW_DEVICE void UpdateDecoderBias(const StepView& view, FinishShared& shared) {
  const int tid = static_cast<int>(threadIdx.x);
  // Neighbouring threads take neighbouring columns, so that their loads fall into the same sectors.
  const int column = static_cast<int>(blockIdx.x) * kFinishColumns + tid % kFinishColumns;
  const int part = tid / kFinishColumns;
  const bool inside = column < view.sizes.d_in;
  shared.parts[part][tid % kFinishColumns] = inside ? PartOfColumn(view, column, part) : 0;
  __syncthreads();
  // One thread for each column adds its parts in their order, and updates it.
  if (!inside || part != 0) return;
  float gradient = 0;
  for (int i = 0; i < kFinishParts; ++i) gradient += shared.parts[i][tid];
  // b_dec has a gradient at every step, so its moments decay once and no power is needed.
  const Adam adam{
      view.beta2_once, view.one_less_beta, view.now->unbias, view.now->lr, view.epsilon};
  float* b_dec = view.model.parameters.b_dec;
  b_dec[column] = Updated(adam, gradient, b_dec[column], view.model.second.b_dec[column]);
}

// Writes the three numbers of BatchSums::totals, all in double.
SAELAW_DEVICE void SumTotals(const StepView& view, FinishShared& shared) {
  double squares = 0, penalty = 0, active = 0;
  for (int t = static_cast<int>(threadIdx.x); t < view.sizes.tokens;
       t += static_cast<int>(blockDim.x)) {
    squares += view.squares[t];
    active += view.l0[t];
    penalty += UnitL0Penalty(view.l0[t], view.target_rule != 0, view.target_l0);
  }
  // The sums share one memory, which each of them leaves free again behind its own barriers.
  const double sums[3] = {BlockSum(squares, shared.totals),
                          BlockSum(penalty, shared.totals),
                          BlockSum(active, shared.totals)};
  if (threadIdx.x < 3) view.now->totals[threadIdx.x] = sums[threadIdx.x];
}

// Blocks of kFinishThreads: one for each kFinishColumns columns, and one for the totals.
SAELAW_KERNEL Finish(StepView view) {
  // The last block takes the totals, which are few and need no column.
  auto& shared = *reinterpret_cast<FinishShared*>(SharedMemory());
  if (blockIdx.x + 1 < gridDim.x) {
    UpdateDecoderBias(view, shared);
  } else {
    SumTotals(view, shared);
  }
}

}  // namespace saelaw::gpu
