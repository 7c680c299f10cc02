// The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "tensors/mapped_file.h"
#include "tensors/tensor_view.h"

namespace saelaw {

class SafetensorsFile {
 public:
  // Maps and checks the whole header: offsets inside the file, no overlap, sizes as the shapes
  // say, no duplicate names. Throws IoError naming the path and the first fault.
  explicit SafetensorsFile(const std::filesystem::path& path);

  // Null when there is no such tensor.
  const TensorView* Find(const std::string& name) const;
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  // The "__metadata__" object; empty when there is none.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

 private:
  MappedFile file_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

// Writes the tensors in the given order with 8-byte aligned data; atomic and synced (see
// run/files.h). Throws IoError.
void WriteSafetensors(const std::filesystem::path& path, const std::vector<TensorView>& tensors,
                      const std::map<std::string, std::string>& metadata);

}  // namespace saelaw
