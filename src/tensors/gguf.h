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

class GgufCursor;

// Integers of every width become int64 (uint64 above 2^63-1 is refused), floats double; the
// elements of a boolean array are 0 and 1.
using GgufValue = std::variant<std::int64_t,
                               double,
                               bool,
                               std::string,
                               std::vector<std::int64_t>,
                               std::vector<double>,
                               std::vector<std::string>>;

// Whether the file begins with the format's four bytes, whatever its name: Ollama's, for one, are
// called sha256-... False for a file that cannot be read.
bool LooksLikeGguf(const std::filesystem::path& path);

class GgufFile {
 public:
  // Maps and checks: every count, length and offset inside the file, alignment, tensor sizes as
  // type and shape say, no overlap, no duplicate names, no nested arrays, no dimension of zero.
  // Supported types: F64, F32, F16, BF16, I64, I32, I16, I8, Q8_0, Q4_0, Q4_1. A tensor of a type
  // that this reader does not know is refused by name only when it is looked up. Throws IoError
  // with the path.
  explicit GgufFile(const std::filesystem::path& path);

  // Null when there is no such tensor. Throws ConfigurationError when its type is not supported.
  const TensorView* Find(const std::string& name) const;
  // Whether there is such a tensor, of whatever type.
  bool Has(const std::string& name) const;
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
  void ReadTensors(GgufCursor& cursor, std::uint64_t count);

  MappedFile file_;
  std::map<std::string, GgufValue> metadata_;
  std::map<std::string, TensorView> tensors_;
  std::map<std::string, std::uint32_t> unsupported_;  // name → GGML type number
};

}  // namespace saelaw
