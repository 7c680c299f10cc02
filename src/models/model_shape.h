// The shape of a language model, of whatever family, told without reading its weights.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace saelaw {

// Shape of the language model, for prices: from a built-in card, the model's files, or the YAML.
struct ModelShape {
  std::string name;
  std::int64_t parameters = 0;  // as published, e.g. 1.2e9
  std::int64_t layers = 0;
  std::int64_t hidden_size = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t vocabulary = 0;
};

struct ShapeOrReason {
  std::optional<ModelShape> shape = {};
  std::string reason = {};  // why there is none, for the user
};

// From config.json of a folder as transformers writes it, or from a GGUF file's metadata, whatever
// its name. Never throws: a damaged file is a reason. `parameters` is counted from the shape (tied
// embeddings counted once), the other fields are the file's.
ShapeOrReason ReadModelShape(const std::filesystem::path& model);

// Width of the vectors at a hook (core/hooks.h): of the MLP's inside or of the residual stream.
std::int64_t WidthAt(const ModelShape& shape, const std::string& hook);

}  // namespace saelaw
