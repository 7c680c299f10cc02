// The GGUF format, versions 2 and 3: typed metadata, then tensors, in one mapped file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tensors/mapped_file.h"
#include "tensors/tensor_view.h"

namespace saelaw {

// Integers of every width become int64 (uint64 above 2^63-1 is refused), floats double.
using GgufValue = std::variant<std::int64_t, double, bool, std::string, std::vector<std::int64_t>,
                               std::vector<double>, std::vector<std::string>>;

class GgufFile {
 public:
  // Maps and checks: every count, length and offset inside the file, alignment, tensor sizes as
  // type and shape say, no duplicate names, no nested arrays. A tensor of a type that this reader
  // does not know is refused by name only when it is looked up. Throws IoError with the path.
  explicit GgufFile(const std::filesystem::path& path);

  // Null when there is no such tensor. Throws IoError when its type is not supported.
  const TensorView* Find(const std::string& name) const;
  std::vector<std::string> TensorNames() const;
  const std::map<std::string, GgufValue>& metadata() const { return metadata_; }

  // Metadata of one type; nothing when the key is absent. Another type is an IoError.
  std::optional<std::int64_t> Integer(const std::string& key) const;
  std::optional<double> Number(const std::string& key) const;  // integers too
  std::optional<bool> Boolean(const std::string& key) const;
  const std::string* String(const std::string& key) const;
  const std::vector<std::string>* Strings(const std::string& key) const;
  const std::vector<std::int64_t>* Integers(const std::string& key) const;
  const std::vector<double>* Numbers(const std::string& key) const;

  const std::filesystem::path& path() const { return file_.path(); }

 private:
  MappedFile file_;
  std::map<std::string, GgufValue> metadata_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::uint32_t> unsupported_;  // name → GGML type number
};

}  // namespace saelaw
