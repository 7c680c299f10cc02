// The largest numbers of each row, as a mask: chosen by value, and among equal ones by place, so
// that what is chosen depends on neither the device nor on how it was searched.
#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace saelaw {

// Exactly `count` true in each row of `rows` [n, m], 0 < count <= m: those larger than the
// count-th largest, then equals of it from the first on. A NaN counts as larger than any number, as
// in torch.topk, and is never true.
at::Tensor LargestOfRows(const at::Tensor& rows, std::int64_t count);

}  // namespace saelaw
