#include "llm/weight_source.h"

#include <bit>

#include <ATen/ATen.h>
#include <fmt/ranges.h>

#include "llm/config_sources.h"
#include "run/errors.h"

namespace saelaw {
namespace {

// An exponent of ones is NaN or infinity. On the bits, so that the loop vectorises.
bool AllFinite(std::span<const float> values) {
  constexpr std::uint32_t kExponent = 0x7f800000;
  std::uint32_t bad = 0;
  for (const float value : values) {
    bad |= (std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent ? 1U : 0U;
  }
  return bad == 0;
}

}  // namespace

std::unique_ptr<WeightSource> OpenWeights(const std::filesystem::path& path,
                                          const LlamaConfig& config) {
  if (IsModelFolder(path)) return OpenSafetensorsWeights(path);
  return OpenGgufWeights(path, config);
}

at::Tensor LoadView(const std::filesystem::path& file,
                    const TensorView& view,
                    const std::vector<std::int64_t>& shape) {
  if (view.shape != shape) {
    throw IoError(fmt::format("{}: tensor {} has shape [{}], not [{}] as the configuration says",
                              file.string(),
                              view.name,
                              fmt::join(view.shape, ", "),
                              fmt::join(shape, ", ")));
  }
  at::Tensor tensor = at::empty(shape, at::kFloat);
  const std::span<float> out(tensor.mutable_data_ptr<float>(),
                             static_cast<std::size_t>(tensor.numel()));
  CopyAsFloat(view, out);
  if (!AllFinite(out)) {
    throw IoError(fmt::format("{}: tensor {} holds NaN or infinity", file.string(), view.name));
  }
  return tensor;
}

}  // namespace saelaw
