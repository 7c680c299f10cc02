// Whatever the file's format and precision, a weight comes as fp32 in the order of Hugging Face;
// the model rounds it to its own precision. Weights are checked for NaN here, once, where the file
// can still be named.
#include "llm/weight_source.h"

#include <bit>

#include <ATen/ATen.h>
#include <fmt/format.h>

#include "core/errors.h"
#include "models/check_weights.h"

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

// The view's elements as a tensor; `file` is for messages. Throws IoError when an element is NaN or
// infinite.
at::Tensor LoadView(const std::filesystem::path& file, const TensorView& view) {
  at::Tensor tensor = at::empty(view.shape, at::kFloat);
  const std::span<float> out(tensor.mutable_data_ptr<float>(),
                             static_cast<std::size_t>(tensor.numel()));
  CopyAsFloat(view, out);
  if (!AllFinite(out)) {
    throw IoError(fmt::format("{}: tensor {} holds NaN or infinity", file.string(), view.name));
  }
  return tensor;
}

// GGUF interleaves the two halves of each head's rotary pairs: row 2j + h of a head is row
// h * head_dim / 2 + j in Hugging Face's order.
at::Tensor Deinterleave(const at::Tensor& rows, std::int64_t heads) {
  const std::int64_t half = rows.size(0) / heads / 2;
  return rows.view({heads, half, 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
}

}  // namespace

WeightSource::WeightSource(const std::filesystem::path& path, const ModelConfig& config)
    : files_(OpenStoredWeights(path)), config_(config) {}

at::Tensor WeightSource::Load(Weight weight, std::int64_t layer) const {
  const StoredWeights::Found found = files_->Find(WeightNameIn(*config_.family, weight, layer));
  CheckTensor(found, WeightShape(config_, weight));
  at::Tensor tensor = LoadView(*found.path, *found.view);
  if (!files_->interleaved()) return tensor;
  if (weight == Weight::kQuery) return Deinterleave(tensor, config_.heads);
  if (weight == Weight::kKey) return Deinterleave(tensor, config_.kv_heads);
  return tensor;
}

}  // namespace saelaw
