// Checks a language model by its configuration and its files' headers alone, before anything is
// computed with it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/model_config.h"
#include "models/model_family.h"
#include "models/stored_weights.h"

namespace saelaw {

// What of a model is used.
struct ModelNeeds {
  std::int64_t layers = 0;  // the first ones
  bool whole = false;       // all layers and the head: the next token is predicted
  bool bos = false;         // the tokenizer has to name a bos token
};

// Every tensor that is needed: there, of the configuration's shape, of a type that can be read; no
// biases. Throws ConfigurationError for what is not supported (among it an output head that is
// missing although the embeddings are not tied), IoError for what is damaged: a tensor missing, a
// header beyond its file.
void CheckWeights(const std::filesystem::path& path,
                  const ModelConfig& config,
                  const ModelNeeds& needs);

// The same, and before it the configuration, and behind it the tokenizer: it loads, and its text
// has no id that the embedding lacks. Reads no weights' data.
void CheckModelFiles(const std::filesystem::path& path, const ModelNeeds& needs);

// One tensor: its shape and its type. Throws IoError and ConfigurationError as above.
void CheckTensor(const StoredWeights::Found& found, const std::vector<std::int64_t>& shape);

// GGUF metadata has no flag for biases, and a forgotten one would change every activation. Throws
// ConfigurationError.
void RefuseBiases(const StoredWeights& files, const ModelFamily& family, std::int64_t layer);

}  // namespace saelaw
