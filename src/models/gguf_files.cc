// All code outside asks for tensors by their Hugging Face names; here they become those of
// llama.cpp. A name that the family does not know keeps its spelling, so that asking for it finds
// nothing and the message shows what was looked for.
#include <string>

#include <fmt/format.h>

#include "core/errors.h"
#include "models/gguf_parts.h"
#include "models/model_family.h"
#include "models/stored_weights_kinds.h"

namespace saelaw {
namespace {

// Whatever family it is of, a file without known names is looked into under the names that are
// asked for, so that messages name them.
const ModelFamily* MatchFamily(const GgufFile& file) {
  const std::string* architecture = file.String("general.architecture");
  return architecture == nullptr ? nullptr : FindFamily(*architecture);
}

class GgufFiles : public StoredWeights {
 public:
  explicit GgufFiles(const std::filesystem::path& path)
      : parts_(path), family_(MatchFamily(parts_.first())) {}

  bool Has(const std::string& name) const override { return parts_.Has(OwnName(name)); }

  Found Find(const std::string& name) override {
    const std::string own_name = OwnName(name);
    const GgufParts::Found found = parts_.Find(own_name);
    if (found.view == nullptr) {
      throw IoError(
          fmt::format("{}: tensor {} is missing", parts_.first().path().string(), own_name));
    }
    return {&found.file->path(), found.view};
  }

  // The converter of llama.cpp permutes the rows of q_proj and k_proj of every Llama model.
  bool interleaved() const override { return true; }

 private:
  std::string OwnName(const std::string& name) const {
    return family_ == nullptr ? name : GgufName(*family_, name);
  }

  GgufParts parts_;
  const ModelFamily* family_;
};

}  // namespace

std::unique_ptr<StoredWeights> OpenGgufFiles(const std::filesystem::path& path) {
  return std::make_unique<GgufFiles>(path);
}

}  // namespace saelaw
