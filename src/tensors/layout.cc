// After sorting by place only neighbours can overlap, as long as no tensor is found to overlap the
// one before it; the check stops at the first that does.
#include "tensors/layout.h"

#include <algorithm>
#include <tuple>

#include "tensors/message.h"

namespace saelaw {

void CheckNoOverlap(const std::filesystem::path& path, std::vector<TensorExtent>& extents) {
  std::sort(extents.begin(), extents.end(), [](const TensorExtent& a, const TensorExtent& b) {
    // The order is total, so that the message names the same two tensors every time.
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  for (std::size_t i = 1; i < extents.size(); ++i) {
    const TensorExtent& before = extents[i - 1];
    const TensorExtent& here = extents[i];
    if (here.begin < before.end) {
      Refuse(path, "tensors {} and {} share bytes", Quote(before.name), Quote(here.name));
    }
  }
}

}  // namespace saelaw
