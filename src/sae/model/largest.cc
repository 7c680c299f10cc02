// LibTorch's topk tells the value at which the choice ends; which of several equal numbers it takes
// is not said anywhere and differs between devices. So only the value is asked of it.
#include "sae/model/largest.h"

#include <limits>
#include <tuple>

#include <ATen/ATen.h>

namespace saelaw {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

at::Tensor LargestOfRows(const at::Tensor& rows, std::int64_t count) {
  const auto largest = at::topk(rows, count, /*dim=*/1, /*largest=*/true, /*sorted=*/false);
  // A NaN would be the least of any numbers.
  const at::Tensor values = at::where(
      std::get<0>(largest).isnan(), at::full({}, kInfinity, rows.options()), std::get<0>(largest));
  const at::Tensor last = values.amin(1, /*keepdim=*/true);  // [n, 1]
  const at::Tensor above = rows.gt(last);
  const at::Tensor equal = rows.eq(last);
  // Whole numbers are added up in any order without a difference.
  const at::Tensor place = equal.cumsum(1, at::kInt);
  const at::Tensor left = count - above.sum(1, /*keepdim=*/true);  // [n, 1]
  return above.logical_or_(equal.logical_and(place.le(left)));
}

}  // namespace saelaw
