// What a language model is, as far as its activations depend on it: the tensors of its weights and
// what its configuration says. Neither the files' names nor what lies beside them matters.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace saelaw {

// The files whose tensors a loader reads: a GGUF file, a folder's model.safetensors, or the shards
// that its index names. Files that are not there are left out, so none for a folder without
// weights. Throws IoError for an index that cannot be read.
std::vector<std::filesystem::path> WeightFiles(const std::filesystem::path& model);

enum class MayRead { kRememberedAlone, kAll };

// Hash of the names, types, shapes and values of all tensors of WeightFiles, however they are
// spread over files; what else a file says (its metadata) is left out. Each file's part is
// remembered in `cache_folder`. Nothing where that would need reading which is not allowed. Throws
// IoError for damaged or missing weights.
std::optional<std::string> WeightsHash(const std::filesystem::path& model,
                                       const std::filesystem::path& cache_folder,
                                       MayRead may_read);

// Hash of the keys of config.json (or of the metadata of a GGUF file) that a forward pass depends
// on, so that layout, order and other keys change nothing. Throws IoError.
std::string ConfigurationHash(const std::filesystem::path& model);

// Hash of what a tokenizer and its first token are read from: of a folder the JSON files, of a GGUF
// file its stamp, so that a large one is not read. Throws IoError for a file that cannot be read.
std::string TokenizerFilesHash(const std::filesystem::path& model);

}  // namespace saelaw
