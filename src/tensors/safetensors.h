// The safetensors format: 8 bytes of header length, a JSON header, then the tensors' bytes.
// https://github.com/huggingface/safetensors#format
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
  // Maps and checks the whole header (at most 100 MB): offsets inside the file, neither overlap
  // nor hole, sizes as the shapes say, no duplicate names. A dimension of zero is allowed, as the
  // format does. Throws IoError naming the path and the first fault.
  explicit SafetensorsFile(const std::filesystem::path& path);

  // Null when there is no such tensor.
  const TensorView* Find(const std::string& name) const;
  const std::map<std::string, TensorView>& tensors() const { return tensors_; }
  // The "__metadata__" object; empty when there is none.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  MappedFile file_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::string> metadata_;
};

// Writes the tensors in the given order, without holes, as the format demands; the first begins
// at a multiple of 8 bytes, so put wider types first where alignment matters to a reader. Atomic
// and synced (see core/files.h). Throws IoError (disk; a duplicate name, a quantised type).
void WriteSafetensors(const std::filesystem::path& path,
                      const std::vector<TensorView>& tensors,
                      const std::map<std::string, std::string>& metadata);

// Throws IoError unless the file ends in the checksum of all that stands before it. Reads nothing
// else of it, so that a damaged header is seen before it is believed.
void CheckSeal(const std::filesystem::path& path);

}  // namespace saelaw
