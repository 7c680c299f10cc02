// The shape of a language model, told without reading its weights.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "sweep/sweep.h"

namespace saelaw {

struct ShapeOrReason {
  std::optional<ModelShape> shape = {};
  std::string reason = {};  // why there is none, for the user
};

// From config.json of a folder as transformers writes it, or from a GGUF file's metadata, whatever
// its name. Never
// throws: a damaged file is a reason. `parameters` is counted from the shape (tied embeddings
// counted once), the other fields are the file's.
ShapeOrReason ReadModelShape(const std::filesystem::path& model);

// Width of the vectors at a hook: of the MLP's inside for mlp_act, else of the residual stream.
std::int64_t WidthAt(const ModelShape& shape, const std::string& hook);

}  // namespace saelaw
