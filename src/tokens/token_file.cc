// Ids made by other programs are checked one by one: an id beyond the vocabulary would read beyond
// the embedding, and shows that the file belongs to another tokenizer.
#include "tokens/token_file.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <vector>

#include <fmt/format.h>

#include "core/errors.h"
#include "tensors/mapped_file.h"
#include "tensors/message.h"
#include "tensors/npy.h"

namespace saelaw {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kChunk = 1 << 16;  // elements widened at once

// Takes ids one by one and ends documents where the rules say.
class DocumentCutter {
 public:
  DocumentCutter(const fs::path& file, const TokenFileRules& rules, TokenStore& store)
      : file_(file), rules_(rules), store_(store) {}
  ~DocumentCutter() = default;
  DocumentCutter(const DocumentCutter&) = delete;
  DocumentCutter& operator=(const DocumentCutter&) = delete;

  void Add(std::int64_t id) {
    if (id < 0 || id >= rules_.vocabulary) {
      throw ConfigurationError(fmt::format("{}: token {} has id {}, allowed are 0 to {}",
                                           file_.string(),
                                           count_,
                                           id,
                                           rules_.vocabulary - 1));
    }
    store_.filling().push_back(static_cast<std::int32_t>(id));
    ++count_;
    // The separator ends a document and belongs to it. Without one, blocks are counted from each
    // file's own beginning.
    const bool ends =
        rules_.separator ? id == *rules_.separator : count_ % rules_.block_tokens == 0;
    if (ends) store_.EndDocument();
  }

 private:
  const fs::path& file_;
  const TokenFileRules& rules_;
  TokenStore& store_;
  std::int64_t count_ = 0;
};

void AppendNpy(const fs::path& path, DocumentCutter& cutter) {
  const NpyFile file(path);
  std::vector<std::int64_t> chunk;
  for (std::int64_t begin = 0; begin < file.size(); begin += kChunk) {
    chunk.resize(static_cast<std::size_t>(std::min(kChunk, file.size() - begin)));
    file.Read(begin, chunk);
    std::for_each(chunk.begin(), chunk.end(), [&](std::int64_t id) { cutter.Add(id); });
  }
}

template <typename Element>
void AppendRaw(const fs::path& path, DocumentCutter& cutter) {
  const MappedFile file(path);
  const std::size_t size = file.bytes().size();
  if (size % sizeof(Element) != 0) {
    Refuse(path, "{} bytes are no whole number of {}-byte ids", size, sizeof(Element));
  }
  for (std::size_t offset = 0; offset < size; offset += sizeof(Element)) {
    Element id;
    // A mapping may lie at any alignment for the element.
    std::memcpy(&id, file.bytes().data() + offset, sizeof(Element));
    cutter.Add(id);
  }
}

}  // namespace

void AppendTokenFile(const fs::path& file, const TokenFileRules& rules, TokenStore& store) {
  // No document goes on in the next file: the last one ends with its file.
  DocumentCutter cutter(file, rules, store);
  if (file.extension() == ".npy") {
    AppendNpy(file, cutter);
  } else if (file.extension() != ".bin") {
    throw ConfigurationError(fmt::format("{}: token files are .npy or .bin, not {}",
                                         file.string(),
                                         Quote(file.extension().string())));
  } else if (rules.dtype == "u16") {
    AppendRaw<std::uint16_t>(file, cutter);
  } else if (rules.dtype == "u32") {
    AppendRaw<std::uint32_t>(file, cutter);
  } else {
    throw ConfigurationError(fmt::format(
        "{}: token_dtype of .bin files is u16 or u32, not {}", file.string(), Quote(rules.dtype)));
  }
  store.EndDocument();
}

}  // namespace saelaw
