// Prices need only the shape, and of more models than can be trained on, so this reads the few keys
// that all Llama-like models have and refuses no variant as a family does. It must not throw,
// because a plan is possible without the model.
#include "models/model_shape.h"

#include <fmt/format.h>

#include "core/errors.h"
#include "core/hooks.h"
#include "models/model_extents.h"

namespace saelaw {
namespace {

// The parameters of a Llama are attention and gated MLP of each block, two norms a block and one at
// the end, and the embedding, twice when the output has its own. Biases and further norms of other
// models are not counted; they are small.
std::int64_t CountParameters(const ModelShape& m, bool tied) {
  const std::int64_t attention = 2 * m.hidden_size * m.head_dim * (m.heads + m.kv_heads);
  const std::int64_t mlp = 3 * m.hidden_size * m.intermediate_size;
  const std::int64_t embeddings = (tied ? 1 : 2) * m.vocabulary * m.hidden_size;
  return m.layers * (attention + mlp + 2 * m.hidden_size) + m.hidden_size + embeddings;
}

// Empty when every extent is positive and the products of CountParameters stay far from overflow.
std::string Implausible(const ModelShape& m) {
  for (const std::int64_t extent : {m.layers,
                                    m.hidden_size,
                                    m.intermediate_size,
                                    m.heads,
                                    m.kv_heads,
                                    m.head_dim,
                                    m.vocabulary}) {
    if (extent < 1 || extent > 1 << 24) return fmt::format("a size of {} in its shape", extent);
  }
  constexpr double kMost = 1e15;
  const auto hidden = static_cast<double>(m.hidden_size);
  const double attention =
      hidden * static_cast<double>(m.head_dim) * static_cast<double>(m.heads + m.kv_heads);
  const double mlp = hidden * static_cast<double>(m.intermediate_size);
  const double weights = static_cast<double>(m.layers) * (attention + mlp);
  return weights > kMost ? fmt::format("{:.2g} weights in its shape", weights) : "";
}

// The name that the file does not hold is given; throws ConfigurationError where the extents make
// no sense.
ModelShape ShapeFrom(const ModelExtents& extents,
                     const std::string& name,
                     const std::filesystem::path& path) {
  ModelShape shape;
  shape.name = name;
  shape.layers = extents.layers;
  shape.hidden_size = extents.hidden_size;
  shape.intermediate_size = extents.intermediate_size;
  shape.heads = extents.heads;
  shape.kv_heads = extents.kv_heads;
  shape.head_dim = extents.head_dim;
  shape.vocabulary = extents.vocabulary;
  const std::string wrong = Implausible(shape);
  if (!wrong.empty()) throw ConfigurationError(fmt::format("{}: {}", path.string(), wrong));
  shape.parameters = CountParameters(shape, extents.tied_embeddings);
  return shape;
}

ModelShape FromFolder(const std::filesystem::path& folder) {
  const ConfigJson json(folder);
  return ShapeFrom(ReadExtents(json), folder.filename().string(), json.path());
}

ModelShape FromGguf(const std::filesystem::path& path) {
  const GgufParts parts(path);
  const std::string* architecture = parts.first().String("general.architecture");
  if (architecture == nullptr) throw ConfigurationError(path.string() + ": names no architecture");
  const std::string* name = parts.first().String("general.name");
  return ShapeFrom(
      ReadExtents(parts, *architecture), name == nullptr ? path.stem().string() : *name, path);
}

}  // namespace

ShapeOrReason ReadModelShape(const std::filesystem::path& model) {
  std::error_code error;
  if (!std::filesystem::exists(model, error)) {
    return {.reason = fmt::format("{} does not exist", model.string())};
  }
  try {
    return {.shape =
                std::filesystem::is_directory(model, error) ? FromFolder(model) : FromGguf(model)};
  } catch (const Error& failure) {
    return {.reason = failure.what()};
  }
}

std::int64_t WidthAt(const ModelShape& shape, const std::string& hook) {
  const std::optional<Hook> known = ParseHook(hook);
  return known && FindSite(*known).inside_mlp ? shape.intermediate_size : shape.hidden_size;
}

}  // namespace saelaw
