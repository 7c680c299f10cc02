// Vectors of massive norm (massive activations, Sun et al. 2024, arXiv 2402.17762): a few tokens
// whose norm is a hundred times that of the others would make the scale, the loss and the gradient
// theirs. What is larger than a norm that was measured is left out.
#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "activations/block_stream.h"
#include "activations/source.h"

namespace saelaw {

// ‖x‖² of each vector [n, d_in]: fp32 [n], on the vectors' device.
at::Tensor SquaredNorms(const at::Tensor& vectors);

// Blocks in which the place of each outlier is taken by the last vector before it that is none (at
// the front: the first that is none), so that a stream's positions are what they were. `reader` as
// it is where largest_norm is 0. A block of outliers alone stays as it is.
std::unique_ptr<BlockReader> WithoutOutliers(std::unique_ptr<BlockReader> reader,
                                             double largest_norm);

// The held-out vectors without outliers, and without the documents of which nothing is left.
HeldOutVectors WithoutOutliers(HeldOutVectors held_out, double largest_norm);

}  // namespace saelaw
