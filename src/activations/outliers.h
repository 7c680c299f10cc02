// Vectors of massive norm (massive activations, Sun et al. 2024, arXiv 2402.17762): a few tokens
// whose norm is a hundred times that of the others would make the scale, the loss and the gradient
// theirs. What is larger than a norm that was measured is left out.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include <ATen/core/Tensor.h>

#include "activations/block_stream.h"
#include "activations/source.h"

namespace saelaw {

// ‖x‖² of each vector [n, d_in]: fp32 [n], on the vectors' device.
at::Tensor SquaredNorms(const at::Tensor& vectors);

// The first of the vectors [n, d_in] with a NaN or an infinity; nothing where all are finite.
std::optional<std::int64_t> FirstNotFinite(const at::Tensor& vectors);

// Throws IoError naming the first held-out vector that is not finite: what is measured on them
// would be NaN for every run, however well it trained.
void CheckHeldOut(const at::Tensor& vectors);

// Blocks in which the place of each outlier is taken by the last vector before it that is none (at
// the front: the first that is none), so that a stream's positions are what they were. `reader` as
// it is where largest_norm is 0. A block of outliers alone stays as it is.
std::unique_ptr<BlockReader> WithoutOutliers(std::unique_ptr<BlockReader> reader,
                                             double largest_norm);

// The held-out vectors without outliers, and without the documents of which nothing is left.
HeldOutVectors WithoutOutliers(HeldOutVectors held_out, double largest_norm);

}  // namespace saelaw
