// Tries every algorithm that cuBLASLt offers for each product of a shape and keeps the fastest. The
// least of several times is taken, since anything else on the machine can only add to it.
#include "sae/tune/gpu_tuning.h"

#include <algorithm>
#include <limits>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "gpu/stream.h"

namespace saelaw {
namespace {

constexpr int kTrials = 3;
// The library's table asks for memory of this alignment.
constexpr std::uintptr_t kAlignment = 256;

void* Aligned(const at::Tensor& memory) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory.data_ptr());
  return reinterpret_cast<void*>((address + kAlignment - 1) / kAlignment * kAlignment);
}

class Trial {
 public:
  Trial(const SaelawGpuTable& table, const SaelawGpuShape& shape, at::Device device)
      : table_(table),
        shape_(shape),
        stream_(CurrentStream(device)),
        memory_(at::empty({static_cast<std::int64_t>(table.measure_bytes(&shape) + kAlignment)},
                          at::dtype(at::kByte).device(device))) {}

  int Fastest(std::int32_t product) const {
    std::int32_t count = 0;
    // Without an algorithm for a product no step is possible, and the user is told what to set.
    if (table_.algorithms(&shape_, product, &count) != kSaelawGpuOk) Refuse(product);
    int fastest = -1;
    float least = std::numeric_limits<float>::infinity();
    for (std::int32_t algorithm = 0; algorithm < count; ++algorithm) {
      // The list is short, so all of it is tried. Of equal times the first in the list wins.
      const float milliseconds = Best(product, algorithm);
      if (milliseconds < least) {
        least = milliseconds;
        fastest = algorithm;
      }
    }
    if (fastest < 0) Refuse(product);
    return fastest;
  }

 private:
  // Returns the least time, or infinity for an algorithm that is refused: some are listed that the
  // device then does not take.
  float Best(std::int32_t product, std::int32_t algorithm) const {
    float best = std::numeric_limits<float>::infinity();
    for (int i = 0; i < kTrials; ++i) {
      float milliseconds = 0;
      if (table_.measure(&shape_, product, algorithm, Aligned(memory_), stream_, &milliseconds) !=
          kSaelawGpuOk) {
        return std::numeric_limits<float>::infinity();
      }
      best = std::min(best, milliseconds);
    }
    return best;
  }

  // There is another way to take steps, so the message names the setting that chooses it.
  [[noreturn]] void Refuse(std::int32_t product) const {
    throw ConfigurationError(fmt::format(
        "this GPU cannot do product {} of a step of d_in {}, d_sae {} and {} tokens ({}); set "
        "execution.kernels: reference",
        product,
        shape_.d_in,
        shape_.d_sae,
        shape_.tokens,
        table_.last_error()));
  }

  const SaelawGpuTable& table_;
  SaelawGpuShape shape_;
  void* stream_;
  at::Tensor memory_;
};

}  // namespace

std::vector<int> FastestAlgorithms(const SaelawGpuTable& table,
                                   std::int64_t d_in,
                                   const StepShape& shape,
                                   at::Device device) {
  // The places in the list are those for the largest batch, which is the shape's.
  const Trial trial(table, {d_in, shape.d_sae, shape.batch_tokens}, device);
  std::vector<int> fastest;
  for (std::int32_t product = 0; product < kSaelawGpuProducts; ++product) {
    fastest.push_back(trial.Fastest(product));
  }
  return fastest;
}

std::array<std::int32_t, kSaelawGpuProducts> FindGpuAlgorithms(const StepTuning& tuning,
                                                               const StepShape& shape) {
  std::array<std::int32_t, kSaelawGpuProducts> algorithms{};
  // A shape that nobody has tuned takes the first algorithm throughout, which always exists.
  const TunedShape* tuned = FindShape(tuning, shape);
  if (tuned == nullptr) return algorithms;
  // A tuning written by another version may have fewer numbers; the rest stay at the first.
  const std::size_t count = std::min(tuned->algorithms.size(), algorithms.size());
  std::copy_n(tuned->algorithms.begin(), count, algorithms.begin());
  return algorithms;
}

}  // namespace saelaw
