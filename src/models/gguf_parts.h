// A language model in one GGUF file, or in several as llama.cpp's gguf-split writes them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tensors/gguf.h"

namespace saelaw {

class GgufParts {
 public:
  // `path` is the whole model, or the first of its parts, beside which the others are looked for:
  // NAME-00001-of-00003.gguf. Throws ConfigurationError for another part, and where one of the
  // others is not there; IoError for a damaged file, and where the parts do not hold as many
  // tensors as the first one says.
  explicit GgufParts(const std::filesystem::path& path);

  // Holds the metadata.
  const GgufFile& first() const { return files_.front(); }
  const std::vector<GgufFile>& files() const { return files_; }
  // Nulls when there is no such tensor. Throws ConfigurationError when its type cannot be read.
  struct Found {
    const GgufFile* file = nullptr;
    const TensorView* view = nullptr;
  };
  Found Find(const std::string& name) const;
  // Whether there is such a tensor, of whatever type.
  bool Has(const std::string& name) const;

 private:
  std::vector<GgufFile> files_;
};

}  // namespace saelaw
