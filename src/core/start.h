// How an SAE begins: where its decoder bias stands, and how large its encoder is beside its
// decoder.
#pragma once

#include <cstdint>
#include <vector>

#include "core/run_spec.h"

namespace saelaw {

// First and second moments of a source's training vectors.
struct VectorMoments {
  double mean_squared_norm = 0;  // 0: not known
  double mean_share = 0;         // ‖mean‖² / mean squared norm
  std::vector<double> mean;      // [d_in]; empty: not known
};

// The same of scale·x.
VectorMoments Scaled(const VectorMoments& moments, double scale);

struct SaeStart {
  double encoder_scale = 1;   // w_enc begins as this many times the transpose of w_dec
  std::vector<double> b_dec;  // [d_in]; empty: zeros
};

// Up to so many times as wide as its input, an SAE of BiasStart::kAuto or of an automatic encoder
// scale begins as it did before there was either. Stored in run names by what it makes of them: do
// not change.
inline constexpr std::int64_t kWideAbove = 8;
// From this share of the mean in the mean squared norm on, BiasStart::kAuto begins at the mean.
// Stored as the one above.
inline constexpr double kStrongMeanShare = 0.5;

// Whether b_dec of this SAE begins at the mean of vectors of which the mean has that share.
bool StartsAtMean(const SaeSpec& spec, double mean_share);

// The start of this SAE on vectors of these moments.
//
// With w_dec's rows independent Gaussians of unit norm and w_enc = s·w_decᵀ, an input x of norm r
// (about b_dec) is first reconstructed as g·x and, at right angles to x, noise of squared norm
// s²·(n/d)·M·r², where n = d_sae, d = d_in, g = s·(n/d)·M, and M = E[z²; z > t] for a standard
// Gaussian z at t = θ·√d/(s·r). An automatic scale is 1 up to kWideAbove times the input's width;
// above, the largest s up to 1 of which the reconstruction is at most as large as the input. With
// θ = 0 that is 1/√(q² + q), q = n/2d: as in "JumpReLU training improvements" (Transformer
// Circuits, January 2025), which takes d/n, but also where thresholds let few latents pass.
SaeStart MakeStart(const SaeSpec& spec, std::int64_t d_in, const VectorMoments& moments);

}  // namespace saelaw
