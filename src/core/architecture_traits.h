// What is known of each architecture of SAEs without LibTorch: what its loss has, which keys say
// something of it, what its steps hold in memory, and what other tools call it. The reader of
// sweeps, prices and reports read it; sae/model/architecture.h says how each is computed.
#pragma once

#include <string_view>

#include "core/run_spec.h"

namespace saelaw {

struct ArchitectureTraits {
  SaeArchitecture architecture = SaeArchitecture::kJumpRelu;
  // What an exported SAE is, in SAELens' words: BatchTopK is given away as a JumpReLU with one
  // threshold for all latents. Stored in files of weights: do not change.
  std::string_view exported = "jumprelu";
  bool thresholds = false;  // trains a threshold of each latent
  bool penalty = false;     // its loss has a penalty on active latents, with a coefficient
  bool keeps_k = false;     // SaeSpec::k latents are active, whatever the loss says

  // Cost of a step. Its FLOP are those of any SAE (study/price/cost.h).
  double reference_arrays = 0;  // fp32 [tokens, d_sae] that the reference holds at once
  bool cpu_kernels = false;     // whether kernels of our own take its steps
  bool gpu_kernels = false;
};

const ArchitectureTraits& FindTraits(SaeArchitecture architecture);

}  // namespace saelaw
