// The border between the trainer and its CUDA library: plain C structs and functions over raw
// device pointers, so that each side is built without the other's headers. C++17; stored nowhere.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu/code.h"

extern "C" {

// The library hands out its table only to a caller of the same version.
enum : std::uint32_t { kSaelawGpuVersion = 3 };

// The matrix products of a step, row-major. A sparse step has the first alone.
enum SaelawGpuProduct : std::int32_t {
  kSaelawGpuEncode = 0,    // pre_acts [d_sae, tokens] = W_enc inputsᵀ
  kSaelawGpuDecode = 1,    // recons [tokens, d_in] = latentsᵀ W_dec
  kSaelawGpuDLatents = 2,  // [d_sae, tokens] = W_dec errorsᵀ
  kSaelawGpuDDecoder = 3,  // [d_sae, d_in] = latents errors
  kSaelawGpuDEncoder = 4,  // [d_sae, d_in] = d_pre_acts inputs
  kSaelawGpuProducts = 5,
};

struct SaelawGpuShape {
  std::int64_t d_in, d_sae;
  std::int64_t tokens;  // of a batch
};

// What stays the same during a run.
struct SaelawGpuSettings {
  std::int32_t pre_encoder_bias;  // flags
  std::int32_t log_threshold;
  std::int32_t target_rule;      // the penalty is λ(2/target_l0)(l0 - target_l0)², else λ·l0
  std::int32_t input_gradients;  // the estimators give pre-activations gradients too
  double target_l0;
  double bandwidth;
  double beta2, epsilon;
  // Which of cuBLASLt's algorithms does each product: a place in its list for the largest batch;
  // past the list's end: the first.
  std::int32_t algorithms[kSaelawGpuProducts];
};

// Device memory of the masters, all fp32, w_enc by latent; and of Adam's second moments.
struct SaelawGpuParameters {
  float* w_enc;      // [d_sae, d_in]
  float* b_enc;      // [d_sae]
  float* w_dec;      // [d_sae, d_in], rows of unit norm
  float* b_dec;      // [d_in]
  float* threshold;  // [d_sae]
};
struct SaelawGpuModel {
  SaelawGpuParameters parameters, second;
  std::int32_t* row_updates;  // [d_sae], see AdamState
};

// One update.
struct SaelawGpuStep {
  const float* x;        // [tokens, d_in]
  std::int64_t tokens;   // at most as many as the shape has
  std::int32_t dense;    // flag: multiply densely
  std::int64_t updates;  // of Adam, counting this one
  double lr, threshold_lr, coefficient;
  double* totals;  // [3], written: as BatchSums::totals
  float* fired;    // [d_sae], written
  void* scratch;   // at least `sparse_scratch` or `dense_scratch` bytes
  std::size_t scratch_bytes;
};

// Device memory in bytes. The caller allocates all of it, so that its allocator's limits and errors
// hold here too.
struct SaelawGpuMemory {
  std::size_t own;             // of one stepper, as long as it lives: operand copies
  std::size_t sparse_scratch;  // of one step; steppers that take turns may share it
  std::size_t dense_scratch;
};

struct SaelawGpuStepper;

// `stream` is a cudaStream_t; null is the default stream. Everything but `measure` only enqueues
// work there. Functions return a SaelawGpuCode. A stepper is used by one thread at a time.
struct SaelawGpuTable {
  std::uint32_t version;

  // What went wrong last in this thread; never null.
  const char* (*last_error)();

  // Pure arithmetic: asks no device.
  std::int32_t (*memory)(const SaelawGpuShape* shape, SaelawGpuMemory* memory);

  // A stepper on the current device. `own` has memory.own bytes, aligned to 256; it and the model
  // must outlive the stepper. Whoever changes the masters afterwards calls `prepare`.
  std::int32_t (*create)(const SaelawGpuShape* shape,
                         const SaelawGpuSettings* settings,
                         const SaelawGpuModel* model,
                         void* own,
                         SaelawGpuStepper** stepper);
  void (*destroy)(SaelawGpuStepper* stepper);

  // Makes the operand copies from the masters. Before the first step.
  std::int32_t (*prepare)(SaelawGpuStepper* stepper, void* stream);

  std::int32_t (*step)(SaelawGpuStepper* stepper, const SaelawGpuStep* step, void* stream);

  // How many algorithms cuBLASLt offers for a product on the current device.
  std::int32_t (*algorithms)(const SaelawGpuShape* shape,
                             std::int32_t product,
                             std::int32_t* count);

  // Times one of them; waits for the device. `memory` has at least `measure_bytes(shape)` bytes,
  // aligned to 256, which are overwritten.
  std::size_t (*measure_bytes)(const SaelawGpuShape* shape);
  std::int32_t (*measure)(const SaelawGpuShape* shape,
                          std::int32_t product,
                          std::int32_t algorithm,
                          void* memory,
                          void* stream,
                          float* milliseconds);
};

// The library's only symbol: null for a version that it does not have.
const SaelawGpuTable* saelaw_gpu_table(std::uint32_t version);

}  // extern "C"
